using Buddies.Engine.Taste;
using Buddies.Training.Devices;

namespace Buddies.Training.Als;

/// <summary>The constants of implicit ALS.</summary>
public sealed record AlsOptions
{
    /// <summary>d, 1 to 4,096. More separates finer tastes, and costs d² for a fact and d³ for a row. Default 64.</summary>
    public int Dimension { get; init; } = 64;

    /// <summary>α₀ ≥ 0: how much each pair without a fact pulls towards 0. More keeps popular tracks apart. Default 1.</summary>
    public double UnobservedWeight { get; init; } = 1;

    /// <summary>λ > 0. More draws vectors of few facts together. Default 0.01.</summary>
    public double Regularization { get; init; } = 0.01;

    /// <summary>ν, 0 to 1: how far λ grows with the facts of a row. Default 0.5.</summary>
    public double RegularizationExponent { get; init; } = 0.5;

    /// <summary>How often both sides are solved, 1 or more. Default 12.</summary>
    public int Epochs { get; init; } = 12;

    /// <summary>σ > 0: tracks start normally distributed with deviation σ/√d. Default 0.1.</summary>
    public double InitialStdDev { get; init; } = 0.1;

    /// <summary>Where the random start comes from. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 takes one for each processor. The result does not depend on it. Default 0.</summary>
    public int Threads { get; init; }

    /// <summary>What computes; null for the processors by this project's own kernels. Default null.</summary>
    public ITrainingDevice? Device { get; init; }

    /// <summary>What the fold-in needs to know of them.</summary>
    public FoldInParameters FoldIn => new(UnobservedWeight, Regularization, RegularizationExponent);

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dimension, 4096);
        ArgumentOutOfRangeException.ThrowIfNegative(UnobservedWeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Regularization);
        ArgumentOutOfRangeException.ThrowIfNegative(RegularizationExponent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RegularizationExponent, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(InitialStdDev);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        if (!double.IsFinite(UnobservedWeight + Regularization + RegularizationExponent + InitialStdDev))
        {
            throw new ArgumentOutOfRangeException(nameof(UnobservedWeight), "Expected finite constants.");
        }
    }
}
