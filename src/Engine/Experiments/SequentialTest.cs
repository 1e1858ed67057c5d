namespace Buddies.Engine.Experiments;

/// <summary>What a sequential test says at one look.</summary>
/// <param name="Difference">Treatment mean less control mean.</param>
/// <param name="Low">Lower end of the confidence sequence; −∞ before the first look that counts.</param>
/// <param name="High">Upper end; +∞ before the first look that counts.</param>
/// <param name="PValue">Always valid: the smallest so far, 0 to 1.</param>
public readonly record struct SequentialLook(double Difference, double Low, double High, double PValue);

/// <summary>
/// A test of two means that may be looked at after every observation: the mixture sequential probability ratio test, whose
/// false alarms stay below α however often one looks and whenever one stops (Robbins 1970; Johari, Koomen, Pekelis, Walsh 2017).
/// </summary>
/// <remarks>
/// With v the variance of the difference of means and a mixture N(0, τ²) over true differences,
/// Λ = √(v/(v + τ²))·exp(τ²·δ²/(2v·(v + τ²))); p = min over the looks of 1/Λ. Variances are estimated, so looks before
/// <see cref="LeastPerVariant"/> observations each do not count. An observation is one listener's whole value, given once:
/// values of one listener that grow while the test runs would not be independent.
/// </remarks>
public sealed class SequentialTest
{
    /// <summary>Looks with fewer observations in one of the variants do not count.</summary>
    public const int LeastPerVariant = 100;

    private readonly double _mixtureVariance;

    /// <summary>Begins a test.</summary>
    /// <param name="scale">τ, the size of difference that one would like to find soonest, in the metric's units, above 0. It changes the power, never the rate of false alarms.</param>
    public SequentialTest(double scale)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        _mixtureVariance = scale * scale;
    }

    /// <summary>The smallest p-value so far.</summary>
    public double PValue { get; private set; } = 1;

    /// <summary>Looks.</summary>
    /// <param name="control">The control's observations so far.</param>
    /// <param name="treatment">The treatment's.</param>
    /// <param name="alpha">1 less the confidence of the interval, above 0 and below 1.</param>
    /// <returns>The state of the test.</returns>
    public SequentialLook Look(in MetricTally control, in MetricTally treatment, double alpha = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(alpha, 1);
        var difference = treatment.Mean - control.Mean;
        if (control.Count < LeastPerVariant || treatment.Count < LeastPerVariant)
        {
            return new SequentialLook(difference, double.NegativeInfinity, double.PositiveInfinity, PValue);
        }

        var variance = (control.Variance / control.Count) + (treatment.Variance / treatment.Count);
        if (variance <= 0)
        {
            // Nobody differs within a variant: one value each is no evidence of anything but itself.
            return new SequentialLook(difference, double.NegativeInfinity, double.PositiveInfinity, PValue);
        }

        var sum = variance + _mixtureVariance;
        var logRatio = (0.5 * Math.Log(variance / sum)) + (_mixtureVariance * difference * difference / (2 * variance * sum));
        PValue = Math.Min(PValue, Math.Exp(-Math.Max(0, logRatio)));

        // All differences δ₀ whose own test has not rejected: Λ(δ − δ₀) < 1/α.
        var half = Math.Sqrt(variance * sum / _mixtureVariance * ((2 * Math.Log(1 / alpha)) + Math.Log(sum / variance)));
        return new SequentialLook(difference, difference - half, difference + half, PValue);
    }
}
