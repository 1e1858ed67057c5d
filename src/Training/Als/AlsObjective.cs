using System.Numerics.Tensors;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training.Als;

/// <summary>
/// What both half-steps make smaller (Rendle et al. 2021, equations 3 and 12):
/// Σ w·(p − x·y)² over facts + α₀·Σ (x·y)² over all pairs + Σ λᵤ·|x|² + Σ λᵢ·|y|².
/// </summary>
internal static class AlsObjective
{
    private const int BlockRows = 1024;

    public static double Compute(
        SparseRows rows, SparseRows columns, float[] x, float[] y, double[] gramX, double[] gramY, AlsOptions options, ParallelOptions parallel)
    {
        var d = options.Dimension;
        var blocks = new double[(rows.RowCount + BlockRows - 1) / BlockRows];
        Parallel.For(0, blocks.Length, parallel, block =>
        {
            var sum = 0.0;
            for (var row = block * BlockRows; row < Math.Min(rows.RowCount, (block + 1) * BlockRows); row++)
            {
                var vector = x.AsSpan(row * d, d);
                for (var i = rows.Offsets[row]; i < rows.Offsets[row + 1]; i++)
                {
                    var error = rows.Preferences[i] - (double)TensorPrimitives.Dot(vector, y.AsSpan(rows.Columns[i] * d, d));
                    sum += rows.Confidences[i] * error * error;
                }
            }

            blocks[block] = sum;
        });

        return blocks.Sum()
            + UnobservedTerm(gramX, gramY, options)
            + PenaltyOf(rows, x, options.FoldIn, d)
            + PenaltyOf(columns, y, options.FoldIn, d);
    }

    // α₀·Σ (x·y)² = α₀·⟨XᵀX, YᵀY⟩, and each Gram matrix already holds one α₀.
    private static double UnobservedTerm(double[] gramX, double[] gramY, AlsOptions options)
    {
        if (options.UnobservedWeight == 0)
        {
            return 0;
        }

        var stride = SymmetricKernels.StrideOf(options.Dimension);
        var sum = 0.0;
        for (var j = 0; j < options.Dimension; j++)
        {
            sum += gramX[(j * stride) + j] * gramY[(j * stride) + j];
            for (var i = j + 1; i < options.Dimension; i++)
            {
                sum += 2 * gramX[(j * stride) + i] * gramY[(j * stride) + i];
            }
        }

        return sum / options.UnobservedWeight;
    }

    private static double PenaltyOf(SparseRows rows, float[] factors, FoldInParameters parameters, int dimension)
    {
        var sum = 0.0;
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (rows.CountOf(row) > 0)
            {
                var squares = TensorPrimitives.SumOfSquares<float>(factors.AsSpan(row * dimension, dimension));
                sum += parameters.RegularizationOf(rows.CountOf(row), rows.ColumnCount) * squares;
            }
        }

        return sum;
    }
}
