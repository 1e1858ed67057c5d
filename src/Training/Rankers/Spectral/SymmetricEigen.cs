using System.Numerics.Tensors;

namespace Buddies.Training.Rankers.Spectral;

/// <summary>
/// All eigenvalues and eigenvectors of a small symmetric matrix: Householder's reduction to three diagonals, then QL steps
/// with implicit shifts (Golub and Van Loan, sections 8.3.1 and 8.3.3). Every inner loop runs along a row.
/// </summary>
internal static class SymmetricEigen
{
    private const int MostSteps = 60;

    /// <summary>Decomposes.</summary>
    /// <param name="matrix">Row-major, [n × n], symmetric; its contents are lost.</param>
    /// <param name="n">1 or more.</param>
    /// <returns>Eigenvalues, largest first, and the eigenvectors as rows, [n × n].</returns>
    /// <exception cref="TrainingException">The matrix holds NaN or infinity.</exception>
    public static (double[] Values, double[] Vectors) Decompose(double[] matrix, int n)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        if (!Array.TrueForAll(matrix, double.IsFinite))
        {
            throw new TrainingException("Expected a matrix of finite numbers.");
        }

        var (diagonal, beside, mirrors) = Reduce(matrix, n);
        var vectors = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            vectors[(i * n) + i] = 1;
        }

        TurnToDiagonal(diagonal, beside, vectors, n);
        MirrorBack(vectors, matrix, mirrors, n);
        var order = Enumerable.Range(0, n).OrderByDescending(i => diagonal[i]).ToArray();
        var sorted = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            vectors.AsSpan(order[i] * n, n).CopyTo(sorted.AsSpan(i * n));
        }

        return (Array.ConvertAll(order, i => diagonal[i]), sorted);
    }

    /// <summary>A becomes tridiagonal; row k of it then holds the vector that mirrored its column, from place k + 1 on.</summary>
    private static (double[] Diagonal, double[] Beside, double[] Mirrors) Reduce(double[] a, int n)
    {
        var (diagonal, beside, mirrors) = (new double[n], new double[n], new double[n]);
        var product = new double[n];
        for (var k = 0; k < n; k++)
        {
            diagonal[k] = a[(k * n) + k];
            if (k + 1 >= n)
            {
                break;
            }

            var v = a.AsSpan((k * n) + k + 1, n - k - 1);
            var norm = TensorPrimitives.Norm<double>(v);
            beside[k] = norm == 0 ? 0 : v[0] > 0 ? -norm : norm;
            if (norm == 0 || n - k - 1 == 1)
            {
                beside[k] = v[0];
                continue;
            }

            // v := x − β·e₁, H = I − τ·v·vᵀ takes x to β·e₁.
            v[0] -= beside[k];
            var tau = 2 / TensorPrimitives.SumOfSquares<double>(v);
            mirrors[k] = tau;
            var p = product.AsSpan(0, v.Length);
            for (var i = 0; i < v.Length; i++)
            {
                p[i] = tau * TensorPrimitives.Dot<double>(a.AsSpan(((k + 1 + i) * n) + k + 1, v.Length), v);
            }

            TensorPrimitives.MultiplyAdd(v, -0.5 * tau * TensorPrimitives.Dot<double>(p, v), p, p);
            for (var i = 0; i < v.Length; i++)
            {
                var row = a.AsSpan(((k + 1 + i) * n) + k + 1, v.Length);
                TensorPrimitives.MultiplyAdd(p, -v[i], row, row);
                TensorPrimitives.MultiplyAdd(v, -p[i], row, row);
            }
        }

        return (diagonal, beside, mirrors);
    }

    private static void TurnToDiagonal(double[] d, double[] e, double[] vectors, int n)
    {
        var spare = new double[n];
        var negligible = 1e-18 * d.Concat(e).Max(Math.Abs);
        for (var low = 0; low < n; low++)
        {
            for (var step = 0; ; step++)
            {
                var high = low;
                while (high + 1 < n && Math.Abs(e[high]) > negligible + (1e-16 * (Math.Abs(d[high]) + Math.Abs(d[high + 1]))))
                {
                    high++;
                }

                if (high == low)
                {
                    break;
                }

                if (step == MostSteps)
                {
                    throw new TrainingException($"The eigenvalues of a matrix of {n} rows do not settle in {MostSteps} steps.");
                }

                Sweep(d, e, vectors, n, low, high, spare);
            }
        }
    }

    /// <summary>One QL step on the block low..high, its shift from the upper 2×2 corner (Wilkinson).</summary>
    private static void Sweep(double[] d, double[] e, double[] vectors, int n, int low, int high, double[] spare)
    {
        var half = (d[low + 1] - d[low]) / (2 * e[low]);
        var root = Math.Sqrt((half * half) + 1);
        var bulge = d[high] - d[low] + (e[low] / (half + (half < 0 ? -root : root)));
        var (sine, cosine, shift) = (1.0, 1.0, 0.0);
        for (var i = high - 1; i >= low; i--)
        {
            var f = sine * e[i];
            var b = cosine * e[i];
            var length = Math.Sqrt((f * f) + (bulge * bulge));
            e[i + 1] = length;
            if (length == 0)
            {
                // The block falls apart here; the next step begins on what is left of it.
                d[i + 1] -= shift;
                e[high] = 0;
                return;
            }

            sine = f / length;
            cosine = bulge / length;
            var g = d[i + 1] - shift;
            var r = ((d[i] - g) * sine) + (2 * cosine * b);
            shift = sine * r;
            d[i + 1] = g + shift;
            bulge = (cosine * r) - b;
            Turn(vectors.AsSpan(i * n, n), vectors.AsSpan((i + 1) * n, n), cosine, sine, spare);
        }

        d[low] -= shift;
        e[low] = bulge;
        e[high] = 0;
    }

    private static void Turn(Span<double> first, Span<double> second, double cosine, double sine, Span<double> spare)
    {
        first.CopyTo(spare);
        TensorPrimitives.Multiply(first, cosine, first);
        TensorPrimitives.MultiplyAdd(second, -sine, first, first);
        TensorPrimitives.Multiply(second, cosine, second);
        TensorPrimitives.MultiplyAdd(spare, sine, second, second);
    }

    private static void MirrorBack(double[] vectors, double[] reduced, double[] mirrors, int n)
    {
        Parallel.For(0, n, row =>
        {
            for (var k = n - 2; k >= 0; k--)
            {
                if (mirrors[k] == 0)
                {
                    continue;
                }

                var v = reduced.AsSpan((k * n) + k + 1, n - k - 1);
                var z = vectors.AsSpan((row * n) + k + 1, v.Length);
                TensorPrimitives.MultiplyAdd(v, -mirrors[k] * TensorPrimitives.Dot<double>(v, z), z, z);
            }
        });
    }
}
