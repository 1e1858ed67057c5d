using System.Diagnostics;
using Buddies.Engine.Events;
using Buddies.Training.Synth;

namespace Buddies.Training.Tests.Synth;

public sealed class SyntheticWorldTests
{
    private static readonly SyntheticWorldOptions s_small = new()
    {
        Listeners = 300,
        Tracks = 1_500,
        Artists = 150,
        Communities = 6,
        Seed = 7,
        AsOf = new DateTimeOffset(2024, 3, 1, 12, 0, 0, TimeSpan.Zero),
    };

    [Fact]
    public void Write_SameOptions_GivesIdenticalRows()
    {
        var (first, second, other) = (Write(s_small), Write(s_small), Write(s_small with { Seed = 8 }));

        Assert.Equal(first.Events, second.Events);
        Assert.Equal(first.Tracks.Select(track => (track.Id, track.Title, track.Artist)), second.Tracks.Select(track => (track.Id, track.Title, track.Artist)));
        Assert.Equal(first.Playlists.Select(Flat), second.Playlists.Select(Flat));
        Assert.NotEqual(first.Events, other.Events);
    }

    [Fact]
    public void Write_SmallWorld_HasTheSizesAskedForAndAcceptableEvents()
    {
        var rows = Write(s_small);

        Assert.Equal((1_500, 450), (rows.Tracks.Count, rows.Playlists.Count));
        Assert.Equal(150, rows.Tracks.Select(track => track.Artist).Distinct().Count());
        Assert.Equal(300 * 60, rows.Events.Count(e => e.Kind != EventKind.Follow));
        Assert.Equal(300, rows.Events.Select(e => e.User).Distinct().Count());
        Assert.Equal(("u0001", "track-00001", "playlist-00001"), (SyntheticWorld.ListenerId(0).Value, rows.Tracks[0].Id.Value, rows.Playlists[0].Id.Value));
        Assert.All(rows.Events, e => Assert.Null(EventRules.FindError(e, s_small.AsOf)));
        Assert.All(rows.Events, e => Assert.InRange(e.OccurredAt, s_small.AsOf.AddDays(-30), s_small.AsOf));
        Assert.All(rows.Playlists, list => Assert.InRange(list.Tracks.Count, 10, 60));
        foreach (var kind in (EventKind[])[EventKind.Listen, EventKind.Skip, EventKind.Like, EventKind.Hide, EventKind.Follow])
        {
            Assert.Contains(rows.Events, e => e.Kind == kind);
        }

        // Followers are events; the catalogue's own number would count them again.
        Assert.All(rows.Playlists, list => Assert.Equal(0, list.Followers));
    }

    [Fact]
    public void Write_SmallWorld_IsLongTailed()
    {
        var plays = Write(s_small).Events.Where(e => e.Kind == EventKind.Listen).CountBy(e => e.Track!.Value).Select(track => track.Value).OrderDescending().ToArray();

        var share = (double)plays.Take(s_small.Tracks / 10).Sum() / plays.Sum();
        Assert.True(share > 0.4, $"the top tenth of the tracks got {share:P1} of the plays, expected more than 40 % (seed {s_small.Seed})");
    }

    [Fact]
    public void Write_SmallWorld_MembersOfACommunityShareMoreTracksThanStrangers()
    {
        var world = SyntheticWorld.Create(s_small);
        var tracks = Write(s_small).Events.Where(e => e.Kind == EventKind.Listen).ToLookup(e => e.User, e => e.Track);
        var sets = Enumerable.Range(0, s_small.Listeners).Select(i => tracks[SyntheticWorld.ListenerId(i)].ToHashSet()).ToArray();
        var (together, apart) = (new List<int>(), new List<int>());
        for (var a = 0; a < sets.Length; a++)
        {
            for (var b = a + 1; b < sets.Length; b++)
            {
                (world.CommunityOf(a) == world.CommunityOf(b) ? together : apart).Add(sets[a].Count(sets[b].Contains));
            }
        }

        Assert.True(together.Average() > 2 * apart.Average(), $"shared tracks: {together.Average():0.00} in a community, {apart.Average():0.00} across (seed {s_small.Seed})");
    }

    [Fact]
    public void NextListen_Many_AreListensThatFitAndSkipsThatFitLess()
    {
        var world = SyntheticWorld.Create(s_small);
        var random = new Random(1);
        var plays = Enumerable.Range(0, 5_000).Select(i => world.NextListen(i % s_small.Listeners, random)).ToArray();

        var skips = plays.Count(play => play.IsSkip);
        Assert.InRange(skips, 250, 2_500);
        Assert.True(plays.Where(play => !play.IsSkip).Average(play => play.Affinity) > plays.Where(play => play.IsSkip).Average(play => play.Affinity) + 0.1);
    }

    [Fact]
    public void Create_FewerTracksThanArtists_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticWorld.Create(s_small with { Tracks = 10 }));

    [Fact]
    public void Write_DefaultWorld_TakesSeconds()
    {
        var started = Stopwatch.GetTimestamp();
        var rows = Write(new SyntheticWorldOptions { AsOf = s_small.AsOf });

        Assert.Equal((5_000, 3_000), (rows.Tracks.Count, rows.Playlists.Count));
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 15);
    }

    private static FakeImportSession Write(SyntheticWorldOptions options)
    {
        var session = new FakeImportSession();
        SyntheticWorld.Create(options).WriteTo(session, null, CancellationToken.None);
        return session;
    }

    private static string Flat(Buddies.Engine.Catalogue.Playlist list) => $"{list.Id} {list.Title} {list.Owner} {list.Followers} {string.Join(' ', list.Tracks)}";
}
