using System.Collections.ObjectModel;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>A change of the record in the making, with the journal that tells of it.</summary>
internal sealed class RecordChange(DoormanRecord before, DateTimeOffset at)
{
    private readonly List<JournalEntry> _journal = [];
    private DoormanRecord _next = before with { Epoch = before.Epoch + 1 };

    /// <summary>The record as it will be.</summary>
    public DoormanRecord Next => _next;

    /// <summary>Changes the record's own parts; versions go by <see cref="Set"/>.</summary>
    public RecordChange With(Func<DoormanRecord, DoormanRecord> change)
    {
        _next = change(_next);
        return this;
    }

    /// <summary>Puts a version into a state.</summary>
    /// <param name="version">A registered version.</param>
    /// <param name="state">The state.</param>
    /// <param name="reasons">What was found wrong; null for nothing.</param>
    /// <param name="replaced">What it replaced; null leaves that as it is.</param>
    public RecordChange Set(
        SnapshotVersion version, VersionState state, IReadOnlyList<string>? reasons = null, SnapshotVersion? replaced = null)
    {
        _next = _next with
        {
            Versions =
            [
                .. _next.Versions.Select(record => record.Version == version
                    ? record with { State = state, Reasons = reasons ?? [], Replaced = replaced ?? record.Replaced }
                    : record),
            ],
        };
        return this;
    }

    /// <summary>Adds a line to the journal.</summary>
    public RecordChange Note(
        JournalAction action,
        SnapshotVersion version,
        string who,
        string why,
        IReadOnlyList<string>? reasons = null,
        IReadOnlyDictionary<string, double>? metrics = null)
    {
        _journal.Add(new JournalEntry(
            _next.Epoch, at, action, version, who, why, reasons ?? [], metrics ?? ReadOnlyDictionary<string, double>.Empty));
        return this;
    }

    /// <summary>The compare-and-set that makes it true.</summary>
    public PersistRecord ToCommand() => new(before.Epoch, _next, _journal);
}
