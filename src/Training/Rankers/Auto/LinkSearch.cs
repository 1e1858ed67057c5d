using System.Globalization;
using Buddies.Engine.Ranking;
using Buddies.Training.Facts;
using Buddies.Training.Rankers.Links;

namespace Buddies.Training.Rankers.Auto;

/// <summary>
/// Chooses what stands beside the factors: rankers that are linear in the facts, each one's parameters, how loud it is, and how
/// many links of a track are kept of their sum.
/// </summary>
internal static class LinkSearch
{
    /// <summary>Links of all tracks together: 512 MB of them.</summary>
    private const int MostLinks = 64_000_000;

    /// <summary>The graph filter's rows are dense: of so many tracks they take minutes.</summary>
    private const int MostFilteredTracks = 140_000;

    /// <summary>More links of a track must be worth this, or they are memory for nothing.</summary>
    private const double LeastGain = 5e-4;

    private static readonly int[] s_kept = [50, 100, 200, 400];

    /// <summary>What a fact counts: whatever speaks for its track counts by its preference alone, however often it was played.</summary>
    public static LinkParameters FactsAlike { get; } = new(0, 1, 0, 0);

    /// <summary>Searches.</summary>
    /// <param name="data">What to train on; confidences are what a fact counts.</param>
    /// <param name="judge">Whom to ask; its facts count alike.</param>
    /// <param name="factors">What the links stand beside.</param>
    /// <param name="run">Threads, seed, progress and cancellation.</param>
    /// <returns>A plan without parts where links are not surely better than the factors alone.</returns>
    public static LinkPlan Search(RankerData data, ValidationJudge judge, IRanker factors, RankerRun run)
    {
        var parts = PartsFor(data.Rows);
        IRanker[] rankers = [.. parts.Select(part => part.Search(data, judge, run))];
        run.Tell("blend: weights");
        var search = new BlendSearch(judge, [factors, .. rankers], run, [false, .. rankers.Select(_ => true)]);
        var choice = search.Search();
        Tell(run, choice, parts);
        double[] weights = [.. parts.Select((_, i) => choice.Weights[i + 1] * search.Scales[i + 1])];
        if (weights.All(weight => weight == 0))
        {
            return new LinkPlan(parts, weights, 0, 1, FactsAlike, choice.Score.Value);
        }

        run.Tell("links: rows");
        var most = Math.Clamp(MostLinks / Math.Max(1, data.Columns.RowCount), 1, s_kept[^1]);
        var rows = LinkRows.Of(LinkPlan.Blend(rankers, weights), most, run);
        var best = (Plan: (LinkPlan?)null, Kept: 0);
        foreach (var kept in s_kept.Where(kept => kept <= most))
        {
            var plan = Weigh(judge, factors, rows, kept, parts, weights, run);
            best = best.Plan is null || plan.Validation > best.Plan.Validation + LeastGain ? (plan, kept) : best;
        }

        return best.Plan ?? Weigh(judge, factors, rows, most, parts, weights, run);
    }

    private static IAutoPart[] PartsFor(SparseRows rows)
    {
        var parts = new List<IAutoPart> { new ItemPart(), new RidgePart() };
        if (rows.ColumnCount <= MostFilteredTracks)
        {
            parts.Add(new SpectralPart());
        }

        if (EasePart.Fits(rows))
        {
            parts.Add(new EasePart());
        }

        return [.. parts];
    }

    /// <summary>How loud the links that are left are beside the factors, and how far they are brought down for who has many facts.</summary>
    private static LinkPlan Weigh(ValidationJudge judge, IRanker factors, LinkRows rows, int kept, IAutoPart[] parts, double[] weights, RankerRun run)
    {
        var sums = new LinkRanker(null, rows.ToTable(kept, 1, FactsAlike), 1);
        var search = new BlendSearch(judge, [factors, sums], run, [false, true]);
        var choice = search.Search();
        run.Tell(string.Create(
            CultureInfo.InvariantCulture,
            $"links: {choice.Score.Value:0.0000} with {kept} of a track, weights {choice.Weights[0]} and {choice.Weights[1]}, length exponent {choice.Exponent}"));

        // (m/m̄)^−β is m^−β times a constant, which the links themselves take up, with their weight.
        var scale = choice.Weights[1] * search.Scales[1] * Math.Pow(search.MeanMass, choice.Exponent);
        var parameters = FactsAlike with { FactorWeight = choice.Weights[0] * search.Scales[0], LengthExponent = choice.Exponent };
        return new LinkPlan(parts, scale == 0 ? new double[weights.Length] : weights, kept, scale, parameters, choice.Score.Value);
    }

    private static void Tell(RankerRun run, BlendChoice choice, IAutoPart[] parts)
    {
        string[] names = ["factors", .. parts.Select(part => part.Name)];
        run.Tell(string.Create(
            CultureInfo.InvariantCulture,
            $"blend: {choice.Score.Value:0.0000} ({choice.Score.Low:0.0000} to {choice.Score.High:0.0000}), {choice.Gain.Value:0.0000} ({choice.Gain.Low:0.0000} to {choice.Gain.High:0.0000}) over {names[choice.Leader]} alone: {string.Join(", ", names.Select((name, i) => $"{name} {choice.Weights[i]}"))}, length exponent {choice.Exponent}"));
    }
}

/// <summary>What was chosen of the links, to be made again over other rows.</summary>
/// <param name="Parts">The rankers with their parameters.</param>
/// <param name="Weights">How loud each is in the sum; all 0 for factors alone.</param>
/// <param name="Kept">Links of a track.</param>
/// <param name="Scale">What the sum is multiplied by.</param>
/// <param name="Parameters">How the links are used, without their number.</param>
/// <param name="Validation">Recall + NDCG on the validation split.</param>
internal sealed record LinkPlan(IReadOnlyList<IAutoPart> Parts, double[] Weights, int Kept, double Scale, LinkParameters Parameters, double Validation)
{
    /// <summary>Whether there are links at all.</summary>
    public bool HasLinks => Weights.Any(weight => weight != 0);

    /// <summary>Makes the links over other rows.</summary>
    /// <param name="rows">[listeners × tracks]; confidences are what a fact counts.</param>
    /// <param name="run">Threads, seed, progress and cancellation.</param>
    public TrackLinkTable Fit(SparseRows rows, RankerRun run)
    {
        var data = new RankerData(rows);
        var rankers = new IRanker[Parts.Count];
        for (var i = 0; i < rankers.Length; i++)
        {
            if (Weights[i] != 0)
            {
                run.Tell($"{Parts[i].Name}: on all rows");
                rankers[i] = Parts[i].Fit(data, run);
            }
        }

        run.Tell("links: on all rows");
        return LinkRows.Of(Blend(rankers, Weights), Kept, run).ToTable(Kept, Scale, Parameters);
    }

    /// <summary>The weighted sum of those that are heard.</summary>
    public static IRanker Blend(IReadOnlyList<IRanker> rankers, IReadOnlyList<double> weights) =>
        new BlendRanker([.. Enumerable.Range(0, rankers.Count).Where(i => weights[i] != 0).Select(i => (rankers[i], (float)weights[i]))]);
}
