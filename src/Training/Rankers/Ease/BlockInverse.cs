using Buddies.Engine.Vectors;

namespace Buddies.Training.Rankers.Ease;

/// <summary>
/// The inverse of a positive definite matrix in single precision, in place: the sweep operator (Goodnight 1979) on blocks,
/// on one triangle alone. All but a small share of its n³ operations are products of dense blocks.
/// </summary>
internal static class BlockInverse
{
    private const int Block = 256;

    /// <summary>Inverts.</summary>
    /// <param name="matrix">Row-major, [n × n]; the upper triangle is read, and all of it written.</param>
    /// <param name="n">1 or more.</param>
    /// <param name="run">Threads, progress and cancellation.</param>
    /// <exception cref="TrainingException">The matrix is not positive definite, as far as single precision can tell.</exception>
    /// <remarks>Each block is summed by one thread in a fixed order: the number of threads does not change a bit.</remarks>
    public static void Invert(float[] matrix, int n, RankerRun run)
    {
        var parallel = run.Parallel;
        var blocks = (n + Block - 1) / Block;
        var panel = new float[checked(n * Block)];
        var turned = new float[checked(n * Block)];
        for (var pivot = 0; pivot < blocks; pivot++)
        {
            var from = pivot * Block;
            var width = Math.Min(Block, n - from);
            var inverse = InvertPivot(matrix, n, from, width);

            // The pivot's rows, whole: left of it they stand in the columns above. A panel of [n × width], negated.
            Parallel.For(0, blocks, parallel, block => Gather(matrix, n, block, from, width, panel));
            Parallel.For(0, blocks, parallel, block => Turn(panel, n, block, inverse, width, turned));
            Parallel.For(0, blocks, parallel, block =>
            {
                var row = block * Block;
                var count = Math.Min(Block, n - row);
                MatrixKernels.MultiplyAdd(
                    panel.AsSpan(row * width, count * width), width, 1, turned.AsSpan(row), n, matrix.AsSpan((row * n) + row), n, count, n - row, width);
            });
            Parallel.For(0, blocks, parallel, block => Put(matrix, n, block, from, width, turned, inverse));
            if (pivot % 16 == 15)
            {
                run.Tell($"EASE: inverse of {n:N0} × {n:N0}, {(double)(pivot + 1) / blocks:0 %}");
            }
        }

        Finish(matrix, n, blocks, parallel);
    }

    private static void Gather(float[] matrix, int n, int block, int from, int width, float[] panel)
    {
        var row = block * Block;
        var count = Math.Min(Block, n - row);
        for (var i = row; i < row + count; i++)
        {
            for (var p = 0; p < width; p++)
            {
                panel[(i * width) + p] = -(i < from + width && i < from + p ? matrix[(i * n) + from + p] : matrix[((from + p) * n) + i]);
            }
        }
    }

    /// <summary>V·W of a block of columns, [width × n]; the panel is −Wᵀ.</summary>
    private static void Turn(float[] panel, int n, int block, float[] inverse, int width, float[] turned)
    {
        var row = block * Block;
        var count = Math.Min(Block, n - row);
        var columns = new float[width * count];
        for (var i = 0; i < count; i++)
        {
            for (var p = 0; p < width; p++)
            {
                columns[(p * count) + i] = -panel[((row + i) * width) + p];
            }
        }

        for (var p = 0; p < width; p++)
        {
            turned.AsSpan((p * n) + row, count).Clear();
        }

        MatrixKernels.MultiplyAdd(inverse, width, 1, columns, count, turned.AsSpan(row), n, width, count, width);
    }

    /// <summary>The swept pivot: V·W in its rows and columns, −V where they cross.</summary>
    private static void Put(float[] matrix, int n, int block, int from, int width, float[] turned, float[] inverse)
    {
        var row = block * Block;
        var count = Math.Min(Block, n - row);
        if (row == from)
        {
            for (var p = 0; p < width; p++)
            {
                for (var q = 0; q < width; q++)
                {
                    matrix[((from + p) * n) + from + q] = -inverse[(p * width) + q];
                }
            }

            return;
        }

        for (var p = 0; p < width; p++)
        {
            if (row > from)
            {
                turned.AsSpan((p * n) + row, count).CopyTo(matrix.AsSpan(((from + p) * n) + row));
                continue;
            }

            for (var i = row; i < row + count; i++)
            {
                matrix[(i * n) + from + p] = turned[(p * n) + i];
            }
        }
    }

    /// <summary>All blocks swept leave −A⁻¹ in the upper triangle.</summary>
    private static void Finish(float[] matrix, int n, int blocks, ParallelOptions parallel)
    {
        Parallel.For(0, n, parallel, row =>
        {
            var target = matrix.AsSpan((row * n) + row, n - row);
            System.Numerics.Tensors.TensorPrimitives.Negate(target, target);
        });
        Parallel.For(0, blocks, parallel, block =>
        {
            // Columns of this block's rows, a block of both at a time: the transpose stays in the cache.
            var low = block * Block;
            var high = Math.Min(n, low + Block);
            for (var from = 0; from < high; from += Block)
            {
                for (var row = low; row < high; row++)
                {
                    for (var column = from; column < Math.Min(row, from + Block); column++)
                    {
                        matrix[(row * n) + column] = matrix[(column * n) + row];
                    }
                }
            }
        });
    }

    private static float[] InvertPivot(float[] matrix, int n, int from, int width)
    {
        var stride = SymmetricKernels.StrideOf(width);
        var pivot = new double[SymmetricKernels.LengthOf(width)];
        for (var i = 0; i < width; i++)
        {
            for (var j = i; j < width; j++)
            {
                pivot[(i * stride) + j] = matrix[((from + i) * n) + from + j];
            }
        }

        if (!SymmetricKernels.TryFactor(pivot, width))
        {
            throw new TrainingException("Expected a positive definite matrix: the regularization is too small for single precision.");
        }

        var inverse = new float[width * width];
        var (unit, solution) = (new double[stride], new double[stride]);
        for (var i = 0; i < width; i++)
        {
            Array.Clear(unit);
            unit[i] = 1;
            SymmetricKernels.Solve(pivot, unit, solution, width);
            for (var j = 0; j < width; j++)
            {
                inverse[(i * width) + j] = (float)solution[j];
            }
        }

        return inverse;
    }
}
