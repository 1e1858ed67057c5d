namespace Buddies.Engine.Judging;

/// <summary>A logged list: shelves of a page from the top, or cards of a shelf from the left.</summary>
/// <param name="Unit">Whose it was.</param>
/// <param name="Steps">Its places in order.</param>
public sealed record LoggedList(int Unit, IReadOnlyList<ListStep> Steps);

/// <summary>One place of a logged list.</summary>
/// <param name="Reward">What came of it; 0 where it was not seen.</param>
/// <param name="Propensity">How likely the logging policy was to put this here, given the places before; above 0.</param>
/// <param name="Target">The same of the judged policy.</param>
/// <param name="IsSeen">Whether the listener looked at it: what was not seen has no reward whoever put it there.</param>
public readonly record struct ListStep(double Reward, double Propensity, double Target, bool IsSeen);

/// <summary>
/// Judges how lists are ordered, by the cascade: people read from the beginning, so the reward of a place depends on what
/// stands there and before it, and on nothing behind it.
/// </summary>
/// <remarks>
/// A place k is weighted by Π_{j≤k} target/propensity, not by the product over the whole list, so weights stay small near the
/// beginning where the rewards are; each place is normalised by its own weights (McInerney, Brost, Chandar, Mehrotra,
/// Carterette 2020, "Counterfactual evaluation of slate recommendations with sequential reward interactions"). Which places
/// count as seen is the caller's word: first cards without a click do (Bendada, Salha, Bontempelli 2020).
/// </remarks>
public static class CascadeJudge
{
    /// <summary>The mean reward of a list under the judged policy: Σ over places of Σ w·r / Σ w.</summary>
    /// <param name="lists">The logged lists; a list that ends before a place has no reward there.</param>
    /// <param name="clip">The largest weight of a place, above 0.</param>
    /// <returns>0 without lists.</returns>
    public static double Value(IReadOnlyList<LoggedList> lists, double clip = double.PositiveInfinity)
    {
        ArgumentNullException.ThrowIfNull(lists);
        var value = 0.0;
        var longest = LongestOf(lists);
        for (var place = 0; place < longest; place++)
        {
            var (sum, weights) = (0.0, 0.0);
            foreach (var list in lists)
            {
                var (weight, reward) = At(list, place, clip);
                sum += weight * reward;
                weights += weight;
            }

            value += weights > 0 ? sum / weights : 0;
        }

        return value;
    }

    /// <summary>Judges with an interval.</summary>
    /// <param name="lists">The logged lists.</param>
    /// <param name="options">How.</param>
    /// <returns>The estimate and how far it may be believed.</returns>
    public static ListJudgement Judge(IReadOnlyList<LoggedList> lists, JudgeOptions options)
    {
        ArgumentNullException.ThrowIfNull(lists);
        ArgumentNullException.ThrowIfNull(options);
        var units = lists.GroupBy(list => list.Unit).Select(group => group.ToArray()).ToArray();
        var draws = new Bandits.Draws(options.Seed);
        var values = new double[options.Resamples];
        var resample = new List<LoggedList>(lists.Count);
        for (var i = 0; i < values.Length && units.Length > 0; i++)
        {
            resample.Clear();
            for (var j = 0; j < units.Length; j++)
            {
                resample.AddRange(units[(int)(draws.NextDouble() * units.Length)]);
            }

            values[i] = Value(resample, options.Clip);
        }

        Array.Sort(values);
        var tail = (1 - options.Confidence) / 2;
        var estimate = new Estimate(
            Value(lists, options.Clip), values[(int)(tail * (values.Length - 1))], values[(int)Math.Ceiling((1 - tail) * (values.Length - 1))]);
        var (effective, largest) = WeightsOf(lists);
        return new ListJudgement(lists.Count, units.Length, estimate, effective, largest, PolicyJudge.RefusalOf(effective, units.Length, options));
    }

    private static (double Effective, double Largest) WeightsOf(IReadOnlyList<LoggedList> lists)
    {
        var least = (double)lists.Count;
        var largest = 0.0;
        var longest = LongestOf(lists);
        for (var place = 0; place < longest; place++)
        {
            var (sum, squares, isRewarded) = (0.0, 0.0, false);
            foreach (var list in lists)
            {
                var (weight, reward) = At(list, place, double.PositiveInfinity);
                sum += weight;
                squares += weight * weight;
                isRewarded |= reward != 0;
                largest = Math.Max(largest, weight);
            }

            least = isRewarded ? Math.Min(least, squares > 0 ? sum * sum / squares : 0) : least;
        }

        return (least, largest);
    }

    private static int LongestOf(IReadOnlyList<LoggedList> lists)
    {
        var longest = 0;
        foreach (var list in lists)
        {
            longest = Math.Max(longest, list.Steps.Count);
        }

        return longest;
    }

    /// <summary>The weight of a list up to a place, and the reward there.</summary>
    private static (double Weight, double Reward) At(LoggedList list, int place, double clip)
    {
        var weight = 1.0;
        var last = Math.Min(place, list.Steps.Count - 1);
        for (var i = 0; i <= last; i++)
        {
            weight *= list.Steps[i].Target / list.Steps[i].Propensity;
        }

        return (Math.Min(weight, clip), place < list.Steps.Count && list.Steps[place].IsSeen ? list.Steps[place].Reward : 0);
    }
}

/// <summary>What the logs say of how a policy orders lists.</summary>
/// <param name="Lists">Lists that were judged by.</param>
/// <param name="Units">Different units among them.</param>
/// <param name="Cascade">The mean reward of a list.</param>
/// <param name="EffectiveSampleSize">The least of the places that had a reward.</param>
/// <param name="LargestWeight">Before clipping.</param>
/// <param name="Refusal">Why nothing may be concluded; null where it may.</param>
public sealed record ListJudgement(
    int Lists, int Units, Estimate Cascade, double EffectiveSampleSize, double LargestWeight, string? Refusal);
