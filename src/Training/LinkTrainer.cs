using Buddies.Engine.Ranking;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Auto;
using Buddies.Training.Rankers.Factors;
using Buddies.Training.Rankers.Links;
using Buddies.Training.Splits;

namespace Buddies.Training;

/// <summary>Links beside the factors of a model: how they are chosen, made, and ranked with.</summary>
internal static class LinkTrainer
{
    /// <summary>Chooses on a validation split carved from the facts; those factors are trained without what it hides.</summary>
    /// <param name="set">Where tracks and tags come from.</param>
    /// <param name="interactions">[users × tracks] of <paramref name="set"/>, all of its entries or some.</param>
    /// <param name="options">The constants. Playlists take no part: their owners saved what stands in them, hidden facts too.</param>
    /// <param name="time">Measures the rate.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <returns>Null where there is nothing to choose by.</returns>
    public static LinkPlan? Search(TrainingSet set, SparseRows interactions, TrainOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var run = RunOf(options, cancellationToken);
        var held = options.Holdout ?? new HoldoutOptions();
        var split = InteractionSplit.DrawSome(interactions, held.Share, Math.Min(ValidationJudge.Listeners, (interactions.RowCount + 1) / 2), run.Seed);
        var judged = split.JudgedUsers;
        if (judged.Length == 0)
        {
            return null;
        }

        run.Tell("factors to choose by");
        var factors = FactorTrainer.Train(set, split.Training, options with { PlaylistWeight = 0 }, null, time, cancellationToken);
        var counts = Count(split.Training, options);
        var judge = new ValidationJudge(BinaryRows.Select(counts, judged), Array.ConvertAll(judged, user => split.Hidden[user]), held.K, run);
        var ranker = new AlignedRanker(RankerOf(factors, options), BinaryRows.Select(split.Training, judged));
        return LinkSearch.Search(new RankerData(counts), judge, ranker, run);
    }

    /// <summary>Makes the links over the facts that a model is trained on.</summary>
    /// <returns>Null where the plan has none.</returns>
    public static TrackLinkTable? Fit(LinkPlan? plan, SparseRows interactions, TrainOptions options, CancellationToken cancellationToken) =>
        plan is { HasLinks: true } ? plan.Fit(Count(interactions, options), RunOf(options, cancellationToken)) : null;

    /// <summary>What will be served of trained factors and links, as a ranker of the facts themselves.</summary>
    public static IRanker RankerOf(TrainedFactors factors, TrackLinkTable? links, TrainOptions options)
    {
        var plain = RankerOf(factors, options);
        return links is null ? plain : new LinkRanker(plain, links, options.Transform.ConfidenceScale);
    }

    private static AlsRanker RankerOf(TrainedFactors factors, TrainOptions options) => new(factors.Als.TrackFactors, factors.TrackWeights, options.Als);

    private static SparseRows Count(SparseRows interactions, TrainOptions options) =>
        LinkFacts.Count(interactions, LinkSearch.FactsAlike, options.Transform.ConfidenceScale);

    private static RankerRun RunOf(TrainOptions options, CancellationToken cancellationToken) =>
        new(options.Als.Threads, options.Als.Seed, options.Steps, cancellationToken);
}
