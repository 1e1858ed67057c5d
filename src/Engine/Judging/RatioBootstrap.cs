using Buddies.Engine.Bandits;

namespace Buddies.Engine.Judging;

/// <summary>An estimate with its interval.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct Estimate(double Value, double Low, double High);

/// <summary>Percentile intervals of Σ numerator / Σ denominator by drawing units again with replacement (Efron 1979; units are clusters of draws).</summary>
public static class RatioBootstrap
{
    /// <summary>The interval.</summary>
    /// <param name="numerators">[units], the sum of each unit.</param>
    /// <param name="denominators">[units], the sum of each unit, 0 or more.</param>
    /// <param name="confidence">For example 0.95.</param>
    /// <param name="resamples">How often all units are drawn, 20 or more.</param>
    /// <param name="seed">Where the draws come from.</param>
    /// <returns>Not a number where the denominators sum to 0. Resamples whose denominators do are left out.</returns>
    public static Estimate Of(ReadOnlySpan<double> numerators, ReadOnlySpan<double> denominators, double confidence, int resamples, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 20);
        if (numerators.Length != denominators.Length)
        {
            throw new ArgumentException($"Expected as many denominators as numerators, got {denominators.Length} and {numerators.Length}.");
        }

        var value = Sum(numerators) / Sum(denominators);
        if (!double.IsFinite(value))
        {
            return new Estimate(double.NaN, double.NaN, double.NaN);
        }

        var draws = new Draws(seed);
        var ratios = new double[resamples];
        var kept = 0;
        for (var i = 0; i < resamples; i++)
        {
            var (above, below) = (0.0, 0.0);
            for (var j = 0; j < numerators.Length; j++)
            {
                var unit = (int)(draws.NextDouble() * numerators.Length);
                above += numerators[unit];
                below += denominators[unit];
            }

            if (below > 0)
            {
                ratios[kept++] = above / below;
            }
        }

        Array.Sort(ratios, 0, kept);
        var tail = (1 - confidence) / 2;
        return new Estimate(value, At(ratios, kept, tail), At(ratios, kept, 1 - tail));
    }

    private static double At(double[] sorted, int count, double share)
    {
        if (count == 0)
        {
            return double.NaN;
        }

        var at = share * (count - 1);
        var below = Math.Min((int)at, count - 1);
        var above = Math.Min(below + 1, count - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }
}
