using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Buddies.Engine.Vectors;

/// <summary>
/// Double-precision kernels on one symmetric d×d matrix kept as rows of <see cref="StrideOf"/> doubles, of which row j is
/// valid from column j on. The single place that chooses the vector width: 512 bits where the CPU has them, else 256.
/// </summary>
/// <remarks>
/// Every row operation starts at the multiple of 8 at or below the diagonal, so that no kernel needs a tail; the few
/// lanes left of the diagonal hold scratch values that nothing reads. Nothing allocates. Shapes are checked once a call.
/// </remarks>
public static class SymmetricKernels
{
    private const int Lane = 8;

    /// <summary>Doubles in one row: the dimension rounded up to a multiple of 8.</summary>
    /// <param name="dimension">d, 1 or more.</param>
    /// <returns>The stride.</returns>
    public static int StrideOf(int dimension) => (dimension + Lane - 1) & ~(Lane - 1);

    /// <summary>Doubles in the whole matrix.</summary>
    /// <param name="dimension">d, 1 or more.</param>
    /// <returns>Rows times stride.</returns>
    public static int LengthOf(int dimension) => dimension * StrideOf(dimension);

    /// <summary>A += weight · y·yᵀ.</summary>
    /// <param name="matrix">A, [d × stride].</param>
    /// <param name="y">[stride]; entries from d on are zero.</param>
    /// <param name="weight">Any finite number; negative takes an earlier update back.</param>
    /// <param name="dimension">d.</param>
    /// <exception cref="ArgumentException">A length contradicts d.</exception>
    public static void AddOuter(Span<double> matrix, ReadOnlySpan<double> y, double weight, int dimension)
    {
        var stride = CheckShapes(matrix, y, dimension);
        ref var a = ref MemoryMarshal.GetReference(matrix);
        ref var v = ref MemoryMarshal.GetReference(y);
        for (var j = 0; j < dimension; j++)
        {
            AddScaled(ref Unsafe.Add(ref a, j * stride), ref v, weight * Unsafe.Add(ref v, j), j & ~(Lane - 1), stride);
        }
    }

    /// <summary>A += w₀·y₀·y₀ᵀ + … + w₃·y₃·y₃ᵀ: four updates for one pass over A, which is what bounds the speed.</summary>
    /// <param name="matrix">A, [d × stride].</param>
    /// <param name="ys">Four vectors one after the other, [4 × stride]; entries from d on are zero.</param>
    /// <param name="weights">[4].</param>
    /// <param name="dimension">d.</param>
    /// <exception cref="ArgumentException">A length contradicts d.</exception>
    public static void AddFourOuters(Span<double> matrix, ReadOnlySpan<double> ys, ReadOnlySpan<double> weights, int dimension)
    {
        var stride = CheckShapes(matrix, ys, dimension);
        if (ys.Length < 4 * stride || weights.Length < 4)
        {
            throw new ArgumentException($"Expected 4 × {stride} values and 4 weights, got {ys.Length} and {weights.Length}.");
        }

        ref var a = ref MemoryMarshal.GetReference(matrix);
        ref var y0 = ref MemoryMarshal.GetReference(ys);
        ref var y1 = ref Unsafe.Add(ref y0, stride);
        ref var y2 = ref Unsafe.Add(ref y1, stride);
        ref var y3 = ref Unsafe.Add(ref y2, stride);
        for (var j = 0; j < dimension; j++)
        {
            ref var row = ref Unsafe.Add(ref a, j * stride);
            var c0 = weights[0] * Unsafe.Add(ref y0, j);
            var c1 = weights[1] * Unsafe.Add(ref y1, j);
            var c2 = weights[2] * Unsafe.Add(ref y2, j);
            var c3 = weights[3] * Unsafe.Add(ref y3, j);
            var from = j & ~(Lane - 1);
            if (Vector512.IsHardwareAccelerated)
            {
                var (v0, v1, v2, v3) = (Vector512.Create(c0), Vector512.Create(c1), Vector512.Create(c2), Vector512.Create(c3));
                for (var i = from; i < stride; i += 8)
                {
                    var sum = Vector512.FusedMultiplyAdd(v0, Vector512.LoadUnsafe(ref y0, (nuint)i), Vector512.LoadUnsafe(ref row, (nuint)i));
                    sum = Vector512.FusedMultiplyAdd(v1, Vector512.LoadUnsafe(ref y1, (nuint)i), sum);
                    sum = Vector512.FusedMultiplyAdd(v2, Vector512.LoadUnsafe(ref y2, (nuint)i), sum);
                    Vector512.FusedMultiplyAdd(v3, Vector512.LoadUnsafe(ref y3, (nuint)i), sum).StoreUnsafe(ref row, (nuint)i);
                }
            }
            else
            {
                var (v0, v1, v2, v3) = (Vector256.Create(c0), Vector256.Create(c1), Vector256.Create(c2), Vector256.Create(c3));
                for (var i = from; i < stride; i += 4)
                {
                    var sum = Vector256.FusedMultiplyAdd(v0, Vector256.LoadUnsafe(ref y0, (nuint)i), Vector256.LoadUnsafe(ref row, (nuint)i));
                    sum = Vector256.FusedMultiplyAdd(v1, Vector256.LoadUnsafe(ref y1, (nuint)i), sum);
                    sum = Vector256.FusedMultiplyAdd(v2, Vector256.LoadUnsafe(ref y2, (nuint)i), sum);
                    Vector256.FusedMultiplyAdd(v3, Vector256.LoadUnsafe(ref y3, (nuint)i), sum).StoreUnsafe(ref row, (nuint)i);
                }
            }
        }
    }

