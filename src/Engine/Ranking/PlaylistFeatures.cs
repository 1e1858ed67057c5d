namespace Buddies.Engine.Ranking;

/// <summary>What the ranker knows of one playlist for one listener; each value is free of the other candidates.</summary>
/// <param name="TasteMatch">Cosine of the taste vector and the playlist's vector, −1 to 1; 0 when either is missing.</param>
/// <param name="SessionMatch">Cosine of the session vector and the playlist's vector, −1 to 1; 0 without a session.</param>
/// <param name="OwnerSimilarity">Cosine of the two listeners' taste vectors where the owner is a buddy; else 0.</param>
/// <param name="Overlap">n/(n + 5) for n of its different tracks that the listener knows, 0 to 1.</param>
/// <param name="UnheardShare">Share of its different tracks that the listener has no fact about, 0 to 1.</param>
/// <param name="DislikedShare">Share of its different tracks that speak against it (skipped more than played), 0 to 1.</param>
/// <param name="Popularity">ln(1 + followers)/ln(1 + followers of the most followed), 0 to 1.</param>
/// <param name="Diversity">Different artists per different track, 0 to 1.</param>
/// <param name="Chosen">What listeners of such a taste do with it, −1 to 1: the hyperbolic tangent of the trained ranker's score; 0 where the model has none.</param>
/// <param name="Linked">Mean score of the tracks not heard by their links to those that were, −1 to 1; 0 where the model has none, or no weight and no shelf asks for it.</param>
/// <param name="Freshness">1 for a playlist that is new here and was not seen often enough to be judged, else 0; 0 where the model ranks without <paramref name="Chosen"/> and <paramref name="Linked"/>.</param>
public readonly record struct PlaylistFeatures(
    float TasteMatch,
    float SessionMatch,
    float OwnerSimilarity,
    float Overlap,
    float UnheardShare,
    float DislikedShare,
    float Popularity,
    float Diversity,
    float Chosen = 0,
    float Linked = 0,
    float Freshness = 0);
