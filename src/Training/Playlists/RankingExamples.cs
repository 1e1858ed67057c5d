using Buddies.Engine.Ranking;

namespace Buddies.Training.Playlists;

/// <summary>One listener's candidates, as serving would find them, and which of them were chosen.</summary>
/// <param name="Listener">The listener's position in the facts.</param>
/// <param name="Features">[candidates × features], row-major, in the order of <see cref="RankingWeights.Names"/>.</param>
/// <param name="Chosen">The candidates that were chosen and hidden, ascending.</param>
/// <param name="Hidden">All that were hidden, among the candidates or not.</param>
public sealed record RankingExample(int Listener, double[] Features, int[] Chosen, int Hidden)
{
    /// <summary>Features of a candidate.</summary>
    public static int Width => RankingWeights.Names.Count;

    /// <summary>Candidates.</summary>
    public int Count => Features.Length / Width;

    /// <summary>The features of a candidate.</summary>
    public ReadOnlySpan<double> Of(int candidate) => Features.AsSpan(candidate * Width, Width);

    /// <summary>Candidates, best first; equal ones by place.</summary>
    /// <param name="weights">A weight for each feature.</param>
    public int[] Rank(ReadOnlySpan<double> weights)
    {
        var (order, scores) = (new int[Count], new double[Count]);
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            scores[i] = -System.Numerics.Tensors.TensorPrimitives.Dot(weights, Of(i));
        }

        // Chosen ones stand in no order of their own among the candidates, so ties favour nobody.
        return [.. order.OrderBy(i => scores[i]).ThenBy(i => i)];
    }
}
