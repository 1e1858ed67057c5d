using Buddies.Engine.Taste;

namespace Buddies.Engine.Tests.Taste;

/// <summary>The user solve as its formula stands, on full matrices, by Gaussian elimination with pivoting.</summary>
internal static class DenseReference
{
    /// <summary>Solves (α₀·YᵀY + Σ w·y·yᵀ + λ(n + α₀·m)^ν·I)·x = Σ w·p·y.</summary>
    public static double[] Solve(
        ReadOnlySpan<float> factors, int d, ReadOnlySpan<int> rows, ReadOnlySpan<float> confidences, ReadOnlySpan<float> preferences, FoldInParameters parameters)
    {
        var itemCount = factors.Length / d;
        var (a, b, n) = (new double[d, d], new double[d], 0);
        for (var row = 0; row < itemCount; row++)
        {
            AddOuter(a, factors.Slice(row * d, d), parameters.UnobservedWeight);
        }

        for (var fact = 0; fact < rows.Length; fact++)
        {
            if (rows[fact] < 0)
            {
                continue;
            }

            n++;
            var y = factors.Slice(rows[fact] * d, d);
            AddOuter(a, y, confidences[fact]);
            for (var j = 0; j < d; j++)
            {
                b[j] += (double)confidences[fact] * preferences[fact] * y[j];
            }
        }

        if (n == 0)
        {
            return new double[d];
        }

        var lambda = parameters.Regularization * Math.Pow(n + (parameters.UnobservedWeight * itemCount), parameters.RegularizationExponent);
        for (var j = 0; j < d; j++)
        {
            a[j, j] += lambda;
        }

        return Eliminate(a, b);
    }

    /// <summary>Says how two vectors differ by more than a tolerance on the larger of 1 and the expected length; null when they do not.</summary>
    public static string? FindDifference(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        var norm = 0.0;
        foreach (var value in expected)
        {
            norm += value * value;
        }

        for (var j = 0; j < expected.Length; j++)
        {
            if (!(Math.Abs(expected[j] - actual[j]) <= tolerance * Math.Max(1, Math.Sqrt(norm))))
            {
                return $"x[{j}]: expected {expected[j]:R}, got {actual[j]:R}; expected length {Math.Sqrt(norm):R}";
            }
        }

        return null;
    }

    private static void AddOuter(double[,] a, ReadOnlySpan<float> y, double weight)
    {
        for (var j = 0; j < y.Length; j++)
        {
            for (var i = 0; i < y.Length; i++)
            {
                a[j, i] += weight * y[j] * y[i];
            }
        }
    }

    private static double[] Eliminate(double[,] a, double[] b)
    {
        var d = b.Length;
        for (var k = 0; k < d; k++)
        {
            var pivot = k;
            for (var j = k + 1; j < d; j++)
            {
                pivot = Math.Abs(a[j, k]) > Math.Abs(a[pivot, k]) ? j : pivot;
            }

            for (var i = 0; i < d; i++)
            {
                (a[k, i], a[pivot, i]) = (a[pivot, i], a[k, i]);
            }

            (b[k], b[pivot]) = (b[pivot], b[k]);
            for (var j = k + 1; j < d; j++)
            {
                var factor = a[j, k] / a[k, k];
                for (var i = k; i < d; i++)
                {
                    a[j, i] -= factor * a[k, i];
                }

                b[j] -= factor * b[k];
            }
        }

        var x = new double[d];
        for (var k = d - 1; k >= 0; k--)
        {
            var sum = b[k];
            for (var i = k + 1; i < d; i++)
            {
                sum -= a[k, i] * x[i];
            }

            x[k] = sum / a[k, k];
        }

        return x;
    }
}
