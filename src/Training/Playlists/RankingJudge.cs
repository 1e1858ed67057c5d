using Buddies.Engine.Ranking;
using Buddies.Training.Evaluation;

namespace Buddies.Training.Playlists;

/// <summary>How well one way of ranking finds the playlists that were hidden.</summary>
/// <param name="Name">Which.</param>
/// <param name="Ndcg">NDCG@10 over the hidden playlists that are among the candidates, with its 95 % interval over listeners.</param>
/// <param name="Recall">Recall@10 of the same.</param>
/// <param name="Gain">NDCG more than by the weights set by hand, listener by listener.</param>
/// <param name="GainOverLearned">NDCG more than by learned weights of the features that need no ranker and no links; of those alone 0.</param>
public sealed record RankingRow(string Name, MeanInterval Ndcg, MeanInterval Recall, MeanInterval Gain, MeanInterval GainOverLearned);

/// <summary>Ways to rank the same candidates, compared.</summary>
/// <param name="Listeners">Listeners with a hidden playlist among their candidates.</param>
/// <param name="Hidden">Playlists hidden from all who were asked.</param>
/// <param name="Found">Share of them that any source brought at all.</param>
/// <param name="Candidates">Candidates of a listener, on average.</param>
/// <param name="Rows">The weights set by hand first, then single features, then what was learned. Learned weights are judged on listeners that they were not learned from.</param>
public sealed record RankingJudgement(int Listeners, int Hidden, double Found, double Candidates, IReadOnlyList<RankingRow> Rows);

/// <summary>Compares ways to rank, and learns weights that have to prove themselves.</summary>
internal static class RankingJudge
{
    /// <summary>Places looked at.</summary>
    public const int Places = 10;

    private const int Folds = 2;
    private const int ChosenPlace = 8;
    private const int LinkedPlace = 9;
    private const int FreshnessPlace = 10;

    /// <summary>Compares.</summary>
    /// <param name="examples">Listeners, those without a find among their candidates too.</param>
    /// <param name="hasChosen">Whether a ranker of playlists was trained.</param>
    /// <param name="hasLinks">Whether the model has links.</param>
    /// <param name="seed">Of intervals and of what is learned from.</param>
    /// <returns>The comparison, and the weights that are surely better than those set by hand; null for none.</returns>
    public static (RankingJudgement Judgement, RankingWeights? Weights) Compare(IReadOnlyList<RankingExample> examples, bool hasChosen, bool hasLinks, int seed)
    {
        RankingExample[] found = [.. examples.Where(example => example.Chosen.Length > 0)];
        var hand = RankingWeights.Default;
        var byHand = Measure(found, _ => hand);
        var bare = MeasureLearned(Open(false, false));
        var rows = new List<RankingRow> { Row("by hand", byHand) };
        Single("taste alone", hand with { SessionMatch = 0, OwnerSimilarity = 0, Overlap = 0, UnheardShare = 0, DislikedShare = 0, Popularity = 0, Diversity = 0 }, true);
        var nothing = RankingWeights.From(new float[RankingExample.Width]);
        Single("popularity alone", nothing with { Popularity = 1 }, true);
        Single("bpr alone", nothing with { Chosen = 1 }, hasChosen);
        Single("links alone", nothing with { Linked = 1 }, hasLinks);
        var learned = (Row: Row("learned", bare), Results: bare, IsOpen: Open(false, false));
        rows.Add(learned.Row);
        var best = learned;
        foreach (var (name, withChosen, withLinks) in new[] { ("learned, with bpr", true, false), ("learned, with links", false, true), ("learned, with both", true, true) })
        {
            if ((withChosen && !hasChosen) || (withLinks && !hasLinks))
            {
                continue;
            }

            // A feature that is not surely of use, beside those that are, is left out: it would only follow chance.
            var results = MeasureLearned(Open(withChosen, withLinks));
            rows.Add(Row(name, results));
            best = Gain(results, best.Results).Low > 0 ? (rows[^1], results, Open(withChosen, withLinks)) : best;
        }

        var judgement = new RankingJudgement(
            found.Length,
            examples.Sum(example => example.Hidden),
            examples.Sum(example => example.Chosen.Length) / (double)Math.Max(1, examples.Sum(example => example.Hidden)),
            examples.Count == 0 ? 0 : examples.Average(example => example.Count),
            rows);
        return (judgement, best.Row.Gain.Low > 0 ? RankingFit.Learn(found, hand, best.IsOpen) : null);

        void Single(string name, RankingWeights weights, bool isThere)
        {
            if (isThere)
            {
                rows.Add(Row(name, Measure(found, _ => weights)));
            }
        }

        // On listeners that the weights were not learned from.
        (double Ndcg, double Recall)[] MeasureLearned(bool[] isOpen)
        {
            var folds = Enumerable.Range(0, Folds).Select(fold =>
                RankingFit.Learn([.. found.Where((_, i) => i % Folds != fold)], hand, isOpen)).ToArray();
            return Measure(found, i => folds[i % Folds]);
        }

        RankingRow Row(string name, (double Ndcg, double Recall)[] own) => new(
            name,
            Bootstrap.Mean([.. own.Select(one => one.Ndcg)], seed),
            Bootstrap.Mean([.. own.Select(one => one.Recall)], seed),
            Gain(own, byHand),
            Gain(own, bare));

        MeanInterval Gain((double Ndcg, double Recall)[] own, (double Ndcg, double Recall)[] over) =>
            Bootstrap.Mean([.. own.Zip(over, (left, right) => left.Ndcg - right.Ndcg)], seed);
    }

    /// <summary>What a new playlist is worth is not in the past: none of it was new then.</summary>
    private static bool[] Open(bool withChosen, bool withLinks) =>
        [.. Enumerable.Range(0, RankingExample.Width).Select(i => i switch { ChosenPlace => withChosen, LinkedPlace => withLinks, FreshnessPlace => false, _ => true })];

    private static (double Ndcg, double Recall)[] Measure(RankingExample[] examples, Func<int, RankingWeights> weightsOf)
    {
        var results = new (double, double)[examples.Length];
        for (var i = 0; i < examples.Length; i++)
        {
            var list = examples[i].Rank([.. weightsOf(i).ToArray().Select(weight => (double)weight)]);
            results[i] = (ListMetrics.Ndcg(list, examples[i].Chosen, Places), ListMetrics.Recall(list, examples[i].Chosen, Places));
        }

        return results;
    }
}
