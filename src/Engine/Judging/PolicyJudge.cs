using System.Globalization;

namespace Buddies.Engine.Judging;

/// <summary>How a policy is judged.</summary>
public sealed record JudgeOptions
{
    /// <summary>The largest weight that counts in full. Default 50.</summary>
    public double Clip { get; init; } = 50;

    /// <summary>How sure intervals are. Default 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>How often units are drawn again. Default 1,000.</summary>
    public int Resamples { get; init; } = 1_000;

    /// <summary>Where the draws come from. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>With a smaller effective sample nothing is concluded. Default 100.</summary>
    public double LeastEffectiveSampleSize { get; init; } = 100;

    /// <summary>With fewer units nothing is concluded: intervals resample units. Default 50.</summary>
    public int LeastUnits { get; init; } = 50;
}

/// <summary>What the logs say of a policy.</summary>
/// <param name="Choices">Draws that were judged by.</param>
/// <param name="Units">Different units among them.</param>
/// <param name="Logged">The mean reward of what was logged.</param>
/// <param name="Ips">Clipped inverse propensity scoring.</param>
/// <param name="Snips">Self-normalised.</param>
/// <param name="DoublyRobust">Doubly robust; equals <paramref name="Ips"/> where the draws carry no predictions.</param>
/// <param name="EffectiveSampleSize">How many draws of the judged policy itself the logs are worth.</param>
/// <param name="LargestWeight">Before clipping.</param>
/// <param name="ClippedShare">Share of the draws whose weight was clipped.</param>
/// <param name="MeanWeight">Mean weight before clipping: near 1 where the logged propensities are right and cover the policy.</param>
/// <param name="Refusal">Why nothing may be concluded; null where it may.</param>
public sealed record Judgement(
    int Choices,
    int Units,
    double Logged,
    Estimate Ips,
    Estimate Snips,
    Estimate DoublyRobust,
    double EffectiveSampleSize,
    double LargestWeight,
    double ClippedShare,
    double MeanWeight,
    string? Refusal);

/// <summary>Judges a policy from the logs of another one.</summary>
public static class PolicyJudge
{
    /// <summary>Judges.</summary>
    /// <param name="choices">The draws.</param>
    /// <param name="options">How.</param>
    /// <returns>Estimates with intervals, and whether they may be believed.</returns>
    /// <exception cref="ArgumentException">A propensity is not above 0 and at most 1, or a target not within 0 and 1.</exception>
    public static Judgement Judge(ReadOnlySpan<LoggedChoice> choices, JudgeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Clip);
        var places = new Dictionary<int, int>();
        foreach (ref readonly var choice in choices)
        {
            Check(choice);
            places.TryAdd(choice.Unit, places.Count);
        }

        var (count, weights, ips, snips, robust) =
            (new double[places.Count], new double[places.Count], new double[places.Count], new double[places.Count], new double[places.Count]);
        var (clipped, logged, weight) = (0, 0.0, 0.0);
        foreach (ref readonly var choice in choices)
        {
            var unit = places[choice.Unit];
            var w = Math.Min(choice.Weight, options.Clip);
            clipped += choice.Weight > options.Clip ? 1 : 0;
            logged += choice.Reward;
            weight += choice.Weight;
            count[unit]++;
            weights[unit] += w;
            ips[unit] += w * choice.Reward;
            snips[unit] += w * choice.Reward;
            robust[unit] += choice.PredictedTarget + (w * (choice.Reward - choice.Predicted));
        }

        var effective = Estimators.EffectiveSampleSize(choices);
        return new Judgement(
            choices.Length,
            places.Count,
            logged / choices.Length,
            RatioBootstrap.Of(ips, count, options.Confidence, options.Resamples, options.Seed),
            RatioBootstrap.Of(snips, weights, options.Confidence, options.Resamples, options.Seed),
            RatioBootstrap.Of(robust, count, options.Confidence, options.Resamples, options.Seed),
            effective,
            Estimators.LargestWeight(choices),
            choices.Length > 0 ? clipped / (double)choices.Length : 0,
            weight / choices.Length,
            RefusalOf(effective, places.Count, options));
    }

    internal static string? RefusalOf(double effective, int units, JudgeOptions options) =>
        units < options.LeastUnits
            ? string.Create(CultureInfo.InvariantCulture, $"only {units} listeners; at least {options.LeastUnits} are needed")
        : effective < options.LeastEffectiveSampleSize
            ? string.Create(CultureInfo.InvariantCulture, $"an effective sample of {effective:0.0}; at least {options.LeastEffectiveSampleSize:0} is needed")
        : null;

    private static void Check(in LoggedChoice choice)
    {
        if (!(choice.Propensity is > 0 and <= 1 && choice.Target is >= 0 and <= 1 + 1e-9 && double.IsFinite(choice.Reward)))
        {
            throw new ArgumentException($"Expected a propensity above 0 and at most 1, a target from 0 to 1 and a finite reward, got {choice.Propensity}, {choice.Target}, {choice.Reward}.");
        }
    }
}
