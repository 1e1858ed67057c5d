using Buddies.Training.Als;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Factors;

/// <summary>What <see cref="AlsRankerTrainer"/> trains with.</summary>
public sealed record AlsRankerOptions
{
    /// <summary>The constants of implicit ALS.</summary>
    public AlsOptions Als { get; init; } = new();

    /// <summary>w of a fact whose confidence is 1, above 0.</summary>
    public double Confidence { get; init; } = 3.7;

    /// <summary>How much more a fact about a rare track counts; 0 counts all alike.</summary>
    public double RarityExponent { get; init; } = 0.7;
}

/// <summary>Trains implicit ALS with what the product ships, over whatever rows there are.</summary>
/// <param name="options">The constants.</param>
/// <param name="asMean">Whether the listener's vector is the weighted mean of the track factors instead of the exact solve.</param>
public sealed class AlsRankerTrainer(AlsRankerOptions options, bool asMean = false) : IRankerTrainer
{
    /// <inheritdoc/>
    public string Name => (asMean ? "mean" : "als") + (options.Als.Device is { } device ? $", {device.Name}" : "");

    /// <inheritdoc/>
    public IRanker Train(SparseRows rows, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(run);
        var als = options.Als with { Threads = run.Threads, Seed = run.Seed };
        var weights = TrackRarity.Weigh(rows, options.RarityExponent);
        var scaled = Array.ConvertAll(weights, weight => (float)(weight * options.Confidence));
        var weighed = rows.WeighColumns(scaled);
        var factors = ImplicitAlsTrainer.Train(weighed, weighed, als, new Steps(run), TimeProvider.System, run.CancellationToken).TrackFactors;
        return asMean ? new MeanRanker(factors, als.Dimension) : new AlsRanker(factors, scaled, als);
    }

    /// <summary>Tells of whole epochs alone.</summary>
    private sealed class Steps(RankerRun run) : IProgress<TrainProgress>
    {
        private int _told;

        public void Report(TrainProgress value)
        {
            if (value.Epoch > _told && value.Epoch <= value.Epochs)
            {
                _told = value.Epoch;
                run.Tell($"ALS: epoch {value.Epoch} of {value.Epochs}, {value.RowsPerSecond:N0} rows/s");
            }
        }
    }
}
