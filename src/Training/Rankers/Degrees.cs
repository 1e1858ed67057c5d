using System.Numerics.Tensors;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers;

/// <summary>How many facts rows and columns have, and powers of it: what normalises similarities.</summary>
internal static class Degrees
{
    /// <summary>Facts of each row.</summary>
    public static float[] OfRows(SparseRows rows)
    {
        var degrees = new float[rows.RowCount];
        for (var row = 0; row < degrees.Length; row++)
        {
            degrees[row] = rows.CountOf(row);
        }

        return degrees;
    }

    /// <summary>degree^exponent; 0 for a degree of 0, whatever the exponent.</summary>
    public static float[] Power(float[] degrees, double exponent) =>
        Array.ConvertAll(degrees, degree => degree > 0 ? (float)Math.Pow(degree, exponent) : 0);

    /// <summary>Multiplies rows of scores by a factor for each column.</summary>
    /// <param name="scores">[rows × columns], changed in place.</param>
    /// <param name="factors">[columns].</param>
    public static void ScaleColumns(Span<float> scores, float[] factors)
    {
        for (var at = 0; at < scores.Length; at += factors.Length)
        {
            var row = scores.Slice(at, factors.Length);
            TensorPrimitives.Multiply(row, factors, row);
        }
    }
}
