namespace Buddies.Engine.Doorman.Gates;

/// <summary>What a version must reach to be let through.</summary>
public sealed record GateOptions
{
    /// <summary>The metric of the manifest that is compared; more is better. Default <c>holdoutRecall</c>.</summary>
    public string Metric { get; init; } = GateMetrics.Recall;

    /// <summary>How much less than the current version's it may be, 0 or more. Default 0.02.</summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>
    /// Whether it may fall below the current version's by more than the margin, because an operator says so: what was
    /// measured on other data cannot be compared. Default false. Every other gate stands.
    /// </summary>
    public bool AcceptsLower { get; init; }

    /// <summary>What it must be at least, whatever the current version's is. Default 0.02.</summary>
    public double Floor { get; init; } = 0.02;

    /// <summary>Whether it must find more than the most popular tracks would; one that was trained on labels in disorder does not. Default true.</summary>
    public bool BeatsPopularity { get; init; } = true;

    /// <summary>The share of facts whose track the catalogue describes that there must be at least, 0 to 1. Default 0, because a catalogue may be sent later.</summary>
    public double LeastKnownTrackShare { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Metric);
        ArgumentOutOfRangeException.ThrowIfNegative(Margin);
        ArgumentOutOfRangeException.ThrowIfNegative(LeastKnownTrackShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LeastKnownTrackShare, 1);
        if (!double.IsFinite(Margin) || !double.IsFinite(Floor))
        {
            throw new ArgumentOutOfRangeException(nameof(Floor), "Expected a finite margin and a finite floor.");
        }
    }
}

/// <summary>The metrics of a manifest that gates look at; trainers write them.</summary>
public static class GateMetrics
{
    /// <summary>Recall at 20 of hidden facts by a model that was trained without them.</summary>
    public const string Recall = "holdoutRecall";

    /// <summary>NDCG at 20 of the same.</summary>
    public const string Ndcg = "holdoutNdcg";

    /// <summary>Recall at 20 of the most popular tracks, to be beaten.</summary>
    public const string PopularityRecall = "holdoutPopularityRecall";

    /// <summary>How many listeners had a hidden fact.</summary>
    public const string Listeners = "holdoutListeners";
}
