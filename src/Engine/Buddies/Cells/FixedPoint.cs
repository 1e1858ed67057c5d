using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Unit vectors in sixteen bits a dimension with one scale for all: half the bytes of single precision, and inner products
/// that are whole numbers, so that they are the same on every CPU and in every order of summation.
/// </summary>
/// <remarks>
/// By the Cauchy-Schwarz inequality neither a product nor any part of its sum leaves 32 bits. Rounding changes a
/// similarity by 1e-5 or so (root mean square).
/// </remarks>
internal static unsafe class FixedPoint
{
    /// <summary>What 1 is.</summary>
    public const float One = 32767;

    private const float PerProduct = 1 / (One * One);

    /// <summary>Rows are so many numbers longer at most.</summary>
    private const int Lanes = 32;

    /// <summary>The length of a row: zeros follow the vector.</summary>
    public static int Padded(int dimension) => (dimension + Lanes - 1) / Lanes * Lanes;

    /// <summary>Rounds a vector.</summary>
    /// <param name="vector">[d], unit length.</param>
    /// <param name="row">[padded].</param>
    public static void Write(ReadOnlySpan<float> vector, Span<short> row)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            row[i] = (short)MathF.Round(Math.Clamp(vector[i], -1f, 1f) * One);
        }

        row[vector.Length..].Clear();
    }

    /// <summary>What was rounded to.</summary>
    public static void Read(ReadOnlySpan<short> row, Span<float> vector)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = row[i] * (1 / One);
        }
    }

    /// <summary>The cosine of two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Similarity(short* left, short* right, int padded) => Dot(left, right, padded) * PerProduct;

    /// <summary>The distance between two rows.</summary>
    public static float Distance(short* left, short* right, int padded)
    {
        var squares = (long)Dot(left, left, padded) + Dot(right, right, padded) - (2L * Dot(left, right, padded));
        return MathF.Sqrt(Math.Max(0, squares)) / One;
    }

    /// <summary>The inner product of two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Dot(short* left, short* right, int padded)
    {
        if (Avx512BW.IsSupported)
        {
            var sums = Vector512<int>.Zero;
            for (var i = 0; i < padded; i += Lanes)
            {
                sums += Avx512BW.MultiplyAddAdjacent(Vector512.Load(left + i), Vector512.Load(right + i));
            }

            return Vector512.Sum(sums);
        }

        if (Avx2.IsSupported)
        {
            var (first, second) = (Vector256<int>.Zero, Vector256<int>.Zero);
            for (var i = 0; i < padded; i += Lanes)
            {
                first += Avx2.MultiplyAddAdjacent(Vector256.Load(left + i), Vector256.Load(right + i));
                second += Avx2.MultiplyAddAdjacent(Vector256.Load(left + i + 16), Vector256.Load(right + i + 16));
            }

            return Vector256.Sum(first + second);
        }

        return DotScalar(left, right, padded);
    }

    /// <summary>The same in plain code.</summary>
    internal static int DotScalar(short* left, short* right, int padded)
    {
        var sum = 0;
        for (var i = 0; i < padded; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
