using Buddies.Engine.Bandits;

namespace Buddies.Grains.Home;

/// <summary>
/// What one silo has summed up since its last commit: all of it adds up with what others have, in any order. It has a name, by
/// which it is found in the cluster's record when nobody knows whether its commit took effect.
/// </summary>
/// <param name="Name">Never given twice.</param>
/// <param name="Learned">Sums of rewards.</param>
/// <param name="Fresh">Sights of new playlists; null for none.</param>
/// <param name="Days">Counts of insights, by day.</param>
/// <param name="Undone">Hides that were taken back: what they taught may be in the record, or in this.</param>
internal sealed record Contribution(
    string Name, PolicyLearner Learned, string? Fresh, IReadOnlyList<(long Day, string Text)> Days, IReadOnlyList<HideUndone> Undone)
{
    /// <summary>The record's number when its commit was tried without an answer; null where it was not.</summary>
    public long? TriedAt { get; set; }

    public bool IsEmpty => Learned.Pages == 0 && Fresh is null && Days.Count == 0 && Undone.Count == 0;
}
