namespace Buddies.Training.Evaluation;

/// <summary>What is hidden and what is looked at.</summary>
public sealed record HoldoutOptions
{
    /// <summary>How many tracks are recommended, 1 or more. Default 20.</summary>
    public int K { get; init; } = 20;

    /// <summary>The share of each listener's facts that is hidden, above 0 and below 1. Default 0.2.</summary>
    public double Share { get; init; } = 0.2;

    /// <summary>Which facts are hidden, and where the intervals come from. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(K, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Share);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Share, 1);
    }
}
