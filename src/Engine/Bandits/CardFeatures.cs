using Buddies.Engine.Ranking;

namespace Buddies.Engine.Bandits;

/// <summary>What the card policy knows of one candidate for one listener: the ranker's features and what was shown before.</summary>
public static class CardFeatures
{
    /// <summary>k: how many numbers.</summary>
    public const int Count = 14;

    /// <summary>How many there were before a model could bring a ranker of playlists; those came first, and still do.</summary>
    public const int FormerCount = 11;

    private const int SeenPlace = 9;

    private const int YoursPlace = 10;

    /// <summary>Reward that one point of the ranker's score is worth before anything was learned.</summary>
    private const double RewardOfScore = 0.1;

    /// <summary>Reward of a card of score 0 before anything was learned.</summary>
    private const double RewardOfNothing = 0.02;

    /// <summary>A card that was seen three times without a click is thought this much worse.</summary>
    private const double RewardOfSeen = -0.1;

    /// <summary>What each of the <see cref="Count"/> numbers is called.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [
            "any card", "taste match", "session match", "owner's similarity", "overlap", "unheard share", "disliked share", "popularity", "diversity", "seen before", "yours",
            "chosen by your like", "linked to your tracks", "new here",
        ];

    /// <summary>Arranges the features.</summary>
    /// <param name="features">The ranker's.</param>
    /// <param name="timesSeen">How often the card was seen of late without a click, 0 or more.</param>
    /// <param name="isYours">Whether the listener follows, keeps or lately played it.</param>
    /// <returns>[<see cref="Count"/>]: a one, eight of the ranker's, seen n/(n + 3), yours 0 or 1, and the ranker's other three.</returns>
    public static float[] Of(in PlaylistFeatures features, double timesSeen, bool isYours) =>
    [
        1,
        features.TasteMatch,
        features.SessionMatch,
        features.OwnerSimilarity,
        features.Overlap,
        features.UnheardShare,
        features.DislikedShare,
        features.Popularity,
        features.Diversity,
        (float)(timesSeen / (timesSeen + 3)),
        isYours ? 1 : 0,
        features.Chosen,
        features.Linked,
        features.Freshness,
    ];

    /// <summary>The ranker's weights as the prior of what is learned.</summary>
    /// <param name="weights">The ranker's weights.</param>
    /// <returns>[<see cref="Count"/>], prior mean of θ.</returns>
    public static double[] PriorOf(RankingWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        double[] prior =
        [
            RewardOfNothing,
            weights.TasteMatch,
            weights.SessionMatch,
            weights.OwnerSimilarity,
            weights.Overlap,
            weights.UnheardShare,
            weights.DislikedShare,
            weights.Popularity,
            weights.Diversity,
            RewardOfSeen,
            0,
            weights.Chosen,
            weights.Linked,
            weights.Freshness,
        ];
        for (var i = 1; i < prior.Length; i++)
        {
            prior[i] *= i is SeenPlace or YoursPlace ? 1 : RewardOfScore;
        }

        return prior;
    }

    /// <summary>The reward that is expected of a card where one model alone ranks its shelf: what it says, and less for a card that was seen.</summary>
    internal static double PromiseOf(float score, ReadOnlySpan<double> x) => RewardOfNothing + (RewardOfScore * score) + (RewardOfSeen * x[SeenPlace]);

    /// <summary>The same as <see cref="Of"/>, wide and without an array.</summary>
    internal static void Fill(in PlaylistFeatures features, double timesSeen, bool isYours, Span<double> x)
    {
        x[0] = 1;
        x[1] = features.TasteMatch;
        x[2] = features.SessionMatch;
        x[3] = features.OwnerSimilarity;
        x[4] = features.Overlap;
        x[5] = features.UnheardShare;
        x[6] = features.DislikedShare;
        x[7] = features.Popularity;
        x[8] = features.Diversity;
        x[9] = timesSeen / (timesSeen + 3);
        x[10] = isYours ? 1 : 0;
        x[11] = features.Chosen;
        x[12] = features.Linked;
        x[13] = features.Freshness;
    }

    /// <summary>Features that were kept when there were fewer, with zeros for those that came since.</summary>
    /// <param name="features">[<see cref="Count"/>] or [<see cref="FormerCount"/>].</param>
    /// <returns>[<see cref="Count"/>]; what has another length as it is.</returns>
    public static float[] Complete(float[] features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return features.Length == FormerCount ? [.. features, .. new float[Count - FormerCount]] : features;
    }

    /// <summary>Widens features for the linear belief.</summary>
    /// <param name="features">[<see cref="Count"/>].</param>
    /// <param name="x">Destination, [<see cref="Count"/>].</param>
    internal static void Widen(ReadOnlySpan<float> features, Span<double> x)
    {
        for (var i = 0; i < features.Length; i++)
        {
            x[i] = features[i];
        }
    }
}
