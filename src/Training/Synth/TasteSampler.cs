using System.Numerics.Tensors;

namespace Buddies.Training.Synth;

/// <summary>Draws tracks for one listener, by affinity and popularity.</summary>
/// <remarks>
/// A genre by the listener's affinity, a track of it by popularity, then a rejection step by the affinity with the track itself:
/// the product of affinity and popularity without a look at every track, so a draw costs the same in any world.
/// </remarks>
internal sealed class TasteSampler
{
    private const double Sharpness = 7;
    private const int Tries = 6;

    private readonly SyntheticTracks _tracks;
    private readonly double[] _cumulative = new double[SyntheticTracks.GenreCount];
    private readonly float[] _taste = new float[Latent.Dimension];

    public TasteSampler(SyntheticTracks tracks) => _tracks = tracks;

    /// <summary>Takes on a listener's taste.</summary>
    public void Take(ReadOnlySpan<float> taste)
    {
        taste.CopyTo(_taste);
        var sum = 0.0;
        for (var genre = 0; genre < _cumulative.Length; genre++)
        {
            if (_tracks.HasTracks(genre))
            {
                sum += Math.Exp(Sharpness * TensorPrimitives.Dot(taste, Latent.Row(_tracks.Centres, genre)));
            }

            _cumulative[genre] = sum;
        }
    }

    /// <summary>Draws a genre by affinity.</summary>
    public int DrawGenre(Random random)
    {
        var drawn = random.NextDouble() * _cumulative[^1];
        var genre = 0;
        while (genre < _cumulative.Length - 1 && _cumulative[genre] <= drawn)
        {
            genre++;
        }

        return genre;
    }

    public int DrawTrack(int genre, Random random)
    {
        var track = _tracks.Draw(genre, random);
        for (var i = 1; i < Tries && random.NextDouble() > Math.Exp(Sharpness / 2 * (Affinity(track) - 1)); i++)
        {
            track = _tracks.Draw(genre, random);
        }

        return track;
    }

    public float Affinity(int track) => TensorPrimitives.Dot<float>(_taste, _tracks.Vector(track));

    /// <summary>Plays a track to its end, or leaves it early the likelier the less it fits.</summary>
    public SyntheticPlay Play(int track, Random random)
    {
        var affinity = Affinity(track);
        var isSkip = random.NextDouble() < 1 / (1 + Math.Exp(8 * (affinity - 0.3)));
        var durationMs = _tracks.DurationMs(track);
        var playedMs = isSkip ? random.Next(3_000, 31_000) : (int)(durationMs * (0.6 + (0.4 * random.NextDouble())));
        return new SyntheticPlay(track, isSkip, playedMs, durationMs, affinity);
    }
}
