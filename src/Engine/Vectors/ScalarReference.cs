namespace Buddies.Engine.Vectors;

/// <summary>
/// The plain twins of <see cref="SymmetricKernels"/>: the same layout, one number at a time, in the order of the textbook
/// (Golub, Van Loan, "Matrix Computations", algorithm 4.2.1). What the fast kernels are tested against; nothing serves
/// from here.
/// </summary>
/// <remarks>Reads and writes nothing left of the diagonal, nor right of column d.</remarks>
internal static class ScalarReference
{
    /// <summary>A += weight · y·yᵀ, on and right of the diagonal.</summary>
    public static void AddOuter(Span<double> matrix, ReadOnlySpan<double> y, double weight, int dimension)
    {
        var stride = SymmetricKernels.StrideOf(dimension);
        for (var j = 0; j < dimension; j++)
        {
            for (var i = j; i < dimension; i++)
            {
                matrix[(j * stride) + i] += weight * y[j] * y[i];
            }
        }
    }

    /// <summary>A = UᵀU in place.</summary>
    /// <returns>False when A is not positive definite, or holds NaN or infinity where it is read.</returns>
    public static bool TryFactor(Span<double> matrix, int dimension)
    {
        var stride = SymmetricKernels.StrideOf(dimension);
        for (var k = 0; k < dimension; k++)
        {
            var pivot = matrix[(k * stride) + k];
            if (!(pivot > 0) || double.IsInfinity(pivot))
            {
                return false;
            }

            var root = Math.Sqrt(pivot);
            for (var i = k; i < dimension; i++)
            {
                matrix[(k * stride) + i] /= root;
            }

            for (var j = k + 1; j < dimension; j++)
            {
                for (var i = j; i < dimension; i++)
                {
                    matrix[(j * stride) + i] -= matrix[(k * stride) + j] * matrix[(k * stride) + i];
                }
            }
        }

        return true;
    }

    /// <summary>Solves UᵀU·x = b; b stays as it is.</summary>
    public static void Solve(ReadOnlySpan<double> factor, ReadOnlySpan<double> b, Span<double> x, int dimension)
    {
        var stride = SymmetricKernels.StrideOf(dimension);
        for (var k = 0; k < dimension; k++)
        {
            var sum = b[k];
            for (var i = 0; i < k; i++)
            {
                sum -= factor[(i * stride) + k] * x[i];
            }

            x[k] = sum / factor[(k * stride) + k];
        }

        for (var k = dimension - 1; k >= 0; k--)
        {
            var sum = x[k];
            for (var i = k + 1; i < dimension; i++)
            {
                sum -= factor[(k * stride) + i] * x[i];
            }

            x[k] = sum / factor[(k * stride) + k];
        }
    }
}
