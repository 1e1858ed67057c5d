using System.Diagnostics;

namespace Buddies.Engine.Bandits;

/// <summary>
/// Thompson sampling by its probabilities: how likely each arm's draw is the highest. Who draws an arm from these numbers
/// does what Thompson sampling does (Thompson 1933), and knows the propensity of what was drawn.
/// </summary>
public static class ProbabilityOfBest
{
    /// <summary>Most arms in one choice: the work grows with their square.</summary>
    public const int MaxArms = 64;

    private const int Points = 24;
    private const double Reach = 6;
    private const int StepsPerUnit = 128;

    private static readonly double[] s_normal = TabulateNormal();
    private static readonly double[] s_quantiles = TabulateQuantiles();

    /// <summary>Computes the probability of each arm to have the highest draw.</summary>
    /// <param name="means">[arms], mean of each arm's normal posterior.</param>
    /// <param name="deviations">[arms], its standard deviation, 0 or more; where all are 0 the first of the highest means gets 1.</param>
    /// <param name="probabilities">Destination, [arms]; sums to one up to rounding.</param>
    /// <exception cref="ArgumentException">The lengths differ, or there are no arms, or more than <see cref="MaxArms"/>.</exception>
    /// <remarks>
    /// P(i) = E[Π_{j≠i} Φ((m_i + s_i·z − m_j)/s_j)] over 24 midpoints of z's quantiles, then scaled to a sum of one. Off by a
    /// few hundredths at most; since arms are drawn from these very numbers, propensities are exact all the same. Allocates nothing.
    /// </remarks>
    public static void Compute(ReadOnlySpan<double> means, ReadOnlySpan<double> deviations, Span<double> probabilities)
    {
        if (means.Length is 0 or > MaxArms || deviations.Length != means.Length || probabilities.Length != means.Length)
        {
            throw new ArgumentException($"Expected 1 to {MaxArms} arms with as many deviations and probabilities, got {means.Length}, {deviations.Length}, {probabilities.Length}.");
        }

        Span<double> inverse = stackalloc double[MaxArms];
        var widest = 0.0;
        for (var i = 0; i < means.Length; i++)
        {
            Debug.Assert(deviations[i] >= 0, "A deviation is below 0.");
            widest = Math.Max(widest, deviations[i]);
        }

        if (widest <= 0)
        {
            probabilities.Clear();
            probabilities[IndexOfHighest(means)] = 1;
            return;
        }

        for (var i = 0; i < means.Length; i++)
        {
            // An arm that is known for certain is as good as one that is known a thousand times better than the widest.
            inverse[i] = 1 / Math.Max(deviations[i], widest * 1e-3);
        }

        var sum = 0.0;
        for (var i = 0; i < means.Length; i++)
        {
            var total = 0.0;
            foreach (var z in s_quantiles)
            {
                var drawn = means[i] + (z / inverse[i]);
                var product = 1.0;
                for (var j = 0; j < means.Length && product > 0; j++)
                {
                    product *= j == i ? 1 : Normal((drawn - means[j]) * inverse[j]);
                }

                total += product;
            }

            probabilities[i] = total;
            sum += total;
        }

        if (sum <= 0)
        {
            probabilities.Clear();
            probabilities[IndexOfHighest(means)] = 1;
            return;
        }

        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] /= sum;
        }
    }

    /// <summary>Mixes in a uniform share, so that no propensity is smaller than it.</summary>
    /// <param name="probabilities">Summing to one; changed in place.</param>
    /// <param name="epsilon">0 leaves them, 1 makes them equal.</param>
    public static void MixUniform(Span<double> probabilities, double epsilon)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epsilon);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epsilon, 1);
        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = ((1 - epsilon) * probabilities[i]) + (epsilon / probabilities.Length);
        }
    }

    private static int IndexOfHighest(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }

    /// <summary>Φ by a table; off by 1e-5 at most.</summary>
    private static double Normal(double x)
    {
        if (x <= -Reach)
        {
            return 0;
        }

        if (x >= Reach)
        {
            return 1;
        }

        var at = (x + Reach) * StepsPerUnit;
        var below = (int)at;
        return s_normal[below] + ((at - below) * (s_normal[below + 1] - s_normal[below]));
    }

    private static double[] TabulateNormal()
    {
        // Simpson's rule between neighbouring entries; the density is smooth, so the sum is exact to 1e-12.
        var table = new double[(int)(2 * Reach * StepsPerUnit) + 2];
        var step = 1.0 / StepsPerUnit;
        for (var i = 1; i < table.Length; i++)
        {
            var x = -Reach + ((i - 1) * step);
            table[i] = table[i - 1] + (step / 6 * (Density(x) + (4 * Density(x + (step / 2))) + Density(x + step)));
        }

        return table;
    }

    private static double[] TabulateQuantiles()
    {
        var quantiles = new double[Points];
        var at = 0;
        for (var i = 0; i < Points; i++)
        {
            while (s_normal[at + 1] < (i + 0.5) / Points)
            {
                at++;
            }

            var share = (((i + 0.5) / Points) - s_normal[at]) / (s_normal[at + 1] - s_normal[at]);
            quantiles[i] = -Reach + ((at + share) / StepsPerUnit);
        }

        return quantiles;
    }

    private static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(Math.Tau);
}
