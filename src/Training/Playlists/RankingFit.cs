using Buddies.Engine.Ranking;

namespace Buddies.Training.Playlists;

/// <summary>
/// Learns what each feature counts: a pairwise logistic regression, chosen candidates against others of the same listener, drawn
/// to the weights that are set by hand.
/// </summary>
public static class RankingFit
{
    /// <summary>Candidates not chosen that are looked at for each listener.</summary>
    private const int Others = 60;

    /// <summary>How many listeners the weights set by hand are worth.</summary>
    private const double Strength = 20;

    /// <summary>Logits of a point before anything was learned: one point then wins 19 of 20 comparisons.</summary>
    private const double UsualScale = 3;

    private const int MostSteps = 30;

    /// <summary>Learns.</summary>
    /// <param name="examples">Listeners; each counts as much as any other.</param>
    /// <param name="start">The weights set by hand.</param>
    /// <param name="isOpen">[features], whether a feature may count beyond what it does in <paramref name="start"/>.</param>
    /// <param name="seed">Chooses the candidates that are looked at.</param>
    /// <returns>Weights of scores as far apart as under <paramref name="start"/>; those themselves where nothing can be learned.</returns>
    public static RankingWeights Learn(IReadOnlyList<RankingExample> examples, RankingWeights start, ReadOnlySpan<bool> isOpen, int seed)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(start);
        var k = RankingExample.Width;
        var pairs = Pairs(examples, seed);
        double[] byHand = [.. start.ToArray().Select(weight => (double)weight)];
        if (pairs.Count == 0)
        {
            return start;
        }

        var scale = FitScale(pairs, byHand);
        var prior = byHand.Select(weight => weight * scale).ToArray();
        var spread = new double[k];
        foreach (var (difference, weight) in pairs)
        {
            for (var i = 0; i < k; i++)
            {
                spread[i] += weight * difference[i] * difference[i];
            }
        }

        var total = pairs.Sum(pair => pair.Weight);
        var precision = spread.Select(sum => Strength * sum / total).ToArray();
        var w = (double[])prior.Clone();
        for (var step = 0; step < MostSteps; step++)
        {
            var (slope, bend) = (new double[k], new double[k * k]);
            foreach (var (difference, weight) in pairs)
            {
                var doubt = 1 / (1 + Math.Exp(System.Numerics.Tensors.TensorPrimitives.Dot<double>(w, difference)));
                for (var i = 0; i < k; i++)
                {
                    slope[i] += weight * doubt * difference[i];
                    for (var j = 0; j < k; j++)
                    {
                        bend[(i * k) + j] += weight * doubt * (1 - doubt) * difference[i] * difference[j];
                    }
                }
            }

            for (var i = 0; i < k; i++)
            {
                // What is closed, or never differs, stays where it is.
                var isFree = isOpen[i] && precision[i] > 1e-12;
                slope[i] = isFree ? slope[i] - (precision[i] * (w[i] - prior[i])) : 0;
                bend[(i * k) + i] += isFree ? precision[i] : 1e12;
            }

            var move = Solve(bend, slope);
            var length = 0.0;
            for (var i = 0; i < k; i++)
            {
                var isFree = isOpen[i] && precision[i] > 1e-12;
                w[i] += isFree ? move[i] : 0;
                length = Math.Max(length, isFree ? Math.Abs(move[i]) : 0);
            }

            if (length < 1e-9)
            {
                break;
            }
        }

        return Rescale(w, byHand, pairs);
    }

    /// <summary>By differences, so that how far scores lie apart is what it was: reward, diversity and exploration are measured in it.</summary>
    private static RankingWeights Rescale(double[] w, double[] byHand, List<(double[] Difference, double Weight)> pairs)
    {
        var (learned, hand) = (0.0, 0.0);
        foreach (var (difference, weight) in pairs)
        {
            learned += weight * Math.Pow(System.Numerics.Tensors.TensorPrimitives.Dot<double>(w, difference), 2);
            hand += weight * Math.Pow(System.Numerics.Tensors.TensorPrimitives.Dot<double>(byHand, difference), 2);
        }

        var factor = learned > 0 ? Math.Sqrt(hand / learned) : 1;
        return RankingWeights.From([.. w.Select(weight => (float)(weight * factor))]);
    }

    private static List<(double[] Difference, double Weight)> Pairs(IReadOnlyList<RankingExample> examples, int seed)
    {
        var k = RankingExample.Width;
        var pairs = new List<(double[], double)>();
        foreach (var example in examples)
        {
            var random = new Random(unchecked((seed * 1_000_003) + example.Listener));
            int[] others = [.. Enumerable.Range(0, example.Count).Where(i => Array.BinarySearch(example.Chosen, i) < 0)];
            random.Shuffle(others);
            var count = Math.Min(Others, others.Length);
            foreach (var chosen in example.Chosen)
            {
                for (var i = 0; i < count; i++)
                {
                    var difference = new double[k];
                    System.Numerics.Tensors.TensorPrimitives.Subtract(example.Of(chosen), example.Of(others[i]), difference);
                    pairs.Add((difference, 1.0 / (example.Chosen.Length * count)));
                }
            }
        }

        return pairs;
    }

    /// <summary>Logits that a point of the score by hand is worth; drawn to <see cref="UsualScale"/> as strongly as the weights to theirs.</summary>
    private static double FitScale(List<(double[] Difference, double Weight)> pairs, double[] byHand)
    {
        var scale = UsualScale;
        var spread = pairs.Sum(pair => pair.Weight * Math.Pow(System.Numerics.Tensors.TensorPrimitives.Dot<double>(byHand, pair.Difference), 2));
        var precision = Strength * spread / pairs.Sum(pair => pair.Weight);
        for (var step = 0; step < MostSteps; step++)
        {
            var (slope, bend) = (0.0, 1e-9);
            foreach (var (difference, weight) in pairs)
            {
                var score = System.Numerics.Tensors.TensorPrimitives.Dot<double>(byHand, difference);
                var doubt = 1 / (1 + Math.Exp(scale * score));
                slope += weight * doubt * score;
                bend += weight * doubt * (1 - doubt) * score * score;
            }

            slope -= precision * (scale - UsualScale);
            scale = Math.Clamp(scale + (slope / (bend + precision)), 0.1, 50);
        }

        return scale;
    }

    /// <summary>Gauss's elimination of a positive definite system.</summary>
    private static double[] Solve(double[] matrix, double[] right)
    {
        var k = right.Length;
        for (var pivot = 0; pivot < k; pivot++)
        {
            for (var row = pivot + 1; row < k; row++)
            {
                var factor = matrix[(row * k) + pivot] / matrix[(pivot * k) + pivot];
                for (var j = pivot; j < k; j++)
                {
                    matrix[(row * k) + j] -= factor * matrix[(pivot * k) + j];
                }

                right[row] -= factor * right[pivot];
            }
        }

        for (var row = k - 1; row >= 0; row--)
        {
            for (var j = row + 1; j < k; j++)
            {
                right[row] -= matrix[(row * k) + j] * right[j];
            }

            right[row] /= matrix[(row * k) + row];
        }

        return right;
    }
}
