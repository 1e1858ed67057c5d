using Buddies.Training.Facts;
using Buddies.Training.Rankers.Links;

namespace Buddies.Training.Rankers.Auto;

/// <summary>
/// What the product can serve: implicit ALS and, beside its factors, links between tracks, all parameters chosen on a
/// validation split carved from the rows it is given. What is to be found later takes no part.
/// </summary>
/// <param name="k">Places that count when parameters are chosen.</param>
/// <param name="hiddenShare">Share of the validation listeners' facts that is hidden, above 0 and below 1.</param>
public sealed class ServedTrainer(int k, double hiddenShare) : IChoosingTrainer
{
    /// <inheritdoc/>
    public string Name => "auto";

    /// <inheritdoc/>
    public IRanker Train(SparseRows rows, RankerRun run) => Choose(rows, run).Ranker;

    /// <inheritdoc/>
    public AutoResult Choose(SparseRows rows, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(run);
        var als = new AlsPart();
        var plan = Search(rows, als, run);
        run.Tell($"{als.Name}: on all rows");
        var factors = als.Fit(new RankerData(rows), run);
        IRanker ranker = plan.HasLinks ? new LinkRanker(factors, plan.Fit(rows, run), 1) : factors;

        // Too quiet to change an order, but whoever has no facts, or none that leads anywhere, is shown what is popular.
        var popularity = (new PopularityRanker(rows), 1e-9f / Math.Max(1, rows.CountColumns().Append(0).Max()));
        return new AutoResult(new BlendRanker([(ranker, 1f), popularity]), plan.Validation, Describe(als, plan));
    }

    private LinkPlan Search(SparseRows rows, AlsPart als, RankerRun run)
    {
        var (training, judge) = ValidationJudge.Carve(rows, hiddenShare, ValidationJudge.Listeners, k, run);
        var data = new RankerData(training);
        return LinkSearch.Search(data, judge, als.Search(data, judge, run), run);
    }

    private static AutoPartChoice[] Describe(AlsPart als, LinkPlan plan) =>
    [
        new AutoPartChoice(als.Name, plan.Parameters.FactorWeight, als.Chosen),
        .. plan.Parts.Select((part, i) => new AutoPartChoice(part.Name, plan.Weights[i] * plan.Scale, part.Chosen)),
        new AutoPartChoice("links", plan.HasLinks ? 1 : 0, new SortedDictionary<string, double>
        {
            ["kept"] = plan.Kept,
            ["lengthExponent"] = plan.Parameters.LengthExponent,
        }),
    ];
}
