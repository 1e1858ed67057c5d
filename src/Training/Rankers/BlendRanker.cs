using System.Buffers;
using System.Numerics.Tensors;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers;

/// <summary>A weighted sum of rankers, each brought to one scale by a constant.</summary>
public sealed class BlendRanker : IRanker
{
    private readonly (IRanker Ranker, float Weight)[] _parts;

    /// <summary>Puts rankers together.</summary>
    /// <param name="parts">One or more over the same tracks; those of weight 0 are left out.</param>
    public BlendRanker(IReadOnlyList<(IRanker Ranker, float Weight)> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0 || parts.Any(part => part.Ranker.TrackCount != parts[0].Ranker.TrackCount))
        {
            throw new ArgumentException("Expected one ranker or more over the same tracks.", nameof(parts));
        }

        TrackCount = parts[0].Ranker.TrackCount;
        _parts = [.. parts.Where(part => part.Weight != 0)];
    }

    /// <inheritdoc/>
    public int TrackCount { get; }

    /// <inheritdoc/>
    public void Score(SparseRows facts, int from, int count, Span<float> scores)
    {
        scores.Clear();
        var room = ArrayPool<float>.Shared.Rent(scores.Length);
        var own = room.AsSpan(0, scores.Length);
        foreach (var (ranker, weight) in _parts)
        {
            ranker.Score(facts, from, count, own);
            TensorPrimitives.MultiplyAdd(own, weight, scores, scores);
        }

        ArrayPool<float>.Shared.Return(room);
    }
}
