using Buddies.Engine.Doorman;

namespace Buddies.Storage.Doorman;

/// <summary>What must hold of a change of the doorman's record, whatever store it goes into.</summary>
internal static class DoormanWrites
{
    /// <exception cref="ArgumentException">The epochs do not follow each other.</exception>
    public static void Check(long expectedEpoch, DoormanRecord next, IReadOnlyList<JournalEntry> journal)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(journal);
        if (next.Epoch != expectedEpoch + 1 || journal.Any(entry => entry.Epoch != next.Epoch))
        {
            throw new ArgumentException($"Expected epoch {expectedEpoch + 1} after {expectedEpoch}, in the record and in the journal; got {next.Epoch}.", nameof(next));
        }
    }

    /// <exception cref="InvalidOperationException">The change names a version that is not registered.</exception>
    public static void CheckVersions(DoormanRecord before, DoormanRecord next)
    {
        foreach (var version in next.Versions.Select(one => one.Version).Concat(next.Required()))
        {
            if (before.Find(version) is null)
            {
                throw new InvalidOperationException($"Version {version} is not registered.");
            }
        }
    }
}
