namespace Buddies.Engine.Experiments;

/// <summary>Count, mean and spread of a metric (Welford 1962).</summary>
/// <param name="Count">Observations.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Squares">Σ (x − mean)².</param>
public readonly record struct MetricTally(long Count, double Mean, double Squares)
{
    /// <summary>Sample variance; 0 for fewer than two observations.</summary>
    public double Variance => Count > 1 ? Squares / (Count - 1) : 0;

    /// <summary>One more observation.</summary>
    /// <param name="value">A finite number.</param>
    /// <returns>The tally with it.</returns>
    public MetricTally With(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "Expected a finite observation.");
        }

        var delta = value - Mean;
        var mean = Mean + (delta / (Count + 1));
        return new MetricTally(Count + 1, mean, Squares + (delta * (value - mean)));
    }
}
