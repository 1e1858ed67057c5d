namespace Buddies.Engine.Ranking;

/// <summary>How much each feature counts; a playlist's score is the weighted sum, so it does not depend on what it is ranked with.</summary>
/// <remarks>
/// The defaults are set by hand: the match with the taste leads, the session bends, the rest breaks near-ties. A model may bring
/// weights that were learned when it was trained.
/// </remarks>
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

    /// <summary>Weight of <see cref="PlaylistFeatures.Chosen"/>. Default 0: a model that has proved it brings its own.</summary>
    public float Chosen { get; init; }

    /// <summary>Weight of <see cref="PlaylistFeatures.Linked"/>. Default 0: a model that has proved it brings its own.</summary>
    public float Linked { get; init; }

    /// <summary>Weight of <see cref="PlaylistFeatures.Freshness"/>. Default 0: what a new playlist is worth is learned from pages.</summary>
    public float Freshness { get; init; }

    /// <summary>The weights that the product ships.</summary>
    public static RankingWeights Default { get; } = new();

    /// <summary>The features' names, in the order of <see cref="ToArray"/>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["tasteMatch", "sessionMatch", "ownerSimilarity", "overlap", "unheardShare", "dislikedShare", "popularity", "diversity", "chosen", "linked", "freshness"];

    /// <summary>The weights in the order of <see cref="Names"/>.</summary>
    /// <returns>An array of its own.</returns>
    public float[] ToArray() =>
        [TasteMatch, SessionMatch, OwnerSimilarity, Overlap, UnheardShare, DislikedShare, Popularity, Diversity, Chosen, Linked, Freshness];

    /// <summary>Makes weights of numbers in the order of <see cref="Names"/>.</summary>
    /// <param name="weights">As many as there are names, finite.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    /// <returns>The weights.</returns>
    public static RankingWeights From(ReadOnlySpan<float> weights)
    {
        if (weights.Length != Names.Count || !System.Numerics.Tensors.TensorPrimitives.IsFiniteAll(weights))
        {
            throw new ArgumentException($"Expected {Names.Count} finite weights, got {weights.Length} numbers.", nameof(weights));
        }

        return new RankingWeights
        {
            TasteMatch = weights[0],
            SessionMatch = weights[1],
            OwnerSimilarity = weights[2],
            Overlap = weights[3],
            UnheardShare = weights[4],
            DislikedShare = weights[5],
            Popularity = weights[6],
            Diversity = weights[7],
            Chosen = weights[8],
            Linked = weights[9],
            Freshness = weights[10],
        };
    }

    /// <summary>Features in the order of <see cref="Names"/>.</summary>
    /// <param name="features">The features.</param>
    /// <param name="destination">As long as there are names.</param>
    public static void Copy(in PlaylistFeatures features, Span<double> destination)
    {
        destination[0] = features.TasteMatch;
        destination[1] = features.SessionMatch;
        destination[2] = features.OwnerSimilarity;
        destination[3] = features.Overlap;
        destination[4] = features.UnheardShare;
        destination[5] = features.DislikedShare;
        destination[6] = features.Popularity;
        destination[7] = features.Diversity;
        destination[8] = features.Chosen;
        destination[9] = features.Linked;
        destination[10] = features.Freshness;
    }

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
        + (Diversity * features.Diversity)
        + (Chosen * features.Chosen)
        + (Linked * features.Linked)
        + (Freshness * features.Freshness);
}
