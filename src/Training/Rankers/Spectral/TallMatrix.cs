using Buddies.Engine.Vectors;

namespace Buddies.Training.Rankers.Spectral;

/// <summary>Products and orthonormal columns of tall matrices, row-major, [rows × width], on many threads.</summary>
/// <remarks>Blocks of rows are summed in their order: the number of threads does not change a bit.</remarks>
internal static class TallMatrix
{
    private const int BlockRows = 2048;

    /// <summary>MᵀM, row-major, [width × width].</summary>
    public static double[] Gram(float[] matrix, int width, ParallelOptions parallel)
    {
        var rowCount = matrix.Length / width;
        var sum = new double[width * width];
        var turns = Math.Max(1, parallel.MaxDegreeOfParallelism);
        for (var from = 0; from < rowCount; from += turns * BlockRows)
        {
            // As many blocks at once as there are threads, so that the room for partial sums stays small.
            var parts = new float[turns][];
            var start = from;
            Parallel.For(0, turns, parallel, turn =>
            {
                var row = start + (turn * BlockRows);
                var count = Math.Min(BlockRows, rowCount - row);
                if (count > 0)
                {
                    var part = new float[width * width];
                    var block = matrix.AsSpan(row * width, count * width);
                    MatrixKernels.MultiplyAdd(block, 1, width, block, width, part, width, width, width, count);
                    parts[turn] = part;
                }
            });
            foreach (var part in parts.Where(part => part is not null))
            {
                for (var i = 0; i < sum.Length; i++)
                {
                    sum[i] += part[i];
                }
            }
        }

        return sum;
    }

    /// <summary>M·B.</summary>
    /// <param name="matrix">M, [rows × width].</param>
    /// <param name="width">Columns of M.</param>
    /// <param name="right">B, row-major, [width × columns].</param>
    /// <param name="columns">Columns of B.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static float[] Multiply(float[] matrix, int width, float[] right, int columns, ParallelOptions parallel)
    {
        var rowCount = matrix.Length / width;
        var product = new float[checked(rowCount * columns)];
        Parallel.For(0, (rowCount + 255) / 256, parallel, block =>
        {
            var from = block * 256;
            var count = Math.Min(256, rowCount - from);
            MatrixKernels.MultiplyAdd(
                matrix.AsSpan(from * width, count * width), width, 1, right, columns, product.AsSpan(from * columns, count * columns), columns, count, columns, width);
        });
        return product;
    }

    /// <summary>The same column space with orthonormal columns: M·U⁻¹, where UᵀU = MᵀM (Cholesky QR).</summary>
    /// <exception cref="TrainingException">The columns are not independent.</exception>
    public static float[] Orthonormalize(float[] matrix, int width, ParallelOptions parallel)
    {
        var gram = Gram(matrix, width, parallel);
        var stride = SymmetricKernels.StrideOf(width);
        var factor = new double[SymmetricKernels.LengthOf(width)];
        var largest = 0.0;
        for (var i = 0; i < width; i++)
        {
            gram.AsSpan(i * width, width).CopyTo(factor.AsSpan(i * stride));
            largest = Math.Max(largest, gram[(i * width) + i]);
        }

        for (var i = 0; i < width; i++)
        {
            // Rounding of single precision must not make it indefinite.
            factor[(i * stride) + i] += 1e-7 * largest;
        }

        if (!SymmetricKernels.TryFactor(factor, width))
        {
            throw new TrainingException("Expected independent columns: there are fewer different tastes in the data than factors asked for.");
        }

        return Multiply(matrix, width, InvertUpper(factor, stride, width, parallel), width, parallel);
    }

    private static float[] InvertUpper(double[] factor, int stride, int width, ParallelOptions parallel)
    {
        // Row i of U⁻¹ solves x·U = eᵢ by forward substitution along U's rows.
        var inverse = new float[width * width];
        Parallel.For(0, width, parallel, () => new double[width], (i, _, rest) =>
        {
            Array.Clear(rest);
            rest[i] = 1;
            for (var k = i; k < width; k++)
            {
                var value = rest[k] / factor[(k * stride) + k];
                inverse[(i * width) + k] = (float)value;
                var row = factor.AsSpan((k * stride) + k + 1, width - k - 1);
                var target = rest.AsSpan(k + 1);
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(row, -value, target, target);
            }

            return rest;
        }, _ => { });
        return inverse;
    }
}
