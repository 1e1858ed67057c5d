using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Ease;

/// <summary>The constants of EASE.</summary>
public sealed record EaseOptions
{
    /// <summary>λ > 0: what goes onto the diagonal for every track. Default 200.</summary>
    public double Regularization { get; init; } = 200;

    /// <summary>
    /// What goes onto the diagonal besides, as a share of the track's own facts, 0 or more: the facts that are thought away
    /// while the others are explained (Steck 2020, "Autoencoders that don't overfit towards the Identity"). Default 0.
    /// </summary>
    public double OwnShare { get; init; }

    /// <summary>A listener of d facts weighs d^−this in the regression; the mean weight of a fact stays 1. Default 0.</summary>
    public double ListenerExponent { get; init; }
}

/// <summary>
/// EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"): the ridge regression of every track on all
/// others, in closed form, P = (XᵀWX + D)⁻¹ with D diagonal. With fewer listeners than tracks the inverse is taken on the
/// listeners' side, by P = D^−½(I − Aᵀ(I + AAᵀ)⁻¹A)D^−½ with A = W^½·X·D^−½, so that only the smaller of the two numbers has
/// to be small.
/// </summary>
/// <param name="options">The constants.</param>
public sealed class EaseTrainer(EaseOptions options) : IRankerTrainer
{
    /// <summary>The most listeners or tracks, whichever is fewer: its inverse takes n² floats, 8.5 GB of them, and n³ multiplications.</summary>
    public const int MostRows = 46_000;

    /// <inheritdoc/>
    public string Name => "ease";

    /// <summary>Rows of the matrix that is inverted.</summary>
    public static int SideOf(SparseRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return IsByListeners(rows) ? rows.RowCount : rows.ColumnCount;
    }

    /// <inheritdoc/>
    public IRanker Train(SparseRows rows, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Regularization);
        ArgumentOutOfRangeException.ThrowIfNegative(options.OwnShare);
        if (Math.Min(rows.RowCount, rows.ColumnCount) > MostRows)
        {
            throw new TrainingException($"EASE holds a dense matrix: expected at most {MostRows:N0} listeners or tracks, got {rows.RowCount:N0} and {rows.ColumnCount:N0}.");
        }

        run.Tell($"EASE: inverse of {SideOf(rows):N0} × {SideOf(rows):N0}");
        var weighed = rows.WeighRows(Array.ConvertAll(WeightsOf(rows), MathF.Sqrt));
        var diagonal = Array.ConvertAll(rows.CountColumns(), count => (float)(options.Regularization + (options.OwnShare * count)));
        return IsByListeners(rows)
            ? EaseByListeners.Make(weighed, Array.ConvertAll(diagonal, value => 1 / MathF.Sqrt(value)), run)
            : new EaseByTracks(DenseInverse.OfGram(weighed, weighed.Transpose(), diagonal, run), rows.ColumnCount);
    }

    /// <summary>Between listeners a score costs the whole inverse, between tracks a few of its rows: the inverse must be much smaller to be worth it.</summary>
    private static bool IsByListeners(SparseRows rows) => rows.ColumnCount > MostRows || rows.RowCount < rows.ColumnCount / 2;

    private float[] WeightsOf(SparseRows rows)
    {
        var degrees = Degrees.OfRows(rows);
        var weights = Degrees.Power(degrees, -options.ListenerExponent);
        var mean = weights.Zip(degrees, (weight, degree) => (double)weight * degree).Sum() / Math.Max(1, rows.EntryCount);
        return Array.ConvertAll(weights, weight => mean > 0 ? (float)(weight / mean) : 0);
    }
}

/// <summary>The inverse of a regularised Gram matrix.</summary>
internal static class DenseInverse
{
    /// <summary>(AᵀA + D)⁻¹, row-major in single precision, [columns × columns] of A.</summary>
    /// <param name="rows">A.</param>
    /// <param name="columns">Aᵀ.</param>
    /// <param name="diagonal">D, [columns of A], above 0.</param>
    /// <param name="run">Threads, progress and cancellation.</param>
    public static float[] OfGram(SparseRows rows, SparseRows columns, float[] diagonal, RankerRun run)
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

            target[i] += diagonal[i];
        });
        BlockInverse.Invert(matrix, n, run);
        return matrix;
    }
}
