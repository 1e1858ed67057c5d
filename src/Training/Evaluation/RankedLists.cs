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
        Visit(ranker, facts, run, (listener, scores) =>
        {
            var found = new int[Math.Min(k, scores.Length)];
            var top = new TopK(found, new float[found.Length]);
            top.OfferAll(scores);
            lists[listener] = found[..top.Sort()];
        });
        return lists;
    }

    /// <summary>Scores every listener, known tracks as NaN, a block of listeners at a time.</summary>
    internal static void Visit(IRanker ranker, SparseRows facts, RankerRun run, VisitScores visit)
    {
        var trackCount = ranker.TrackCount;
        var blocks = (facts.RowCount + BlockRows - 1) / BlockRows;
        Parallel.For(0, blocks, run.Parallel, () => new float[BlockRows * trackCount], (block, _, buffer) =>
        {
            var from = block * BlockRows;
            var count = Math.Min(BlockRows, facts.RowCount - from);
            var scores = buffer.AsSpan(0, count * trackCount);
            ranker.Score(facts, from, count, scores);
            for (var i = 0; i < count; i++)
            {
                var row = scores.Slice(i * trackCount, trackCount);
                foreach (var known in facts.Columns.AsSpan(facts.RangeOf(from + i)))
                {
                    row[known] = float.NaN;
                }

                visit(from + i, row);
            }

            return buffer;
        }, _ => { });
    }
}

/// <summary>Sees one listener's scores; called from many threads.</summary>
/// <param name="listener">The row.</param>
/// <param name="scores">[tracks], NaN for what is known; valid during the call.</param>
internal delegate void VisitScores(int listener, ReadOnlySpan<float> scores);
