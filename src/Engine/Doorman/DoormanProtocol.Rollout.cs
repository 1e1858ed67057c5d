using System.Globalization;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>How a version gets from asked for to served.</summary>
public sealed partial class DoormanProtocol
{
    private bool AdvanceRollout(List<DoormanCommand> commands)
    {
        if (_record!.Rollout is not { } rollout || _record.Find(rollout.Version) is not { } version)
        {
            return false;
        }

        if (FindRefusal(rollout) is { } refusal)
        {
            return Write(
                Reject(rollout.Version, $"{refusal.Node}", "A node could not prepare it.", refusal.Reasons, isForGood: rollout.IsRollback), commands);
        }

        Member[] silent = [.. _record.Nodes.Where(node => !HasPrepared(node, rollout.Version))];
        if (silent.Length > 0)
        {
            return _now - _rolloutSince >= _options.PrepareTimeout && EndWaiting(rollout, silent, commands);
        }

        // Without a node nobody has looked at it; with one that may still serve by an older record, it would be half in.
        return _record.Nodes.Count > 0 && _record.Fencing.Count == 0 && Write(
            version.State == VersionState.Preparing
                ? NewChange().Set(rollout.Version, VersionState.Ready).Note(JournalAction.Ready, rollout.Version, Self, AllHaveIt())
                : Commit(rollout),
            commands);
    }

    private (Member Node, IReadOnlyList<string> Reasons)? FindRefusal(Rollout rollout)
    {
        foreach (var node in _record!.Nodes)
        {
            if (_reports.TryGetValue(node.Node, out var report)
                && report.From == node
                && report.Refusals.FirstOrDefault(one => one.Version == rollout.Version && one.Epoch >= rollout.Began) is { } refusal)
            {
                return (node, refusal.Reasons);
            }
        }

        return null;
    }

    /// <summary>Time is up: where most have it, the others are shut out; else nothing was done.</summary>
    private bool EndWaiting(Rollout rollout, Member[] silent, List<DoormanCommand> commands)
    {
        var nodes = _record!.Nodes.Count;
        if ((nodes - silent.Length) * 2 <= nodes)
        {
            return Write(
                Abort(NewChange(), Self, string.Create(CultureInfo.InvariantCulture, $"{nodes - silent.Length} of {nodes} nodes had prepared it in time.")),
                commands);
        }

        var change = NewChange();
        foreach (var node in silent)
        {
            ShutOut(change, node, $"It had not prepared version {rollout.Version} in time.");
        }

        return Write(change, commands);
    }

    private RecordChange Commit(Rollout rollout)
    {
        var (version, who, why) = (rollout.Version, rollout.Who, rollout.Why);
        if (rollout.Goal == RolloutGoal.Canary)
        {
            var metrics = new Dictionary<string, double> { ["percent"] = rollout.Percent };
            return NewChange()
                .With(record => record with { Canary = new Canary(version, rollout.Percent, _now), Rollout = null })
                .Set(version, VersionState.Canary)
                .Note(JournalAction.Canary, version, who, why, metrics: metrics);
        }

        var former = _record!.Current;
        var change = NewChange().With(record => record with { Current = version, Canary = null, Rollout = null });
        if (former.Value != 0)
        {
            _ = change.Set(former, VersionState.Retired).Note(JournalAction.Retired, former, who, $"Version {version} took its place.");
        }

        // What a version replaced is set by its way forward; after a rollback, the next one goes further back.
        return change
            .Set(version, VersionState.Current, replaced: rollout.IsRollback ? null : former)
            .Note(JournalAction.Current, version, who, why);
    }

    /// <summary>Takes what is under way back.</summary>
    private RecordChange Abort(RecordChange change, string who, string why)
    {
        if (_record!.Rollout is not { } rollout)
        {
            return change;
        }

        _ = change.With(record => record with { Rollout = null }).Note(JournalAction.Aborted, rollout.Version, who, why);
        return _record.Canary?.Version == rollout.Version
            ? change
            : change.Set(rollout.Version, rollout.IsRollback ? VersionState.Retired : VersionState.Validated);
    }

    /// <summary>Refuses a version, and ends whatever is under way with it.</summary>
    /// <param name="version">Which.</param>
    /// <param name="who">Who refuses it.</param>
    /// <param name="why">In words.</param>
    /// <param name="reasons">What is wrong with it.</param>
    /// <param name="metrics">What was measured.</param>
    /// <param name="isForGood">
    /// Whether a version that served before is refused as what a rollback goes back to, too. Else its promotion alone is
    /// refused, and it is what it was: retired.
    /// </param>
    private RecordChange Reject(
        SnapshotVersion version,
        string who,
        string why,
        IReadOnlyList<string> reasons,
        IReadOnlyDictionary<string, double>? metrics = null,
        bool isForGood = false) =>
        NewChange()
            .With(record => record with
            {
                Canary = record.Canary?.Version == version ? null : record.Canary,
                Rollout = record.Rollout?.Version == version ? null : record.Rollout,
            })
            .Set(
                version,
                !isForGood && _record!.Find(version) is { State: not VersionState.Rejected } one && _record.HasServed(one) ? VersionState.Retired : VersionState.Rejected,
                reasons)
            .Note(JournalAction.Rejected, version, who, why, reasons, metrics);

    private string AllHaveIt() => _record!.Nodes.Count == 1
        ? "The one node has prepared it."
        : string.Create(CultureInfo.InvariantCulture, $"All {_record.Nodes.Count} nodes have prepared it.");
}
