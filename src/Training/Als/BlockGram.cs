using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Training.Als;

/// <summary>
/// α₀·YᵀY on many threads: each block of rows is summed alone and the blocks are added in their order, so that the
/// number of threads does not change a bit.
/// </summary>
internal static class BlockGram
{
    private const int BlockRows = 4096;

    /// <param name="factors">Y, row-major.</param>
    /// <param name="dimension">d.</param>
    /// <param name="unobservedWeight">α₀.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>In the layout of <see cref="SymmetricKernels"/>.</returns>
    public static double[] Compute(float[] factors, int dimension, double unobservedWeight, ParallelOptions parallel)
    {
        var rowCount = factors.Length / dimension;
        var blocks = new double[Math.Max(1, (rowCount + BlockRows - 1) / BlockRows)][];
        Parallel.For(0, blocks.Length, parallel, block =>
        {
            var from = block * BlockRows;
            var count = Math.Min(BlockRows, rowCount - from);
            var gram = new double[SymmetricKernels.LengthOf(dimension)];
            FoldIn.ComputeScaledGram(factors.AsSpan(from * dimension, count * dimension), dimension, unobservedWeight, gram);
            blocks[block] = gram;
        });

        var sum = blocks[0];
        foreach (var gram in blocks.Skip(1))
        {
            System.Numerics.Tensors.TensorPrimitives.Add(sum, gram, sum);
        }

        return sum;
    }
}
