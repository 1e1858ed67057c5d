using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>A node's side of the protocol: follows orders, serves what it has prepared, and nothing else.</summary>
/// <remarks>
/// A pure state machine like <see cref="DoormanProtocol"/>. Begin with <see cref="MakeReport"/>: that is how a node joins. Every
/// start of a node is admitted anew, after it has prepared what is served by then. Behind orders that it has not prepared for,
/// it goes on serving the versions of its former epoch: an admitted node has always acknowledged before anything is committed,
/// and one that was shut out is fenced.
/// </remarks>
public sealed class DoormanNode
{
    private readonly Member _self;
    private readonly SortedSet<int> _prepared = [];
    private readonly SortedSet<int> _preparing = [];
    private readonly SortedDictionary<int, NodeRefusal> _refused = [];
    private NodeOrders? _orders;

    /// <summary>Makes a node that has prepared nothing.</summary>
    /// <param name="self">Its name, the same at every start, and the number of this start.</param>
    public DoormanNode(Member self) => _self = self;

    /// <summary>Its name and the number of this start.</summary>
    public Member Self => _self;

    /// <summary>What it serves; null for nothing: it is not ready.</summary>
    public NodeServing? Serving { get; private set; }

    /// <summary>The newest orders that it follows; null before the first.</summary>
    public NodeOrders? Orders => _orders;

    /// <summary>Follows orders; older ones than those it follows change nothing.</summary>
    /// <param name="orders">What the record says to this node.</param>
    /// <returns>What to do, in this order.</returns>
    public IReadOnlyList<NodeCommand> Follow(NodeOrders orders)
    {
        ArgumentNullException.ThrowIfNull(orders);
        if (orders.To != _self)
        {
            return [];
        }

        if (_orders is not null && orders.Epoch < _orders.Epoch)
        {
            return [MakeReport()];
        }

        foreach (var refusal in _refused.Values.Where(refusal => refusal.Epoch < orders.Began).ToArray())
        {
            // Somebody asks again: what was wrong may have been mended.
            _ = _refused.Remove(refusal.Version.Value);
        }

        _orders = orders;
        var commands = new List<NodeCommand>();
        Prepare(commands);
        Settle(commands);
        return commands;
    }

    /// <summary>Tries again what it has refused: a node without what is served is of no use, and what was wrong may have been mended.</summary>
    /// <returns>What to do.</returns>
    public IReadOnlyList<NodeCommand> Retry()
    {
        var commands = new List<NodeCommand>();
        if (_refused.Count > 0)
        {
            _refused.Clear();
            Prepare(commands);
        }

        return commands;
    }

    /// <summary>A version is verified, mapped and warm, and every listener newer than its watermark is folded in.</summary>
    /// <param name="version">Which.</param>
    /// <returns>What to do.</returns>
    public IReadOnlyList<NodeCommand> Prepared(SnapshotVersion version)
    {
        var commands = new List<NodeCommand>();
        if (_preparing.Remove(version.Value))
        {
            _ = _prepared.Add(version.Value);
            Settle(commands);
        }

        return commands;
    }

    /// <summary>A version cannot be prepared.</summary>
    /// <param name="version">Which.</param>
    /// <param name="reasons">What was found wrong, one sentence each; at least one.</param>
    /// <returns>What to do.</returns>
    public IReadOnlyList<NodeCommand> Refused(SnapshotVersion version, IReadOnlyList<string> reasons)
    {
        ArgumentNullException.ThrowIfNull(reasons);
        var commands = new List<NodeCommand>();
        if (_preparing.Remove(version.Value))
        {
            _refused[version.Value] = new NodeRefusal(version, _orders!.Epoch, reasons);
            Settle(commands);
        }

        return commands;
    }

    /// <summary>Stops serving on the word of any record older than an epoch.</summary>
    /// <param name="epoch">The epoch in which it was shut out.</param>
    /// <returns>What to do; afterwards it has stopped, and says so.</returns>
    public IReadOnlyList<NodeCommand> Fence(long epoch)
    {
        var commands = new List<NodeCommand>();
        if (_orders is null || _orders.Epoch < epoch)
        {
            // Nothing older is followed any more; what the record says to it now, it has to be told.
            _orders = new NodeOrders(_self, epoch, false, default, null, 0, [], [.. _prepared.Select(version => new SnapshotVersion(version))]);
            Settle(commands);
            return commands;
        }

        return [MakeReport()];
    }

