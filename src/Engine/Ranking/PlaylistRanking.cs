namespace Buddies.Engine.Ranking;

/// <summary>How a model ranks playlists beyond the match with the taste; stands in its manifest.</summary>
/// <param name="Weights">Learned weights of the features; null where too little was chosen to learn any, and those set by hand count.</param>
/// <param name="LinkScale">Mean score of links, over a playlist's tracks, that is a full match; 0 where the model has no links.</param>
public sealed record PlaylistRanking(RankingWeights? Weights, double LinkScale)
{
    /// <summary>Brings the trained ranker's score between −1 and 1, alike for every model, listener and playlist.</summary>
    /// <param name="score">u·q + b; a cosine where nobody has chosen the playlist.</param>
    /// <returns>tanh(score).</returns>
    public static float BoundChosen(float score) => MathF.Tanh(score);

    /// <summary>Brings a mean score of links between −1 and 1.</summary>
    /// <param name="mean">The mean over the tracks not heard.</param>
    /// <returns>tanh(mean/LinkScale); 0 without links.</returns>
    public float BoundLinked(float mean) => LinkScale > 0 ? MathF.Tanh((float)(mean / LinkScale)) : 0;

    /// <summary>Finds a parameter that cannot be.</summary>
    /// <returns>Null when all can; else one sentence.</returns>
    internal string? FindError() =>
        !(LinkScale >= 0 && double.IsFinite(LinkScale)) ? $"expected a link scale of 0 or more, found {LinkScale}"
        : Weights is not null && !System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<float>(Weights.ToArray()) ? "expected finite weights, found others"
        : null;
}
