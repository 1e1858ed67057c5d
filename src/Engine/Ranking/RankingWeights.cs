namespace Buddies.Engine.Ranking;

/// <summary>How much each feature counts; a playlist's score is the weighted sum, so it does not depend on what it is ranked with.</summary>
/// <remarks>Set by hand so far: the match with the taste leads, the session bends, the rest breaks near-ties.</remarks>
public sealed record RankingWeights
{
    /// <summary>Weight of <see cref="PlaylistFeatures.TasteMatch"/>.</summary>
    public float TasteMatch { get; init; } = 1f;

    /// <summary>Weight of <see cref="PlaylistFeatures.SessionMatch"/>.</summary>
    public float SessionMatch { get; init; } = 0.5f;

    /// <summary>Weight of <see cref="PlaylistFeatures.OwnerSimilarity"/>.</summary>
    public float OwnerSimilarity { get; init; } = 0.5f;

    /// <summary>Weight of <see cref="PlaylistFeatures.Overlap"/>.</summary>
    public float Overlap { get; init; } = 0.3f;

    /// <summary>Weight of <see cref="PlaylistFeatures.UnheardShare"/>.</summary>
    public float UnheardShare { get; init; } = 0.1f;

    /// <summary>Weight of <see cref="PlaylistFeatures.DislikedShare"/>.</summary>
    public float DislikedShare { get; init; } = -1f;

    /// <summary>Weight of <see cref="PlaylistFeatures.Popularity"/>.</summary>
    public float Popularity { get; init; } = 0.1f;

    /// <summary>Weight of <see cref="PlaylistFeatures.Diversity"/>.</summary>
    public float Diversity { get; init; } = 0.05f;

    /// <summary>The weights that the product ships.</summary>
    public static RankingWeights Default { get; } = new();

    /// <summary>Scores one playlist.</summary>
    /// <param name="features">Its features.</param>
    /// <returns>Σ weight·feature.</returns>
    public float Score(in PlaylistFeatures features) =>
        (TasteMatch * features.TasteMatch)
        + (SessionMatch * features.SessionMatch)
        + (OwnerSimilarity * features.OwnerSimilarity)
        + (Overlap * features.Overlap)
        + (UnheardShare * features.UnheardShare)
        + (DislikedShare * features.DislikedShare)
        + (Popularity * features.Popularity)
        + (Diversity * features.Diversity);
}