    /// <summary>A = UᵀU in place (Cholesky, left-looking: a row stays in registers while all rows above it are taken out).</summary>
    /// <param name="matrix">A on entry, U on return, [d × stride].</param>
    /// <param name="dimension">d.</param>
    /// <returns>False when A is not positive definite (or holds NaN); the matrix is spoilt then.</returns>
    /// <exception cref="ArgumentException">A length contradicts d.</exception>
    /// <remarks>
    /// Every entry has its updates in the order of the rows above it, as the right-looking form gives them, so both give
    /// the same bits. That form loads and stores every entry once for each row above, this one once in all.
    /// </remarks>
    public static bool TryFactor(Span<double> matrix, int dimension)
    {
        var stride = CheckShapes(matrix, matrix, dimension);
        ref var a = ref MemoryMarshal.GetReference(matrix);
        for (var k = 0; k < dimension; k++)
        {
            var from = k & ~(Lane - 1);
            TakeOutRowsAbove(ref a, k, from, stride);
            ref var rowK = ref Unsafe.Add(ref a, k * stride);
            var pivot = Unsafe.Add(ref rowK, k);
            if (!(pivot > 0) || double.IsInfinity(pivot))
            {
                return false;
            }

            Scale(ref rowK, 1 / Math.Sqrt(pivot), from, stride);
        }

        return true;
    }

