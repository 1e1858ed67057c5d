using Buddies.Training.Rankers.Auto;

namespace Buddies.Training.Evaluation;

/// <summary>How well recommended tracks find hidden facts.</summary>
/// <param name="Recall">Mean over listeners of hits ÷ min(k, hidden).</param>
/// <param name="Ndcg">Mean over listeners of the discounted gain of the hits ÷ that of a perfect list (Järvelin and Kekäläinen 2002).</param>
/// <param name="PopularityRecall">The same of the most popular tracks.</param>
/// <param name="PopularityNdcg">The same of the most popular tracks.</param>
/// <param name="K">How many tracks were recommended.</param>
/// <param name="Share">The share of facts that was hidden.</param>
/// <param name="Seed">The seed of the split.</param>
/// <param name="Listeners">Listeners with a hidden fact.</param>
/// <param name="Hidden">Facts hidden in all.</param>
/// <param name="Tracks">Tracks that could be recommended.</param>
public sealed record HoldoutResult(
    MeanInterval Recall,
    MeanInterval Ndcg,
    MeanInterval PopularityRecall,
    MeanInterval PopularityNdcg,
    int K,
    double Share,
    int Seed,
    int Listeners,
    int Hidden,
    int Tracks)
{
    /// <summary>What was chosen of the links, on the facts that were not hidden; null for factors alone.</summary>
    internal LinkPlan? Plan { get; init; }
}
