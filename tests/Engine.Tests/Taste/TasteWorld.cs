using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Engine.Tests.Taste;

/// <summary>Tracks t0, t1 … and playlists p0, p1 … whose catalogue positions are their numbers, and events about them.</summary>
internal static class TasteWorld
{
    public static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static MusicCatalogue MakeCatalogue(int tracks, int playlists = 8)
    {
        var catalogue = new MusicCatalogue();
        for (var i = 0; i < tracks; i++)
        {
            Assert.Equal(i, catalogue.Intern(new TrackId($"t{i}")).Value);
        }

        for (var i = 0; i < playlists; i++)
        {
            Assert.Equal(i, catalogue.Intern(new PlaylistId($"p{i}")).Value);
        }

        return catalogue;
    }

    public static UserEvent TrackEvent(
        EventKind kind, int track, TimeSpan at, int? playedMs = null, int? durationMs = null, int plays = 1) =>
        new(new EventId("e"), new UserId("u"), kind, new TrackId($"t{track}"), null, playedMs, durationMs, Start + at, plays);

    public static UserEvent PlaylistEvent(EventKind kind, int playlist, TimeSpan at) =>
        new(new EventId("e"), new UserId("u"), kind, null, new PlaylistId($"p{playlist}"), null, null, Start + at);

    /// <summary>Row-major factors of typical row length 1.</summary>
    public static float[] RandomFactors(Random random, int rowCount, int d)
    {
        var values = new float[rowCount * d];
        for (var i = 0; i < values.Length; i++)
        {
            // The sum of four uniforms is near enough to normal.
            values[i] = (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2) * Math.Sqrt(3.0 / d));
        }

        return values;
    }

    /// <summary>A model that knows some of the catalogue's tracks, in another order, each with a weight of its own.</summary>
    public static ServingModel MakeModel(Random random, int tracks, int d, Engine.Taste.FoldInParameters parameters, double knownShare = 0.85)
    {
        var known = Enumerable.Range(0, tracks).Where(_ => random.NextDouble() < knownShare).ToArray();
        random.Shuffle(known);
        var weights = known.Select(_ => 0.5f + (1.5f * random.NextSingle())).ToArray();
        return new ServingModel(new SnapshotVersion(1), parameters, d, RandomFactors(random, known.Length, d), weights, known);
    }
}
