using System.Numerics.Tensors;

namespace Buddies.Engine.Vectors;

/// <summary>Single-precision operations on vectors and on matrices stored row after row.</summary>
public static class VectorKernels
{
    /// <summary>Scales a vector to unit length.</summary>
    /// <param name="vector">[d], changed in place.</param>
    /// <returns>The length it had; 0 leaves the vector as it is.</returns>
    public static float Normalize(Span<float> vector)
    {
        var norm = TensorPrimitives.Norm<float>(vector);
        if (norm > 0)
        {
            TensorPrimitives.Multiply(vector, 1 / norm, vector);
        }

        return norm;
    }

    /// <summary>Scores every row against one query by inner product.</summary>
    /// <param name="rows">Row-major, [rowCount × d].</param>
    /// <param name="query">[d].</param>
    /// <param name="scores">Destination, [rowCount]; must not overlap the inputs.</param>
    /// <exception cref="ArgumentException">A length contradicts these shapes.</exception>
    /// <remarks>Allocates nothing; safe to call concurrently. A NaN row scores NaN. Last bits may differ between CPUs.</remarks>
    public static void ScoreRows(ReadOnlySpan<float> rows, ReadOnlySpan<float> query, Span<float> scores)
    {
        if (query.Length == 0 || rows.Length != query.Length * scores.Length)
        {
            throw new ArgumentException($"Expected {scores.Length} rows of {query.Length}, got {rows.Length} values.");
        }

        for (var row = 0; row < scores.Length; row++)
        {
            scores[row] = TensorPrimitives.Dot(rows.Slice(row * query.Length, query.Length), query);
        }
    }
}
