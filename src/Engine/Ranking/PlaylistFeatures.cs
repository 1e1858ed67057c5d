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
public readonly record struct PlaylistFeatures(
    float TasteMatch,
    float SessionMatch,
    float OwnerSimilarity,
    float Overlap,
    float UnheardShare,
    float DislikedShare,
    float Popularity,
    float Diversity);