    /// <summary>Row k −= Σ U[j, k]·row j over all rows j above it, from a multiple of 8 on.</summary>
    private static void TakeOutRowsAbove(ref double a, int k, int from, int stride)
    {
        ref var row = ref Unsafe.Add(ref a, k * stride);
        if (!Vector512.IsHardwareAccelerated)
        {
            for (var j = 0; j < k; j++)
            {
                ref var above = ref Unsafe.Add(ref a, j * stride);
                AddScaled(ref row, ref above, -Unsafe.Add(ref above, k), from, stride);
            }

            return;
        }

        // Four sums at a time hide the latency of each. Where rows are whole fours, the first four begin left of the diagonal.
        var i = stride % 32 == 0 ? from & ~31 : from;
        for (; i + 32 <= stride; i += 32)
        {
            var (s0, s1) = (Vector512.LoadUnsafe(ref row, (nuint)i), Vector512.LoadUnsafe(ref row, (nuint)i + 8));
            var (s2, s3) = (Vector512.LoadUnsafe(ref row, (nuint)i + 16), Vector512.LoadUnsafe(ref row, (nuint)i + 24));
            for (var j = 0; j < k; j++)
            {
                ref var above = ref Unsafe.Add(ref a, j * stride);
                var factor = Vector512.Create(-Unsafe.Add(ref above, k));
                s0 = Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref above, (nuint)i), s0);
                s1 = Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref above, (nuint)i + 8), s1);
                s2 = Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref above, (nuint)i + 16), s2);
                s3 = Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref above, (nuint)i + 24), s3);
            }

            s0.StoreUnsafe(ref row, (nuint)i);
            s1.StoreUnsafe(ref row, (nuint)i + 8);
            s2.StoreUnsafe(ref row, (nuint)i + 16);
            s3.StoreUnsafe(ref row, (nuint)i + 24);
        }

        for (; i < stride; i += 8)
        {
            var sum = Vector512.LoadUnsafe(ref row, (nuint)i);
            for (var j = 0; j < k; j++)
            {
                ref var above = ref Unsafe.Add(ref a, j * stride);
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(-Unsafe.Add(ref above, k)), Vector512.LoadUnsafe(ref above, (nuint)i), sum);
            }

            sum.StoreUnsafe(ref row, (nuint)i);
        }
    }

    /// <summary>Solves UᵀU·x = b.</summary>
    /// <param name="factor">U from <see cref="TryFactor"/>, [d × stride].</param>
    /// <param name="b">[stride]; overwritten.</param>
    /// <param name="x">Destination, [stride]; entries from d on become zero; must not overlap <paramref name="b"/>.</param>
    /// <param name="dimension">d.</param>
    /// <exception cref="ArgumentException">A length contradicts d.</exception>
    public static void Solve(ReadOnlySpan<double> factor, Span<double> b, Span<double> x, int dimension)
    {
        var stride = CheckShapes(factor, b, dimension);
        if (x.Length < stride)
        {
            throw new ArgumentException($"Expected {stride} values of room, got {x.Length}.", nameof(x));
        }

        ref var u = ref MemoryMarshal.GetReference(factor);
        ref var rest = ref MemoryMarshal.GetReference(b);
        ref var z = ref MemoryMarshal.GetReference(x);

        // Forward: Uᵀz = b. z goes to x, because the row update also touches lanes of b that are done with.
        for (var k = 0; k < dimension; k++)
        {
            ref var rowK = ref Unsafe.Add(ref u, k * stride);
            var value = Unsafe.Add(ref rest, k) / Unsafe.Add(ref rowK, k);
            Unsafe.Add(ref z, k) = value;
            AddScaled(ref rest, ref rowK, -value, k & ~(Lane - 1), stride);
        }

        // Backward: Ux = z, into b, whose entries left of k must be zero for the tailless dot product.
        b[..stride].Clear();
        for (var k = dimension - 1; k >= 0; k--)
        {
            ref var rowK = ref Unsafe.Add(ref u, k * stride);
            var known = DotFrom(ref rowK, ref rest, k & ~(Lane - 1), stride);
            Unsafe.Add(ref rest, k) = (Unsafe.Add(ref z, k) - known) / Unsafe.Add(ref rowK, k);
        }

        b[..stride].CopyTo(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(ref double target, ref double source, double scale, int from, int to)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var factor = Vector512.Create(scale);
            for (var i = from; i < to; i += 8)
            {
                Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref source, (nuint)i), Vector512.LoadUnsafe(ref target, (nuint)i))
                    .StoreUnsafe(ref target, (nuint)i);
            }
        }
        else
        {
            var factor = Vector256.Create(scale);
            for (var i = from; i < to; i += 4)
            {
                Vector256.FusedMultiplyAdd(factor, Vector256.LoadUnsafe(ref source, (nuint)i), Vector256.LoadUnsafe(ref target, (nuint)i))
                    .StoreUnsafe(ref target, (nuint)i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(ref double row, double scale, int from, int to)
    {
        for (var i = from; i < to; i += 4)
        {
            (Vector256.LoadUnsafe(ref row, (nuint)i) * scale).StoreUnsafe(ref row, (nuint)i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double DotFrom(ref double left, ref double right, int from, int to)
    {
        var sum = Vector256<double>.Zero;
        for (var i = from; i < to; i += 4)
        {
            sum = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref left, (nuint)i), Vector256.LoadUnsafe(ref right, (nuint)i), sum);
        }

        return Vector256.Sum(sum);
    }

    private static int CheckShapes(ReadOnlySpan<double> matrix, ReadOnlySpan<double> vector, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        var stride = StrideOf(dimension);
        if (matrix.Length < dimension * stride || vector.Length < stride)
        {
            throw new ArgumentException(
                $"Expected a matrix of {dimension * stride} and a vector of {stride} values for d = {dimension}, got {matrix.Length} and {vector.Length}.");
        }

        return stride;
    }
}
