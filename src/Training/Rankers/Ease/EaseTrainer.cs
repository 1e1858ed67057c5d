using Buddies.Engine.Vectors;
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
    /// <summary>The most listeners or tracks, whichever is fewer: its inverse takes n² doubles and 2n³ operations.</summary>
    public const int MostRows = 6000;

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
            throw new TrainingException($"EASE is for small catalogues: expected at most {MostRows:N0} listeners or tracks, got {rows.RowCount:N0} and {rows.ColumnCount:N0}.");
        }

        run.Tell($"EASE: inverse of {smaller:N0} × {smaller:N0}");
        var columns = rows.Transpose();
        return rows.RowCount < rows.ColumnCount
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
    /// <param name="run">Threads and cancellation.</param>
    public static float[] OfGram(SparseRows rows, SparseRows columns, double regularization, RankerRun run)
    {
        var n = rows.ColumnCount;
        var stride = SymmetricKernels.StrideOf(n);
        var matrix = new double[SymmetricKernels.LengthOf(n)];
        Parallel.For(0, n, run.Parallel, i =>
        {
            var target = matrix.AsSpan(i * stride, stride);
            for (var c = columns.Offsets[i]; c < columns.Offsets[i + 1]; c++)
            {
                var row = columns.Columns[c];
                for (var r = rows.Offsets[row]; r < rows.Offsets[row + 1]; r++)
                {
                    target[rows.Columns[r]] += (double)columns.Confidences[c] * rows.Confidences[r];
                }
            }

            target[i] += regularization;
        });
        if (!SymmetricKernels.TryFactor(matrix, n))
        {
            throw new TrainingException("Expected finite confidences: their Gram matrix has no inverse.");
        }

        var inverse = new float[checked(n * n)];
        Parallel.For(
            0,
            n,
            run.Parallel,
            () => (Unit: new double[stride], Solution: new double[stride]),
            (i, _, room) =>
            {
                Array.Clear(room.Unit);
                room.Unit[i] = 1;
                SymmetricKernels.Solve(matrix, room.Unit, room.Solution, n);
                for (var j = 0; j < n; j++)
                {
                    inverse[(i * n) + j] = (float)room.Solution[j];
                }

                return room;
            },
            _ => { });
        return inverse;
    }
}
