using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Ease;

/// <summary>
/// EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"): the ridge regression of every track on all
/// others, in closed form. With fewer listeners than tracks the inverse is taken on the listeners' side, by
/// (XᵀX + λI)⁻¹ = (I − Xᵀ(XXᵀ + λI)⁻¹X)/λ, so that only the smaller of the two numbers has to be small.
/// </summary>
/// <param name="regularization">λ > 0.</param>
public sealed class EaseTrainer(double regularization) : IRankerTrainer
{
    /// <summary>The most listeners or tracks, whichever is fewer: its inverse takes n² floats, 8.5 GB of them, and n³ multiplications.</summary>
    public const int MostRows = 46_000;

    /// <inheritdoc/>
    public string Name => "ease";

    /// <inheritdoc/>
    public IRanker Train(SparseRows rows, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(regularization);
        var smaller = Math.Min(rows.RowCount, rows.ColumnCount);
        if (smaller > MostRows)
        {
            throw new TrainingException($"EASE holds a dense matrix: expected at most {MostRows:N0} listeners or tracks, got {rows.RowCount:N0} and {rows.ColumnCount:N0}.");
        }

        // Between listeners a score costs the whole inverse, between tracks a few of its rows: the inverse must be much smaller to be worth it.
        var byListeners = rows.ColumnCount > MostRows || rows.RowCount < rows.ColumnCount / 2;
        var side = byListeners ? rows.RowCount : rows.ColumnCount;
        run.Tell($"EASE: inverse of {side:N0} × {side:N0}");
        var columns = rows.Transpose();
        return byListeners
            ? new EaseByListeners(rows, columns, DenseInverse.OfGram(columns, rows, regularization, run))
            : new EaseByTracks(DenseInverse.OfGram(rows, columns, regularization, run), rows.ColumnCount);
    }
}

/// <summary>The inverse of a regularised Gram matrix.</summary>
internal static class DenseInverse
{
    /// <summary>(AᵀA + λI)⁻¹, row-major in single precision, [columns × columns] of A.</summary>
    /// <param name="rows">A.</param>
    /// <param name="columns">Aᵀ.</param>
    /// <param name="regularization">λ.</param>
    /// <param name="run">Threads, progress and cancellation.</param>
    public static float[] OfGram(SparseRows rows, SparseRows columns, double regularization, RankerRun run)
    {
        var n = rows.ColumnCount;
        var matrix = new float[checked(n * n)];
        Parallel.For(0, n, run.Parallel, i =>
        {
            var target = matrix.AsSpan(i * n, n);
            for (var c = columns.Offsets[i]; c < columns.Offsets[i + 1]; c++)
            {
                var row = columns.Columns[c];
                for (var r = rows.Offsets[row]; r < rows.Offsets[row + 1]; r++)
                {
                    target[rows.Columns[r]] += columns.Confidences[c] * rows.Confidences[r];
                }
            }

            target[i] += (float)regularization;
        });
        BlockInverse.Invert(matrix, n, run);
        return matrix;
    }
}
