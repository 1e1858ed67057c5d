using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Synth;

/// <summary>The tracks of a world: each by an artist near one genre, their popularity long-tailed.</summary>
internal sealed class SyntheticTracks
{
    private readonly int[] _artistOf;
    private readonly byte[] _moodOf;
    private readonly byte[] _genreOfArtist;
    private readonly float[] _vectors;
    private readonly int[] _durationMs;
    private readonly GenreShelf[] _shelves;

    public SyntheticTracks(SyntheticWorldOptions options)
    {
        Centres = MakeCentres(options);
        _genreOfArtist = new byte[options.Artists];
        var artists = MakeArtists(options);
        _artistOf = new int[options.Tracks];
        _moodOf = new byte[options.Tracks];
        _durationMs = new int[options.Tracks];
        _vectors = new float[options.Tracks * Latent.Dimension];
        for (var track = 0; track < options.Tracks; track++)
        {
            var random = Seeds.For(options.Seed, Seeds.Tracks, track);

            // Everybody gets a first track; of the others the early artists get more.
            _artistOf[track] = track < options.Artists ? track : (int)(options.Artists * Math.Pow(random.NextDouble(), 1.5));
            var vector = Latent.Row(_vectors, track);
            Latent.Row(artists, _artistOf[track]).CopyTo(vector);
            Latent.AddNoise(vector, 0.35, random);
            Latent.Normalize(vector);
            _durationMs[track] = random.Next(120, 361) * 1000;
            _moodOf[track] = (byte)random.Next(Genres.Sounds.Length);
        }

        _shelves = MakeShelves(MakePopularity(options));
    }

    public int Count => _artistOf.Length;

    /// <summary>Row-major [genre × dimension], unit length.</summary>
    public float[] Centres { get; }

    public static int GenreCount => Genres.Names.Length;

    public int DurationMs(int track) => _durationMs[track];

    public ReadOnlySpan<float> Vector(int track) => Latent.Row(_vectors, track);

    public int GenreOf(int track) => _genreOfArtist[_artistOf[track]];

    public bool HasTracks(int genre) => _shelves[genre].Tracks.Length > 0;

    /// <summary>Draws a track of a genre in proportion to popularity.</summary>
    public int Draw(int genre, Random random)
    {
        var shelf = _shelves[genre];
        var index = Array.BinarySearch(shelf.Cumulative, random.NextDouble() * shelf.Cumulative[^1]);
        return shelf.Tracks[Math.Min(index < 0 ? ~index : index, shelf.Tracks.Length - 1)];
    }

    public static TrackId Id(int track) => new($"track-{track + 1:00000}");

    /// <summary>The position behind an id; null for one that is none of these.</summary>
    public static int? NumberOf(TrackId track) =>
        track.Value.StartsWith("track-", StringComparison.Ordinal)
        && int.TryParse(track.Value.AsSpan("track-".Length), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
        && number > 0
            ? number - 1
            : null;

    public Track Describe(int track)
    {
        var genre = Genres.Names[GenreOf(track)];
        return new Track(Id(track), $"{Genres.Sounds[_moodOf[track]]} {genre} {track + 1}", $"Artist {_artistOf[track] + 1:0000}", [genre, Genres.Sounds[_moodOf[track]]]);
    }

    private static float[] MakeCentres(SyntheticWorldOptions options)
    {
        var centres = new float[GenreCount * Latent.Dimension];
        var random = Seeds.For(options.Seed, Seeds.Communities, -1);
        for (var genre = 0; genre < GenreCount; genre++)
        {
            Latent.AddNoise(Latent.Row(centres, genre), 1, random);
            Latent.Normalize(Latent.Row(centres, genre));
        }

        return centres;
    }

    private float[] MakeArtists(SyntheticWorldOptions options)
    {
        var vectors = new float[options.Artists * Latent.Dimension];
        for (var artist = 0; artist < options.Artists; artist++)
        {
            var random = Seeds.For(options.Seed, Seeds.Artists, artist);
            _genreOfArtist[artist] = (byte)random.Next(GenreCount);
            var vector = Latent.Row(vectors, artist);
            Latent.Row(Centres, _genreOfArtist[artist]).CopyTo(vector);
            Latent.AddNoise(vector, 0.45, random);
            Latent.Normalize(vector);
        }

        return vectors;
    }

    /// <summary>Zipf's law over a random order: the r-th most popular track has the weight 1/r.</summary>
    private double[] MakePopularity(SyntheticWorldOptions options)
    {
        var order = new int[Count];
        for (var track = 0; track < Count; track++)
        {
            order[track] = track;
        }

        Seeds.For(options.Seed, Seeds.Popularity).Shuffle(order);
        var weights = new double[Count];
        for (var rank = 0; rank < Count; rank++)
        {
            // The shift by 8 keeps the very first from being everybody's.
            weights[order[rank]] = 1.0 / (rank + 8);
        }

        return weights;
    }

    private GenreShelf[] MakeShelves(double[] weights)
    {
        var tracks = Enumerable.Range(0, GenreCount).Select(_ => new List<int>()).ToArray();
        for (var track = 0; track < Count; track++)
        {
            tracks[GenreOf(track)].Add(track);
        }

        return [.. tracks.Select(list =>
        {
            var sum = 0.0;
            return new GenreShelf([.. list], [.. list.Select(track => sum += weights[track])]);
        })];
    }

    private readonly record struct GenreShelf(int[] Tracks, double[] Cumulative);
}
