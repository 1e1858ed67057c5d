using System.Numerics.Tensors;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Eight bits a dimension with a scale for each vector, and the exact length of what the code leaves out. By the
/// Cauchy-Schwarz inequality that length bounds the error of any inner product, so a scan over codes can rule rows out
/// without ever ruling out a true one (the idea of RaBitQ's bound, Gao and Long 2024, at eight bits).
/// </summary>
internal static class RowCode
{
    private const float Steps = 127;

    /// <summary>Codes a vector.</summary>
    /// <param name="vector">[d], finite.</param>
    /// <param name="code">Destination, [at least d]; entries from d on become zero.</param>
    /// <param name="scale">What a step is worth.</param>
    /// <param name="error">‖vector − scale·code‖, rounded up.</param>
    /// <returns>Σ code.</returns>
    public static int Encode(ReadOnlySpan<float> vector, Span<sbyte> code, out float scale, out float error)
    {
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude(vector));
        scale = largest > 0 ? largest / Steps : 1;
        var inverse = 1 / scale;
        var (sum, squares) = (0, 0f);
        for (var i = 0; i < vector.Length; i++)
        {
            var step = MathF.Round(vector[i] * inverse);
            var left = vector[i] - (step * scale);
            code[i] = (sbyte)step;
            sum += (int)step;
            squares += left * left;
        }

        code[vector.Length..].Clear();

        // The sum of squares and the estimate itself are rounded; a part in a thousand and 1e-6 cover both.
        error = (MathF.Sqrt(squares) * 1.001f) + 1e-6f;
        return sum;
    }
}
