using Buddies.Engine.Bandits;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Judging;

/// <summary>How likely a policy is to put each candidate onto a place.</summary>
/// <param name="choices">The features of the candidates (<see cref="CardFeatures"/>), one or more.</param>
/// <param name="probabilities">Destination, as long; sums to one.</param>
public delegate void TargetPolicy(IReadOnlyList<float[]> choices, Span<double> probabilities);

/// <summary>Policies that can be judged from logs.</summary>
public static class TargetPolicies
{
    /// <summary>Any candidate alike.</summary>
    public static void Uniform(IReadOnlyList<float[]> choices, Span<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(choices);
        probabilities.Fill(1.0 / choices.Count);
    }

    /// <summary>The ranker's best, but for a uniform share.</summary>
    /// <param name="weights">The ranker's weights.</param>
    /// <param name="epsilon">The share, 0 to 1.</param>
    /// <returns>The policy.</returns>
    public static TargetPolicy Ranker(RankingWeights weights, double epsilon) =>
        Linear(LinearArm.Solve(CardFeatures.PriorOf(weights), 1, new double[CardFeatures.Count * CardFeatures.Count], new double[CardFeatures.Count], 1), 0, epsilon);

    /// <summary>What was learned of cards, by Thompson sampling, but for a uniform share.</summary>
    /// <param name="cards">The belief.</param>
    /// <param name="exploration">What deviations are multiplied by; 0 takes the best.</param>
    /// <param name="epsilon">The share, 0 to 1.</param>
    /// <returns>The policy.</returns>
    public static TargetPolicy Linear(LinearArm cards, double exploration, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(cards);
        return (choices, probabilities) =>
        {
            Span<double> means = stackalloc double[choices.Count];
            Span<double> deviations = stackalloc double[choices.Count];
            Span<double> x = stackalloc double[CardFeatures.Count];
            for (var i = 0; i < choices.Count; i++)
            {
                CardFeatures.Widen(choices[i], x);
                var arm = cards.At(x);
                (means[i], deviations[i]) = (arm.Mean, exploration * arm.Deviation);
            }

            ProbabilityOfBest.Compute(means, deviations, probabilities);
            ProbabilityOfBest.MixUniform(probabilities, epsilon);
        };
    }
}
