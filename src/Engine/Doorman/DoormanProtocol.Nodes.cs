using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>Who may serve.</summary>
public sealed partial class DoormanProtocol
{
    private void Hear(NodeReport report, List<DoormanCommand> commands)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (_reports.TryGetValue(report.From.Node, out var known))
        {
            if (known.From > report.From || (known.From == report.From && known.OrderEpoch > report.OrderEpoch))
            {
                return;
            }

            if (known.From == report.From && known.OrderEpoch == report.OrderEpoch)
            {
                // Under the same orders a node only gets further; two reports may have overtaken each other.
                report = report with
                {
                    ServingEpoch = Math.Max(report.ServingEpoch, known.ServingEpoch),
                    Prepared = [.. known.Prepared.Union(report.Prepared)],
                    Refusals = [.. known.Refusals.UnionBy(report.Refusals, refusal => refusal.Version)],
                };
            }
        }

        _reports[report.From.Node] = report;
        foreach (var node in _fencingSince.Keys.Where(node => node.Node == report.From.Node && node < report.From))
        {
            // A later start speaks, so the earlier one has ended.
            _ = _fenced.Add(node);
        }

        if (_record is not null && report.OrderEpoch < _record.Epoch)
        {
            commands.Add(new SendOrders(NodeOrders.Of(_record, report.From)));
        }
    }

    private void Leave(NodeLeft left)
    {
        if (_reports.TryGetValue(left.Node.Node, out var report) && report.From == left.Node)
        {
            _ = _reports.Remove(left.Node.Node);
        }

        if (_record?.Nodes.Contains(left.Node) == true)
        {
            _left[left.Node] = left.Why;
        }
    }

    private void Fence(NodeFenced fenced)
    {
        if (_fencingSince.TryGetValue(fenced.Node, out var since) && fenced.Epoch >= since)
        {
            _ = _fenced.Add(fenced.Node);
        }
    }

    /// <summary>Does what can be done without being asked.</summary>
    /// <returns>Whether something is being written.</returns>
    private bool Advance(List<DoormanCommand> commands) =>
        ShutOutLeft(commands) || NoteFenced(commands) || AdvanceRollout(commands) || Admit(commands);

    private bool ShutOutLeft(List<DoormanCommand> commands)
    {
        if (_left.Count == 0)
        {
            return false;
        }

        var change = NewChange();
        foreach (var (node, why) in _left)
        {
            ShutOut(change, node, why);
        }

        return Write(change, commands);
    }

    private static void ShutOut(RecordChange change, Member node, string why) => change
        .With(record => record with
        {
            Nodes = [.. record.Nodes.Where(other => other != node)],
            Fencing = [.. record.Fencing.Append(node).Distinct().Order()],
        })
        .Note(JournalAction.ShutOut, default, $"{node}", why);

    private bool NoteFenced(List<DoormanCommand> commands)
    {
        if (_fenced.Count == 0)
        {
            return false;
        }

        var change = NewChange().With(record => record with { Fencing = [.. record.Fencing.Where(node => !_fenced.Contains(node))] });
        foreach (var node in _fenced)
        {
            _ = change.Note(JournalAction.Fenced, default, $"{node}", "It serves nothing any more on the word of an older record.");
        }

        return Write(change, commands);
    }

    /// <summary>Lets in who has prepared all that is served; a later start takes the place of an earlier one.</summary>
    private bool Admit(List<DoormanCommand> commands)
    {
        Member[] joining =
        [
            .. _reports.Values.Where(report => MayServe(report.From, report.OrderEpoch)).Select(report => report.From),
        ];
        if (joining.Length == 0)
        {
            return false;
        }

        var change = NewChange();
        foreach (var node in joining)
        {
            _ = _shutOutAt.Remove(node);
            _ = change
                .With(record => record with { Nodes = [.. record.Nodes.Where(other => other.Node != node.Node).Append(node).Order()] })
                .Note(JournalAction.Admitted, default, $"{node}", "It has prepared all that is served.");
        }

        return Write(change, commands);
    }

    private bool MayServe(Member node, long orderEpoch) =>
        !_record!.Nodes.Contains(node)
        && !_record.Fencing.Contains(node)
        && orderEpoch >= _shutOutAt.GetValueOrDefault(node)
        && _record.Served().All(version => HasPrepared(node, version));

    /// <summary>Whether a node has acknowledged a version, and cannot have given it up since.</summary>
    private bool HasPrepared(Member node, SnapshotVersion version) =>
        _reports.TryGetValue(node.Node, out var report)
        && report.From == node
        && report.Prepared.Contains(version)
        && _keptSince.TryGetValue(version.Value, out var since)
        && report.OrderEpoch >= since;
}
