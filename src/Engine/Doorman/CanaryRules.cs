namespace Buddies.Engine.Doorman;

/// <summary>
/// When a canary is let in or turned away without a hand: by rates per impression, and intervals around their ratios.
/// </summary>
/// <remarks>
/// Counts of events are taken for Poisson's, so the logarithm of a ratio of two rates has the standard error
/// √(1/a + 1/b). Listeners who do much make real counts vary more, and a canary is looked at again and again; the interval
/// is therefore three standard errors wide to either side rather than two.
/// </remarks>
public sealed record CanaryRules
{
    /// <summary>Impressions that each side must have before anything is decided. Default 2,000.</summary>
    public long MinImpressions { get; init; } = 2_000;

    /// <summary>How much of the current version's plays an impression a candidate may lack, 0 to 1. Default 0.05.</summary>
    public double Margin { get; init; } = 0.05;

    /// <summary>Hides an impression beyond this multiple of the current version's reject a candidate. Default 1.25.</summary>
    public double MostHides { get; init; } = 1.25;

    /// <summary>Half the width of an interval in standard errors, above 0. Default 3.</summary>
    public double StandardErrors { get; init; } = 3;

    /// <summary>A canary that is undecided for so long is rejected. Default a day.</summary>
    public TimeSpan MostTime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Judges a candidate.</summary>
    /// <param name="current">What listeners of the current version did since the canary began.</param>
    /// <param name="candidate">What listeners of the candidate did in the same time.</param>
    /// <param name="age">How long that is.</param>
    /// <returns>What is to be done, why, and the numbers.</returns>
    public CanaryVerdict Judge(EngagementCounts current, EngagementCounts candidate, TimeSpan age)
    {
        var plays = RatioOf(candidate.Plays, candidate.Impressions, current.Plays, current.Impressions);
        var likes = RatioOf(candidate.Likes, candidate.Impressions, current.Likes, current.Impressions);
        var hides = RatioOf(candidate.Hides, candidate.Impressions, current.Hides, current.Impressions);
        var metrics = new Dictionary<string, double>
        {
            ["impressions"] = candidate.Impressions,
            ["impressionsOfCurrent"] = current.Impressions,
            ["playRatio"] = plays.Ratio,
            ["playRatioLow"] = plays.Low,
            ["playRatioHigh"] = plays.High,
            ["likeRatio"] = likes.Ratio,
            ["likeRatioLow"] = likes.Low,
            ["likeRatioHigh"] = likes.High,
            ["hideRatio"] = hides.Ratio,
            ["hideRatioLow"] = hides.Low,
            ["hideRatioHigh"] = hides.High,
        };
        var (decision, why) = (CanaryDecision.Wait, "");
        if (Math.Min(current.Impressions, candidate.Impressions) < MinImpressions)
        {
            why = $"each side needs {MinImpressions} impressions";
        }
        else if (hides.Low > MostHides)
        {
            (decision, why) = (CanaryDecision.Reject, $"it is hidden more than {MostHides} times as often an impression");
        }
        else if (plays.High < 1 - Margin)
        {
            (decision, why) = (CanaryDecision.Reject, $"it is played less than {1 - Margin} times as often an impression");
        }
        else if (likes.High < 1 - Margin)
        {
            (decision, why) = (CanaryDecision.Reject, $"it is liked less than {1 - Margin} times as often an impression");
        }
        else if (plays.Low >= 1 - Margin && hides.Ratio <= MostHides)
        {
            (decision, why) = (CanaryDecision.Promote, $"it is played at least {1 - Margin} times as often an impression");
        }

        if (decision == CanaryDecision.Wait && age >= MostTime)
        {
            (decision, why) = (CanaryDecision.Reject, $"it is undecided after {age.TotalHours:0.#} hours");
        }

        return new CanaryVerdict(decision, why, RemoveInfinite(metrics));
    }

    /// <summary>The ratio of two rates and its interval; from 0 to infinity where nothing was counted.</summary>
    private (double Ratio, double Low, double High) RatioOf(long count, long impressions, long otherCount, long otherImpressions)
    {
        if (impressions == 0 || otherImpressions == 0 || (count == 0 && otherCount == 0))
        {
            return (1, 0, double.PositiveInfinity);
        }

        // Half an event more on either side keeps a ratio with zero finite.
        var (a, b) = (count + 0.5, otherCount + 0.5);
        var ratio = a / impressions / (b / otherImpressions);
        var width = Math.Exp(StandardErrors * Math.Sqrt((1 / a) + (1 / b)));
        return (ratio, ratio / width, ratio * width);
    }

    private static Dictionary<string, double> RemoveInfinite(Dictionary<string, double> metrics) =>
        metrics.Where(metric => double.IsFinite(metric.Value)).ToDictionary();
}

/// <summary>What listeners did with one version.</summary>
/// <param name="Impressions">Cards that clients reported as seen.</param>
/// <param name="Plays">Plays of 30 s or more.</param>
/// <param name="Likes">Likes.</param>
/// <param name="Hides">Hides.</param>
public readonly record struct EngagementCounts(long Impressions, long Plays, long Likes, long Hides);

/// <summary>What becomes of a canary.</summary>
public enum CanaryDecision
{
    /// <summary>Nothing yet.</summary>
    Wait,

    /// <summary>It becomes current.</summary>
    Promote,

    /// <summary>It is turned away.</summary>
    Reject,
}

/// <summary>A judgement of a canary.</summary>
/// <param name="Decision">What is to be done.</param>
/// <param name="Why">In words.</param>
/// <param name="Metrics">The numbers that it rests on.</param>
public sealed record CanaryVerdict(CanaryDecision Decision, string Why, IReadOnlyDictionary<string, double> Metrics);