    /// <summary>What it says of itself now.</summary>
    public SendReport MakeReport() => new(new NodeReport(
        _self,
        _orders?.Epoch ?? 0,
        Serving?.Epoch ?? 0,
        [.. _prepared.Select(version => new SnapshotVersion(version))],
        [.. _refused.Values]));

    /// <summary>A node of its own in the same state, for whoever explores what may come: the model check.</summary>
    internal DoormanNode Copy()
    {
        var copy = new DoormanNode(_self) { _orders = _orders, Serving = Serving };
        copy._prepared.UnionWith(_prepared);
        copy._preparing.UnionWith(_preparing);
        foreach (var (version, refusal) in _refused)
        {
            copy._refused.Add(version, refusal);
        }

        return copy;
    }

    private static bool Has(IReadOnlyList<SnapshotVersion> versions, int version) => versions.Contains(new SnapshotVersion(version));

    private void Prepare(List<NodeCommand> commands)
    {
        foreach (var version in _orders!.Required)
        {
            if (!_prepared.Contains(version.Value) && !_refused.ContainsKey(version.Value) && _preparing.Add(version.Value))
            {
                commands.Add(new PrepareVersion(version));
            }
        }
    }

    private void Settle(List<NodeCommand> commands)
    {
        var orders = _orders!;
        if (!orders.IsAdmitted)
        {
            if (Serving is not null)
            {
                Serving = null;
                commands.Add(new StopServing());
            }
        }
        else if (Serving?.Epoch != orders.Epoch && CanServe(orders))
        {
            var next = new NodeServing(orders.Epoch, orders.Current, orders.Canary);
            Serving = next;
            commands.Add(new Serve(next));
        }

        Drop(orders, commands);
        commands.Add(MakeReport());
    }

    private bool CanServe(NodeOrders orders) =>
        Has(orders.Current) && Has(orders.Canary?.Version ?? default);

    private bool Has(SnapshotVersion version) => version.Value == 0 || _prepared.Contains(version.Value);

    /// <summary>Gives up what the orders no longer keep, but for what is served until the next flip.</summary>
    private void Drop(NodeOrders orders, List<NodeCommand> commands)
    {
        foreach (var version in _prepared.Union(_preparing).Order().ToArray())
        {
            if (!Has(orders.Kept, version) && Serving?.Current.Value != version && Serving?.Canary?.Version.Value != version)
            {
                _ = _prepared.Remove(version);
                _ = _preparing.Remove(version);
                commands.Add(new DropVersion(new SnapshotVersion(version)));
            }
        }
    }
}

/// <summary>What a node serves.</summary>
/// <param name="Epoch">The epoch of the record that says so.</param>
/// <param name="Current">The version for all; 0 for none.</param>
/// <param name="Canary">The candidate for a share of the listeners; null for none.</param>
public sealed record NodeServing(long Epoch, SnapshotVersion Current, Canary? Canary);

/// <summary>Something that the node's side of the protocol wants done.</summary>
public abstract record NodeCommand;

/// <summary>Verify, map and warm a version in the background, then say so by <see cref="DoormanNode.Prepared"/> or <see cref="DoormanNode.Refused"/>.</summary>
/// <param name="Version">Which.</param>
public sealed record PrepareVersion(SnapshotVersion Version) : NodeCommand;

/// <summary>Flip: from now on whoever asks gets these versions, all of them prepared.</summary>
/// <param name="Serving">What.</param>
public sealed record Serve(NodeServing Serving) : NodeCommand;

/// <summary>Answer nobody until the next <see cref="Serve"/>.</summary>
public sealed record StopServing : NodeCommand;

/// <summary>Give a version up once nobody reads it; where it is still being prepared, stop, and say no more of that attempt.</summary>
/// <param name="Version">Which.</param>
public sealed record DropVersion(SnapshotVersion Version) : NodeCommand;

/// <summary>Tell the doorman; the message may be lost, late, or come twice.</summary>
/// <param name="Report">What.</param>
public sealed record SendReport(NodeReport Report) : NodeCommand;
