using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>Which versions' files may go.</summary>
public static class Retention
{
    /// <summary>How many versions stay at least.</summary>
    public const int Least = 3;

    /// <summary>The versions whose files nobody needs: retired or rejected ones, the oldest first.</summary>
    /// <param name="record">The doorman's record.</param>
    /// <param name="keep">How many versions keep their files, 3 or more; those that are served, rolled out or waiting count.</param>
    /// <returns>Ascending; never one that a node serves or prepares, nor the two versions that rollbacks would go back to first.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is less than 3.</exception>
    public static IReadOnlyList<SnapshotVersion> Collectable(DoormanRecord record, int keep = Least)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, Least);
        var inUse = new HashSet<SnapshotVersion>(record.Required());
        var at = record.Current;
        for (var back = 0; back < Least - 1 && FormerOf(record, at) is { } former; back++)
        {
            _ = inUse.Add(former);
            at = former;
        }

        VersionRecord[] kept = [.. record.Versions.Where(version => version.State != VersionState.Collected)];
        VersionRecord[] spare =
        [
            .. kept.Where(version => version.State is VersionState.Retired or VersionState.Rejected && !inUse.Contains(version.Version)),
        ];
        var count = Math.Clamp(kept.Length - keep, 0, spare.Length);
        return [.. spare.Take(count).Select(version => version.Version)];
    }

    /// <summary>The versions that serving does not need: all but those that a node serves or prepares, also those a rollback would go back to.</summary>
    /// <param name="record">The doorman's record.</param>
    /// <returns>Ascending; for what has to go whatever is lost with it.</returns>
    public static IReadOnlyList<SnapshotVersion> Spare(DoormanRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var inUse = record.Required();
        return [.. record.Versions.Where(version => version.State != VersionState.Collected && !inUse.Contains(version.Version)).Select(version => version.Version)];
    }

    private static SnapshotVersion? FormerOf(DoormanRecord record, SnapshotVersion version) =>
        (record with { Current = version }).Former;
}
