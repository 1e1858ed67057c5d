using Buddies.Training.Facts;
using Buddies.Training.Rankers.Factors;

namespace Buddies.Training.Rankers.Bpr;

/// <summary>
/// BPR factors, a listener folded in by gradient steps on the vector alone, from zero and with a seed of its own: the same
/// facts give the same vector, whether they were trained on or not.
/// </summary>
public sealed class BprRanker : FactorRanker
{
    private readonly int[] _drawn;
    private readonly BprOptions _options;
    private readonly int _seed;

    /// <summary>Keeps the factors.</summary>
    /// <param name="tracks">Row-major, [tracks × d], the last of each its bias.</param>
    /// <param name="counts">[tracks], how often each is listened to: what negatives are drawn by.</param>
    /// <param name="options">What they were trained with.</param>
    /// <param name="seed">Of the negatives of a fold-in.</param>
    public BprRanker(float[] tracks, int[] counts, BprOptions options, int seed)
        : base(tracks, Check(options).Dimension)
    {
        _options = options;
        _seed = seed;
        _drawn = MakeUrn(counts);
    }

    /// <inheritdoc/>
    protected override void FoldIn(SparseRows facts, int from, int count, Span<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(facts);
        for (var i = 0; i < count; i++)
        {
            FoldIn(facts.Columns.AsSpan(facts.RangeOf(from + i)), vectors.Slice(i * Dimension, Dimension));
        }
    }

    private static BprOptions Check(BprOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return options;
    }

    private void FoldIn(ReadOnlySpan<int> tracks, Span<float> x)
    {
        x[^1] = 1;
        if (tracks.IsEmpty)
        {
            return;
        }

        var random = new Random(_seed);
        var rate = (float)_options.LearningRate;
        var known = new HashSet<int>(tracks.Length);
        foreach (var track in tracks)
        {
            known.Add(track);
        }

        for (var pass = 0; pass < _options.FoldPasses; pass++)
        {
            var step = rate * (1 - (0.9f * pass / _options.FoldPasses));
            var keep = (float)(1 - (step * _options.Regularization));
            foreach (var track in tracks)
            {
                var negative = random.NextDouble() < _options.PopularShare ? _drawn[random.Next(_drawn.Length)] : random.Next(TrackCount);
                if (known.Contains(negative))
                {
                    continue;
                }

                var y = Factors.AsSpan(track * Dimension, Dimension);
                var z = Factors.AsSpan(negative * Dimension, Dimension);
                BprKernel.StepListener(x, y, z, step * BprKernel.Doubt(BprKernel.Difference(x, y, z)), keep);
                x[^1] = 1;
            }
        }
    }

    /// <summary>Tracks as often as they are listened to, thinned out evenly to at most a million.</summary>
    private static int[] MakeUrn(int[] counts)
    {
        var all = counts.Sum(count => (long)count);
        var every = Math.Max(1, all / 1_000_000);
        var urn = new List<int>();
        var sum = 0L;
        for (var track = 0; track < counts.Length; track++)
        {
            for (sum += counts[track]; sum >= every; sum -= every)
            {
                urn.Add(track);
            }
        }

        return urn.Count > 0 ? [.. urn] : [0];
    }
}
