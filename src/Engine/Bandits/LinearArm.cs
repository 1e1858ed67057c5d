namespace Buddies.Engine.Bandits;

/// <summary>
/// A linear belief of rewards, reward ≈ x·θ: the posterior of θ under a normal prior and normal noise (linear Thompson
/// sampling; Agrawal, Goyal 2013). Immutable.
/// </summary>
public sealed class LinearArm
{
    private readonly double[] _mean;
    private readonly double[] _inverse;
    private readonly double _noise;

    private LinearArm(double[] mean, double[] inverse, double noise)
    {
        _mean = mean;
        _inverse = inverse;
        _noise = noise;
    }

    /// <summary>k, the length of x.</summary>
    public int Dimension => _mean.Length;

    /// <summary>Posterior mean of θ, [k].</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Solves for the posterior.</summary>
    /// <param name="prior">[k], prior mean of θ.</param>
    /// <param name="strength">How many examples of a unit feature the prior is worth, above 0.</param>
    /// <param name="outer">Σ x·xᵀ, row-major, [k × k].</param>
    /// <param name="products">Σ x·reward, [k].</param>
    /// <param name="noise">Standard deviation of one reward around its mean, above 0.</param>
    /// <exception cref="ArgumentException">The lengths contradict each other.</exception>
    /// <returns>The belief.</returns>
    public static LinearArm Solve(ReadOnlySpan<double> prior, double strength, ReadOnlySpan<double> outer, ReadOnlySpan<double> products, double noise)
    {
        var k = prior.Length;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(strength);
        if (outer.Length != k * k || products.Length != k)
        {
            throw new ArgumentException($"Expected {k * k} and {k} sums, got {outer.Length} and {products.Length}.");
        }

        var matrix = outer.ToArray();
        var right = products.ToArray();
        for (var i = 0; i < k; i++)
        {
            matrix[(i * k) + i] += strength;
            right[i] += strength * prior[i];
        }

        var inverse = Invert(matrix, k);
        var mean = new double[k];
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j < k; j++)
            {
                mean[i] += inverse[(i * k) + j] * right[j];
            }
        }

        return new LinearArm(mean, inverse, noise);
    }

    /// <summary>The same belief, had it begun from another prior of the same strength.</summary>
    /// <param name="change">[k], the other prior mean less that it began from.</param>
    /// <param name="strength">What it was solved with.</param>
    /// <returns>Mean θ + A⁻¹·strength·change; equally sure.</returns>
    public LinearArm WithPriorMovedBy(ReadOnlySpan<double> change, double strength)
    {
        var k = _mean.Length;
        if (change.Length != k)
        {
            throw new ArgumentException($"Expected {k} numbers, got {change.Length}.", nameof(change));
        }

        var mean = (double[])_mean.Clone();
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j < k; j++)
            {
                mean[i] += _inverse[(i * k) + j] * strength * change[j];
            }
        }

        return new LinearArm(mean, _inverse, _noise);
    }

    /// <summary>What is believed of the reward at a place.</summary>
    /// <param name="x">[k], features.</param>
    /// <returns>Mean x·μ and deviation noise·√(xᵀA⁻¹x).</returns>
    public NormalArm At(ReadOnlySpan<double> x)
    {
        var (mean, variance) = (0.0, 0.0);
        for (var i = 0; i < _mean.Length; i++)
        {
            mean += _mean[i] * x[i];
            var row = _inverse.AsSpan(i * _mean.Length, _mean.Length);
            var dot = 0.0;
            for (var j = 0; j < row.Length; j++)
            {
                dot += row[j] * x[j];
            }

            variance += x[i] * dot;
        }

        return new NormalArm(mean, _noise * Math.Sqrt(Math.Max(0, variance)));
    }

    /// <summary>Only the mean of the reward at a place: cheaper, for ordering.</summary>
    /// <param name="x">[k], features.</param>
    /// <returns>x·μ.</returns>
    public double MeanAt(ReadOnlySpan<double> x)
    {
        var mean = 0.0;
        for (var i = 0; i < _mean.Length; i++)
        {
            mean += _mean[i] * x[i];
        }

        return mean;
    }

    /// <summary>Gauss and Jordan without pivoting: the matrix is symmetric and positive definite, and small.</summary>
    private static double[] Invert(double[] matrix, int k)
    {
        var inverse = new double[k * k];
        for (var i = 0; i < k; i++)
        {
            inverse[(i * k) + i] = 1;
        }

        for (var pivot = 0; pivot < k; pivot++)
        {
            var scale = 1 / matrix[(pivot * k) + pivot];
            for (var j = 0; j < k; j++)
            {
                matrix[(pivot * k) + j] *= scale;
                inverse[(pivot * k) + j] *= scale;
            }

            for (var row = 0; row < k; row++)
            {
                var factor = row == pivot ? 0 : matrix[(row * k) + pivot];
                for (var j = 0; j < k && factor != 0; j++)
                {
                    matrix[(row * k) + j] -= factor * matrix[(pivot * k) + j];
                    inverse[(row * k) + j] -= factor * inverse[(pivot * k) + j];
                }
            }
        }

        return inverse;
    }
}
