namespace Buddies.Engine.Taste;

/// <summary>
/// A playlist's vector: the fold-in of its contents as if its maker had said nothing else. Trainer and serving share it, so
/// a playlist made a minute ago stands where training would have put it.
/// </summary>
public static class PlaylistFold
{
    /// <summary>Solves for a playlist.</summary>
    /// <param name="system">Scratch space of the model's dimension.</param>
    /// <param name="scaledGram">α₀·YᵀY.</param>
    /// <param name="factors">Y, row-major.</param>
    /// <param name="trackWeights">For each row of Y, what a confidence is multiplied by.</param>
    /// <param name="rows">For each different track, its row of Y; negative where the model does not know it.</param>
    /// <param name="times">How often each of them stands in the playlist, 1 or more.</param>
    /// <param name="parameters">The model's constants.</param>
    /// <param name="transform">What an entry is worth.</param>
    /// <param name="vector">Destination, [d], of any length; zero when the model knows none of the tracks.</param>
    public static void Solve(
        FoldInSystem system,
        ReadOnlySpan<double> scaledGram,
        ReadOnlySpan<float> factors,
        ReadOnlySpan<float> trackWeights,
        ReadOnlySpan<int> rows,
        ReadOnlySpan<int> times,
        FoldInParameters parameters,
        TasteTransform transform,
        Span<float> vector)
    {
        ArgumentNullException.ThrowIfNull(transform);
        if (rows.Length != times.Length)
        {
            throw new ArgumentException($"Expected as many counts as rows, got {times.Length} and {rows.Length}.");
        }

        var confidences = new float[rows.Length];
        var preferences = new float[rows.Length];
        Array.Fill(preferences, 1);
        for (var i = 0; i < rows.Length; i++)
        {
            var weight = rows[i] >= 0 ? trackWeights[rows[i]] : 0;
            confidences[i] = (float)transform.ConfidenceOf(transform.SaveEvidence * times[i]) * weight;
        }

        FoldIn.Solve(system, scaledGram, factors, rows, confidences, preferences, parameters, vector);
    }
}
