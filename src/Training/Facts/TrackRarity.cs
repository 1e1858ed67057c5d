namespace Buddies.Training.Facts;

/// <summary>
/// What a fact's confidence is multiplied by because of its track alone: two listeners who share a track that few play
/// have said more about each other (inverse document frequency; Spärck Jones 1972).
/// </summary>
public static class TrackRarity
{
    /// <summary>About ln(N/n) of a track that one listener in 55 plays, which thus weighs 1.</summary>
    private const double Scale = 4;

    /// <summary>Weighs each track by how few have a fact about it: (ln(1 + N/n)/4)^q.</summary>
    /// <param name="interactions">[users × tracks].</param>
    /// <param name="exponent">q ≥ 0; 0 weighs all alike.</param>
    /// <returns>[tracks], above 0; a track without facts counts as one of a single listener.</returns>
    public static float[] Weigh(SparseRows interactions, double exponent)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentOutOfRangeException.ThrowIfNegative(exponent);
        return Array.ConvertAll(interactions.CountColumns(), count =>
            (float)Math.Pow(Math.Log(1 + (interactions.RowCount / Math.Max(1.0, count))) / Scale, exponent));
    }
}
