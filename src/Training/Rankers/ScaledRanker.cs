using Buddies.Training.Facts;

namespace Buddies.Training.Rankers;

/// <summary>Another ranker with a factor for each track on either side: s before the facts reach it, t after it has scored.</summary>
/// <param name="inner">Linear in the confidences of the facts.</param>
/// <param name="source">s, [tracks].</param>
/// <param name="target">t, [tracks].</param>
internal sealed class ScaledRanker(IRanker inner, float[] source, float[] target) : IRanker
{
    public int TrackCount => inner.TrackCount;

    public void Score(SparseRows facts, int from, int count, Span<float> scores)
    {
        var block = new SparseRowsBuilder(facts.ColumnCount);
        for (var row = from; row < from + count; row++)
        {
            for (var i = facts.Offsets[row]; i < facts.Offsets[row + 1]; i++)
            {
                block.Add(facts.Columns[i], facts.Confidences[i] * source[facts.Columns[i]], facts.Preferences[i]);
            }

            block.EndRow();
        }

        inner.Score(block.Build(), 0, count, scores);
        Degrees.ScaleColumns(scores, target);
    }
}
