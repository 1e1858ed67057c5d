namespace Buddies.Engine.Judging;

/// <summary>Estimates of a policy's mean reward from draws that another policy made.</summary>
/// <remarks>
/// w = target/propensity. IPS is unbiased without clipping (Horvitz, Thompson 1952); SNIPS divides by the weights that came
/// instead of those expected (Swaminathan, Joachims 2015); the doubly robust estimate corrects a model by what was seen, and is
/// right if either the propensities or the model is (Dudík, Langford, Li 2011).
/// </remarks>
public static class Estimators
{
    /// <summary>Inverse propensity scoring with clipped weights: mean of min(w, clip)·r.</summary>
    /// <param name="choices">The draws.</param>
    /// <param name="clip">The largest weight, above 0; infinity clips nothing.</param>
    /// <returns>Not a number without draws.</returns>
    public static double Ips(ReadOnlySpan<LoggedChoice> choices, double clip = double.PositiveInfinity)
    {
        var sum = 0.0;
        foreach (ref readonly var choice in choices)
        {
            sum += Math.Min(choice.Weight, clip) * choice.Reward;
        }

        return sum / choices.Length;
    }

    /// <summary>Self-normalised IPS: Σ w·r / Σ w.</summary>
    /// <param name="choices">The draws.</param>
    /// <param name="clip">The largest weight, above 0.</param>
    /// <returns>Not a number where all weights are 0.</returns>
    public static double Snips(ReadOnlySpan<LoggedChoice> choices, double clip = double.PositiveInfinity)
    {
        var (sum, weights) = (0.0, 0.0);
        foreach (ref readonly var choice in choices)
        {
            var weight = Math.Min(choice.Weight, clip);
            sum += weight * choice.Reward;
            weights += weight;
        }

        return sum / weights;
    }

    /// <summary>Doubly robust: mean of predicted target + min(w, clip)·(r − predicted).</summary>
    /// <param name="choices">The draws, with predictions of a model that has not learned from them.</param>
    /// <param name="clip">The largest weight, above 0.</param>
    /// <returns>Not a number without draws.</returns>
    public static double DoublyRobust(ReadOnlySpan<LoggedChoice> choices, double clip = double.PositiveInfinity)
    {
        var sum = 0.0;
        foreach (ref readonly var choice in choices)
        {
            sum += choice.PredictedTarget + (Math.Min(choice.Weight, clip) * (choice.Reward - choice.Predicted));
        }

        return sum / choices.Length;
    }

    /// <summary>How many draws of the judged policy itself these are worth: (Σ w)²/Σ w² (Kish 1965).</summary>
    /// <param name="choices">The draws.</param>
    /// <returns>0 to their number.</returns>
    public static double EffectiveSampleSize(ReadOnlySpan<LoggedChoice> choices)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (ref readonly var choice in choices)
        {
            sum += choice.Weight;
            squares += choice.Weight * choice.Weight;
        }

        return squares > 0 ? sum * sum / squares : 0;
    }

    /// <summary>The largest weight, before any clipping.</summary>
    /// <param name="choices">The draws.</param>
    /// <returns>0 without draws.</returns>
    public static double LargestWeight(ReadOnlySpan<LoggedChoice> choices)
    {
        var largest = 0.0;
        foreach (ref readonly var choice in choices)
        {
            largest = Math.Max(largest, choice.Weight);
        }

        return largest;
    }
}
