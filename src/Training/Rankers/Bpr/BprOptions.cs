namespace Buddies.Training.Rankers.Bpr;

/// <summary>The constants of <see cref="BprTrainer"/>.</summary>
public sealed record BprOptions
{
    /// <summary>d, 8 to 1,024, a multiple of 8. Default 64.</summary>
    public int Dimension { get; init; } = 64;

    /// <summary>How often as many facts are drawn as there are. Default 60.</summary>
    public int Epochs { get; init; } = 60;

    /// <summary>The first step; it falls evenly to a tenth of this. Default 0.08.</summary>
    public double LearningRate { get; init; } = 0.08;

    /// <summary>What draws factors towards zero at each step. Default 0.01.</summary>
    public double Regularization { get; init; } = 0.01;

    /// <summary>
    /// Share of the negatives that are drawn as often as they are listened to, 0 to 1; the others are drawn evenly. More
    /// teaches to tell popular tracks apart, less to tell them from rare ones. Default 0.5.
    /// </summary>
    public double PopularShare { get; init; } = 0.5;

    /// <summary>How often a listener's facts are gone through to fold the vector in. Default 12.</summary>
    public int FoldPasses { get; init; } = 12;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimension, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dimension, 1024);
        ArgumentOutOfRangeException.ThrowIfNotEqual(Dimension % 8, 0, nameof(Dimension));
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LearningRate);
        ArgumentOutOfRangeException.ThrowIfNegative(Regularization);
        ArgumentOutOfRangeException.ThrowIfNegative(PopularShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PopularShare, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FoldPasses, 1);
        if (!double.IsFinite(LearningRate + Regularization))
        {
            throw new ArgumentOutOfRangeException(nameof(LearningRate), "Expected finite constants.");
        }
    }
}
