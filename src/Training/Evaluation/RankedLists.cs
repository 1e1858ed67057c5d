using Buddies.Engine.Vectors;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;

namespace Buddies.Training.Evaluation;

/// <summary>
/// The best tracks for listeners out of the full catalogue, without those they have a fact about (Krichene and Rendle 2020,
/// "On Sampled Metrics": never a sample of it).
/// </summary>
public static class RankedLists
{
    private const int BlockRows = 16;

    /// <summary>Ranks.</summary>
    /// <param name="ranker">The model.</param>
    /// <param name="facts">[listeners × tracks]: what is known, and so left out of the lists.</param>
    /// <param name="k">Tracks of a list, 1 or more.</param>
    /// <param name="run">Threads, progress and cancellation.</param>
    /// <returns>For each listener the tracks, best first; equal scores rank by the lower number. NaN is never listed.</returns>
    public static int[][] Make(IRanker ranker, SparseRows facts, int k, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(ranker);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var lists = new int[facts.RowCount][];
        var trackCount = ranker.TrackCount;
        var blocks = (facts.RowCount + BlockRows - 1) / BlockRows;
        Parallel.For(0, blocks, run.Parallel, () => new float[BlockRows * trackCount], (block, _, buffer) =>
        {
            var from = block * BlockRows;
            var count = Math.Min(BlockRows, facts.RowCount - from);
            ranker.Score(facts, from, count, buffer.AsSpan(0, count * trackCount));
            for (var i = 0; i < count; i++)
            {
                lists[from + i] = Best(buffer.AsSpan(i * trackCount, trackCount), facts.Columns.AsSpan(facts.RangeOf(from + i)), k);
            }

            return buffer;
        }, _ => { });
        return lists;
    }

    /// <summary>The best tracks of one listener's scores, without the known ones.</summary>
    /// <param name="scores">[tracks]; those of known tracks become NaN.</param>
    /// <param name="known">What is left out.</param>
    /// <param name="k">The most tracks.</param>
    internal static int[] Best(Span<float> scores, ReadOnlySpan<int> known, int k)
    {
        foreach (var track in known)
        {
            scores[track] = float.NaN;
        }

        var found = new int[Math.Min(k, scores.Length)];
        var top = new TopK(found, new float[found.Length]);
        top.OfferAll(scores);
        return found[..top.Sort()];
    }
}
