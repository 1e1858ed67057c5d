using System.Collections.ObjectModel;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Doorman;

/// <summary>What a commit without the doorman makes of the record: nobody is asked to prepare anything.</summary>
internal static class DirectCommit
{
    private const string Who = "tool";

    public static (DoormanRecord Next, IReadOnlyList<JournalEntry> Journal) Make(DoormanRecord record, SnapshotVersion version, DateTimeOffset at)
    {
        var next = record with
        {
            Epoch = record.Epoch + 1,
            Current = version,
            Canary = null,
            Rollout = null,
            Versions = [.. record.Versions.Select(one => After(record, one, version))],
        };
        var journal = new List<JournalEntry>();
        if (record.Current.Value != 0 && record.Current != version)
        {
            journal.Add(Entry(JournalAction.Retired, record.Current, $"Version {version} took its place."));
        }

        journal.Add(Entry(JournalAction.Current, version, "Committed without the doorman."));
        return (next, journal);

        JournalEntry Entry(JournalAction action, SnapshotVersion of, string why) =>
            new(next.Epoch, at, action, of, Who, why, [], ReadOnlyDictionary<string, double>.Empty);
    }

    private static VersionRecord After(DoormanRecord record, VersionRecord one, SnapshotVersion version)
    {
        if (one.Version == version)
        {
            return one.Version == record.Current || one.State == VersionState.Retired
                ? one with { State = VersionState.Current, Reasons = [] }
                : one with { State = VersionState.Current, Reasons = [], Replaced = record.Current };
        }

        if (one.Version == record.Current)
        {
            return one with { State = VersionState.Retired };
        }

        return one.Version == record.Canary?.Version || one.Version == record.Rollout?.Version
            ? one with { State = record.Rollout is { IsRollback: true } rollout && rollout.Version == one.Version ? VersionState.Retired : VersionState.Validated }
            : one;
    }
}
