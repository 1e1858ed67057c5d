using System.Numerics.Tensors;
using Buddies.Engine.Ranking;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Links;

/// <summary>What the product serves: factors and, beside them, links, put together by the engine's own code.</summary>
/// <param name="factors">Scores ⟨u, y⟩ with u at unit length; null for links alone.</param>
/// <param name="links">The links and how they are used.</param>
/// <param name="meanConfidence">w₀: the confidence of a fact that counts 1 whatever its power.</param>
public sealed class LinkRanker(IRanker? factors, TrackLinkTable links, double meanConfidence) : IRanker
{
    /// <inheritdoc/>
    public int TrackCount => links.Offsets.Length - 1;

    /// <summary>The links.</summary>
    public TrackLinkTable Links => links;

    /// <inheritdoc/>
    public void Score(SparseRows facts, int from, int count, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (factors is null)
        {
            scores.Clear();
        }
        else
        {
            factors.Score(facts, from, count, scores);
            TensorPrimitives.Multiply(scores, (float)links.Parameters.FactorWeight, scores);
        }

        var sums = new LinkScores();
        for (var row = 0; row < count; row++)
        {
            sums.Begin(links.View, TrackCount);
            for (var i = facts.Offsets[from + row]; i < facts.Offsets[from + row + 1]; i++)
            {
                var x = links.Parameters.CountOf(facts.Confidences[i] / meanConfidence, facts.Preferences[i]);
                if (x > 0)
                {
                    sums.Add(links.View, facts.Columns[i], x);
                }
            }

            var target = scores.Slice(row * TrackCount, TrackCount);
            TensorPrimitives.MultiplyAdd(sums.Sums, sums.Scale, target, target);
        }
    }
}
