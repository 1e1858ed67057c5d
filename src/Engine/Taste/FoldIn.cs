using System.Numerics.Tensors;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Taste;

/// <summary>
/// The exact implicit-ALS solve of one row against fixed factors: the trainer's half-steps and serving both call it, so
/// that a vector means the same in both.
/// </summary>
public static class FoldIn
{
    /// <summary>Sums α₀·YᵀY.</summary>
    /// <param name="factors">Y, row-major, [rowCount × d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="unobservedWeight">α₀.</param>
    /// <param name="scaledGram">Destination in the layout of <see cref="SymmetricKernels"/>, [d × stride].</param>
    /// <param name="pause">Called between pieces of work of well under a millisecond, and may rest; null for nobody.</param>
    /// <remarks>Sums rows in their order: the same factors give the same bits. Allocates one small buffer.</remarks>
    public static void ComputeScaledGram(ReadOnlySpan<float> factors, int dimension, double unobservedWeight, Span<double> scaledGram, Action? pause = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        var stride = SymmetricKernels.StrideOf(dimension);
        if (factors.Length % dimension != 0 || scaledGram.Length != SymmetricKernels.LengthOf(dimension))
        {
            throw new ArgumentException($"Expected whole rows of {dimension} and a matrix of {SymmetricKernels.LengthOf(dimension)}, got {factors.Length} and {scaledGram.Length}.");
        }

        scaledGram.Clear();
        var ys = new double[4 * stride];
        Span<double> weights = [1, 1, 1, 1];
        var rowCount = factors.Length / dimension;
        for (var row = 0; row < rowCount; row += 4)
        {
            Array.Clear(ys);
            for (var i = 0; i < Math.Min(4, rowCount - row); i++)
            {
                TensorPrimitives.ConvertTruncating(factors.Slice((row + i) * dimension, dimension), ys.AsSpan(i * stride));
            }

            SymmetricKernels.AddFourOuters(scaledGram, ys, weights, dimension);
            if (row % 256 == 0)
            {
                pause?.Invoke();
            }
        }

        TensorPrimitives.Multiply(scaledGram, unobservedWeight, scaledGram);
    }

    /// <summary>Solves for one row from its facts.</summary>
    /// <param name="system">Scratch space of the right dimension; its former contents are lost.</param>
    /// <param name="scaledGram">α₀·YᵀY.</param>
    /// <param name="factors">Y, row-major.</param>
    /// <param name="rows">For each fact, its row of Y; a negative one is skipped and does not count.</param>
    /// <param name="confidences">w of each fact, 0 or more.</param>
    /// <param name="preferences">p of each fact, −1 to 1.</param>
    /// <param name="parameters">The model's constants.</param>
    /// <param name="vector">Destination, [d]; zero when no fact counts.</param>
    /// <exception cref="ArgumentException">A length contradicts the others, or a row is outside Y.</exception>
    public static void Solve(
        FoldInSystem system,
        ReadOnlySpan<double> scaledGram,
        ReadOnlySpan<float> factors,
        ReadOnlySpan<int> rows,
        ReadOnlySpan<float> confidences,
        ReadOnlySpan<float> preferences,
        FoldInParameters parameters,
        Span<float> vector)
    {
        ArgumentNullException.ThrowIfNull(system);
        if (rows.Length != confidences.Length || rows.Length != preferences.Length)
        {
            throw new ArgumentException($"Expected as many confidences and preferences as rows, got {rows.Length}, {confidences.Length}, {preferences.Length}.");
        }

        var d = system.Dimension;
        system.Reset(scaledGram);
        var factCount = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] >= 0)
            {
                system.Add(factors.Slice(rows[i] * d, d), confidences[i], (double)confidences[i] * preferences[i]);
                factCount++;
            }
        }

        if (factCount == 0)
        {
            vector.Clear();
            return;
        }

        system.TrySolve(parameters.RegularizationOf(factCount, factors.Length / d), vector);
    }
}
