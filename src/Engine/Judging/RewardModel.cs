using Buddies.Engine.Bandits;

namespace Buddies.Engine.Judging;

/// <summary>A ridge regression of rewards on features, for the doubly robust estimate. Learned in two halves, so that no draw is predicted by a model that has seen its unit.</summary>
public sealed class RewardModel
{
    private const double Strength = 5;

    private readonly LinearArm[] _halves = new LinearArm[2];

    private RewardModel()
    {
    }

    /// <summary>Learns.</summary>
    /// <param name="features">For each draw, the features of what was drawn; all of one length.</param>
    /// <param name="rewards">For each draw, what came of it.</param>
    /// <param name="units">For each draw, its unit.</param>
    /// <returns>The model.</returns>
    public static RewardModel Learn(IReadOnlyList<float[]> features, ReadOnlySpan<double> rewards, ReadOnlySpan<int> units)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Count != rewards.Length || features.Count != units.Length)
        {
            throw new ArgumentException($"Expected as many rewards and units as draws, got {features.Count}, {rewards.Length}, {units.Length}.");
        }

        var k = features.Count > 0 ? features[0].Length : 1;
        var model = new RewardModel();
        for (var half = 0; half < 2; half++)
        {
            var (outer, products) = (new double[k * k], new double[k]);
            for (var i = 0; i < features.Count; i++)
            {
                if (HalfOf(units[i]) == half)
                {
                    continue;
                }

                var x = features[i];
                for (var a = 0; a < k; a++)
                {
                    products[a] += x[a] * rewards[i];
                    for (var b = 0; b < k; b++)
                    {
                        outer[(a * k) + b] += (double)x[a] * x[b];
                    }
                }
            }

            model._halves[half] = LinearArm.Solve(new double[k], Strength, outer, products, 1);
        }

        return model;
    }

    /// <summary>Predicts a reward.</summary>
    /// <param name="features">As learned from.</param>
    /// <param name="unit">Whose draw it is: the half that has not seen this unit predicts.</param>
    /// <returns>The expected reward.</returns>
    public double Predict(ReadOnlySpan<float> features, int unit)
    {
        Span<double> x = stackalloc double[features.Length];
        CardFeatures.Widen(features, x);
        return _halves[HalfOf(unit)].MeanAt(x);
    }

    /// <summary>Which half predicts a unit: the one that has learned from all others.</summary>
    private static int HalfOf(int unit) => (int)(Draws.Mix((ulong)unit) & 1);
}
