namespace Buddies.Training.Validation;

/// <summary>How far two distributions over the same bins are from each other.</summary>
internal static class Distances
{
    /// <summary>How rarely chance alone is to pass for a difference.</summary>
    private const double FalseAlarms = 0.001;

    /// <summary>The largest difference of a bin's share (L∞, Chebyshev), and in which bin.</summary>
    /// <param name="expected">Counts, not all 0.</param>
    /// <param name="found">Counts in the same bins, not all 0.</param>
    public static (double Distance, int Bin) Chebyshev(IReadOnlyList<long> expected, IReadOnlyList<long> found)
    {
        var (p, q) = (SharesOf(expected), SharesOf(found));
        var (worst, bin) = (-1.0, 0);
        for (var i = 0; i < p.Length; i++)
        {
            if (!(Math.Abs(p[i] - q[i]) <= worst))
            {
                (worst, bin) = (Math.Abs(p[i] - q[i]), i);
            }
        }

        return (worst, bin);
    }

    /// <summary>Jensen-Shannon divergence in bits, 0 to 1 (Lin 1991).</summary>
    /// <param name="expected">Counts, not all 0.</param>
    /// <param name="found">Counts in the same bins, not all 0.</param>
    public static double JensenShannon(IReadOnlyList<long> expected, IReadOnlyList<long> found)
    {
        var (p, q) = (SharesOf(expected), SharesOf(found));
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            var middle = (p[i] + q[i]) / 2;
            sum += (Term(p[i], middle) + Term(q[i], middle)) / 2;
        }

        return sum;

        static double Term(double share, double middle) => share == 0 ? 0 : share * Math.Log2(share / middle);
    }

    /// <summary>What chance may add to the largest difference of so many bins (Hoeffding 1963, both samples, all bins at once).</summary>
    public static double ChanceOfChebyshev(int bins, long expected, long found) =>
        Math.Sqrt(Math.Log(2 * bins / FalseAlarms) / 2 * ((1.0 / expected) + (1.0 / found)));

    /// <summary>What chance adds to the divergence of two equal distributions, about: a χ² of bins − 1 degrees, three deviations out.</summary>
    public static double ChanceOfJensenShannon(int bins, long expected, long found)
    {
        double degrees = Math.Max(1, bins - 1);
        return (degrees + (3 * Math.Sqrt(2 * degrees))) / (8 * Math.Log(2)) * ((1.0 / expected) + (1.0 / found));
    }

    private static double[] SharesOf(IReadOnlyList<long> counts)
    {
        double total = counts.Sum();
        return [.. counts.Select(count => count / total)];
    }
}
