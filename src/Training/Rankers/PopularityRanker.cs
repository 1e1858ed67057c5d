using Buddies.Training.Facts;

namespace Buddies.Training.Rankers;

/// <summary>The same order for everybody: how many listeners have a fact about a track.</summary>
public sealed class PopularityRanker : IRanker
{
    private readonly float[] _counts;

    /// <summary>Counts.</summary>
    public PopularityRanker(SparseRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _counts = Array.ConvertAll(rows.CountColumns(), count => (float)count);
    }

    /// <inheritdoc/>
    public int TrackCount => _counts.Length;

    /// <inheritdoc/>
    public void Score(SparseRows facts, int from, int count, Span<float> scores)
    {
        for (var i = 0; i < count; i++)
        {
            _counts.CopyTo(scores.Slice(i * TrackCount, TrackCount));
        }
    }
}

/// <summary>Makes <see cref="PopularityRanker"/>.</summary>
public sealed class PopularityTrainer : IRankerTrainer
{
    /// <inheritdoc/>
    public string Name => "popularity";

    /// <inheritdoc/>
    public IRanker Train(SparseRows rows, RankerRun run) => new PopularityRanker(rows);
}
