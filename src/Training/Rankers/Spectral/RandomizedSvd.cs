using System.Numerics.Tensors;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Spectral;

/// <summary>
/// The largest singular values of a sparse matrix and its right singular vectors, by subspace iteration from a random
/// start (Halko, Martinsson, Tropp 2011, algorithm 4.4).
/// </summary>
internal static class RandomizedSvd
{
    /// <summary>How much wider than asked for the subspace is: one part in this many, and at least 16.</summary>
    private const int Oversampling = 6;

    /// <summary>Decomposes.</summary>
    /// <param name="rows">[listeners × tracks].</param>
    /// <param name="columns">The same, transposed.</param>
    /// <param name="values">The entries by row; <see cref="SparseRows.Confidences"/> are not looked at.</param>
    /// <param name="columnValues">The entries by column.</param>
    /// <param name="count">k, 1 or more; fewer come back from a smaller matrix.</param>
    /// <param name="iterations">How often the subspace goes through the matrix and back.</param>
    /// <param name="run">Threads, seed and cancellation.</param>
    /// <returns>Singular values, largest first, and the right singular vectors as columns, row-major [tracks × k].</returns>
    public static (float[] Values, float[] Vectors, int Count) Decompose(
        SparseRows rows, SparseRows columns, float[] values, float[] columnValues, int count, int iterations, RankerRun run)
    {
        var parallel = run.Parallel;
        var width = Math.Min(count + Math.Max(16, count / Oversampling), Math.Min(UsedRows(rows), UsedRows(columns)));
        count = Math.Min(count, width);
        var basis = TallMatrix.Orthonormalize(MakeStart(columns, width, run.Seed), width, parallel);
        for (var i = 0; i < iterations; i++)
        {
            run.Tell($"singular vectors: {width} wide, round {i + 1} of {iterations}");
            var image = Multiply(rows, values, basis, width, parallel);
            basis = TallMatrix.Orthonormalize(Multiply(columns, columnValues, image, width, parallel), width, parallel);
        }

        var last = Multiply(rows, values, basis, width, parallel);
        var (squares, turned) = SymmetricEigen.Decompose(TallMatrix.Gram(last, width, parallel), width);
        var right = new float[width * count];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < count; j++)
            {
                right[(i * count) + j] = (float)turned[(j * width) + i];
            }
        }

        var singular = Array.ConvertAll(squares[..count], square => (float)Math.Sqrt(Math.Max(0, square)));
        return (singular, TallMatrix.Multiply(basis, width, right, count, parallel), count);
    }

    /// <summary>Sparse by dense, [rows × width].</summary>
    private static float[] Multiply(SparseRows rows, float[] values, float[] dense, int width, ParallelOptions parallel)
    {
        var product = new float[checked(rows.RowCount * width)];
        Parallel.For(0, rows.RowCount, parallel, row =>
        {
            var target = product.AsSpan(row * width, width);
            for (var i = rows.Offsets[row]; i < rows.Offsets[row + 1]; i++)
            {
                TensorPrimitives.MultiplyAdd(dense.AsSpan(rows.Columns[i] * width, width), values[i], target, target);
            }
        });
        return product;
    }

    /// <summary>Uniform numbers; zero for a track without entries, which has no part in any vector.</summary>
    private static float[] MakeStart(SparseRows columns, int width, int seed)
    {
        var random = new Random(seed);
        var start = new float[checked(columns.RowCount * width)];
        for (var track = 0; track < columns.RowCount; track++)
        {
            if (columns.CountOf(track) > 0)
            {
                foreach (ref var value in start.AsSpan(track * width, width))
                {
                    value = random.NextSingle() - 0.5f;
                }
            }
        }

        return start;
    }

    private static int UsedRows(SparseRows rows)
    {
        var used = 0;
        for (var row = 0; row < rows.RowCount; row++)
        {
            used += rows.CountOf(row) > 0 ? 1 : 0;
        }

        return used;
    }
}
