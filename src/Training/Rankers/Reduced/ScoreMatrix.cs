using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Reduced;

/// <summary>
/// A ranker's scores of all listeners as a matrix S, [listeners × tracks], that is never held whole: each product asks for
/// the scores again, some listeners at a time.
/// </summary>
/// <remarks>Blocks are summed in their order: the number of threads does not change a bit.</remarks>
internal sealed class ScoreMatrix(IRanker ranker, SparseRows rows, RankerRun run)
{
    private const int BlockRows = 16;
    private const int PanelRows = 4 * BlockRows;
    private const int TracksAtOnce = 1024;

    /// <summary>S·M.</summary>
    /// <param name="matrix">M, row-major, [tracks × width].</param>
    /// <param name="width">Columns of M.</param>
    public float[] Times(float[] matrix, int width) => Times(rows, matrix, width);

    /// <summary>Sᵀ·M.</summary>
    /// <param name="matrix">M, row-major, [listeners × width].</param>
    /// <param name="width">Columns of M.</param>
    public float[] TransposedTimes(float[] matrix, int width)
    {
        var trackCount = ranker.TrackCount;
        var product = new float[checked(trackCount * width)];
        var panel = new float[PanelRows * trackCount];
        for (var from = 0; from < rows.RowCount; from += PanelRows)
        {
            var (start, count) = (from, Math.Min(PanelRows, rows.RowCount - from));
            Parallel.For(0, (count + BlockRows - 1) / BlockRows, run.Parallel, block =>
            {
                var own = Math.Min(BlockRows, count - (block * BlockRows));
                ranker.Score(rows, start + (block * BlockRows), own, panel.AsSpan(block * BlockRows * trackCount, own * trackCount));
            });
            Parallel.For(0, (trackCount + TracksAtOnce - 1) / TracksAtOnce, run.Parallel, block =>
            {
                var track = block * TracksAtOnce;
                var own = Math.Min(TracksAtOnce, trackCount - track);
                MatrixKernels.MultiplyAdd(
                    panel.AsSpan(track, (count * trackCount) - track), 1, trackCount,
                    matrix.AsSpan(start * width, count * width), width,
                    product.AsSpan(track * width, own * width), width, own, width, count);
            });
        }

        return product;
    }

    /// <summary>B·M, where the ranker is S = X·B: the scores of listeners with one fact each, times M.</summary>
    public float[] OfTracks(float[] matrix, int width) => Times(BinaryRows.Make(track => [track], ranker.TrackCount, ranker.TrackCount), matrix, width);

    private float[] Times(SparseRows facts, float[] matrix, int width)
    {
        var trackCount = ranker.TrackCount;
        var product = new float[checked(facts.RowCount * width)];
        Parallel.For(0, (facts.RowCount + BlockRows - 1) / BlockRows, run.Parallel, () => new float[BlockRows * trackCount], (block, _, scores) =>
        {
            var from = block * BlockRows;
            var count = Math.Min(BlockRows, facts.RowCount - from);
            ranker.Score(facts, from, count, scores.AsSpan(0, count * trackCount));
            MatrixKernels.MultiplyAdd(scores, trackCount, 1, matrix, width, product.AsSpan(from * width, count * width), width, count, width, trackCount);
            return scores;
        }, _ => { });
        return product;
    }
}
