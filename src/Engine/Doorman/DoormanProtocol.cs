namespace Buddies.Engine.Doorman;

/// <summary>
/// The doorman: lets one model version in at a time, on every node or on none. A pure state machine; whoever owns it
/// carries out its commands and tells it what came of them.
/// </summary>
/// <remarks>
/// Deterministic: the same inputs give the same commands. Begin with <see cref="RecordLoaded"/>; all that must survive is
/// in that record, so a new owner goes on where the last one fell, even beside one that has not died yet: of two that
/// write, the store lets one through. Nothing is said to a node, and no operator is answered, before the record that it
/// rests on is durable; while that is awaited, what operators ask waits too. Not safe for concurrent use.
/// </remarks>
public sealed partial class DoormanProtocol
{
    /// <summary>Who the journal says it was where nobody asked.</summary>
    private const string Self = "doorman";

    private readonly DoormanOptions _options;

    /// <summary>The newest word of each node.</summary>
    private readonly SortedDictionary<NodeId, NodeReport> _reports = [];

    /// <summary>
    /// Since which epoch nodes have kept each version without a break, as far as this owner knows. A node that followed
    /// orders of that epoch or a later one and had the version, still has it; of an older word nobody knows.
    /// </summary>
    private readonly SortedDictionary<int, long> _keptSince = [];

    /// <summary>Since which epoch each node is being fenced, as far as this owner knows; an answer to an older request is of another time.</summary>
    private readonly SortedDictionary<Member, long> _fencingSince = [];

    private readonly SortedSet<Member> _fenced = [];
    private readonly SortedDictionary<Member, string> _left = [];

    /// <summary>When each node was shut out; what it said before does not let it in again.</summary>
    private readonly SortedDictionary<Member, long> _shutOutAt = [];

    private readonly List<DoormanInput> _waiting = [];
    private DoormanRecord? _record;
    private Pending? _pending;
    private DateTimeOffset _now;
    private DateTimeOffset _rolloutSince;

    /// <summary>Makes a protocol that knows nothing yet.</summary>
    /// <param name="options">How long it waits.</param>
    public DoormanProtocol(DoormanOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.PrepareTimeout, TimeSpan.Zero);
        _options = options;
    }

    /// <summary>The record as this owner last knew it to be durable; null before the first.</summary>
    public DoormanRecord? Record => _record;

    /// <summary>Whether a change of the record is on its way to the store.</summary>
    public bool IsWriting => _pending is not null;

    /// <summary>The newest word of each node, by name.</summary>
    public IReadOnlyCollection<NodeReport> Reports => _reports.Values;

    /// <summary>Hears one thing.</summary>
    /// <param name="input">What.</param>
    /// <returns>What to do, in this order.</returns>
    public IReadOnlyList<DoormanCommand> Handle(DoormanInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _now = input.At;
        var commands = new List<DoormanCommand>();
        switch (input)
        {
            case RecordLoaded loaded:
                Load(loaded.Record, commands);
                break;
            case RecordPersisted persisted when _pending is { } pending && pending.Write.Next.Epoch == persisted.Epoch:
                Complete(pending, pending.Write.Next, commands);
                break;
            case RecordPersisted:
                break;
            case NodeReported reported:
                Hear(reported.Report, commands);
                break;
            case NodeLeft left:
                Leave(left);
                break;
            case NodeFenced fenced:
                Fence(fenced);
                break;
            case Ticked:
                Repeat(commands);
                break;
            case OperatorInput or GatesJudged:
                _waiting.Add(input);
                break;
            default:
                throw new ArgumentException($"Expected an input of the protocol, got {input.GetType().Name}.", nameof(input));
        }

        while (_record is not null && _pending is null && (ServeOperator(commands) || Advance(commands)))
        {
        }

        return commands;
    }

    private void Load(DoormanRecord record, List<DoormanCommand> commands)
    {
        if (_pending is { } pending)
        {
            if (IsSame(record, pending.Write.Next))
            {
                // The answer was lost, the effect was not.
                Complete(pending, record, commands);
                return;
            }

            _pending = null;
            if (pending.Cause is { } cause)
            {
                _waiting.Insert(0, cause);
            }
        }

        if (_record is null || record.Epoch >= _record.Epoch)
        {
            Adopt(record, commands);
        }
    }

    private void Complete(Pending pending, DoormanRecord record, List<DoormanCommand> commands)
    {
        _pending = null;
        Adopt(record, commands);
        if (pending.Answer is { } answer)
        {
            commands.Add(answer);
        }
    }

    /// <summary>Takes a durable record for the truth and tells the nodes.</summary>
    private void Adopt(DoormanRecord record, List<DoormanCommand> commands)
    {
        var previous = _record;
        _record = record;

        // Between two records next to each other there was none; between others nobody knows what nodes were told.
        var isNext = previous is not null && record.Epoch - previous.Epoch is 0 or 1;
        Renew(_keptSince, record.Kept().Select(version => version.Value), isNext, record.Epoch);
        Renew(_fencingSince, record.Fencing, isNext, record.Epoch);
        _fenced.RemoveWhere(node => !_fencingSince.ContainsKey(node) || !isNext);
        _fenced.UnionWith(record.Fencing.Where(node => _reports.TryGetValue(node.Node, out var report) && report.From > node));
        foreach (var node in _left.Keys.Where(node => !record.Nodes.Contains(node)).ToArray())
        {
            _ = _left.Remove(node);
        }

        foreach (var node in record.Fencing)
        {
            _shutOutAt[node] = _fencingSince[node];
        }

        if (record.Rollout?.Began != previous?.Rollout?.Began)
        {
            _rolloutSince = _now;
        }

        if (previous?.Epoch != record.Epoch)
        {
            SendAll(commands, _ => true);
        }

        static void Renew<T>(SortedDictionary<T, long> since, IEnumerable<T> now, bool isNext, long epoch)
            where T : notnull
        {
            var before = new Dictionary<T, long>(since);
            since.Clear();
            foreach (var item in now)
            {
                since[item] = isNext && before.TryGetValue(item, out var known) ? known : epoch;
            }
        }
    }

    /// <summary>Sends what may have been lost once more.</summary>
    private void Repeat(List<DoormanCommand> commands)
    {
        if (_record is not null)
        {
            SendAll(commands, node => !IsUpToDate(node));
        }
    }

    private void SendAll(List<DoormanCommand> commands, Func<Member, bool> isWanted)
    {
        foreach (var node in _record!.Nodes.Union(_reports.Values.Select(report => report.From)).Where(isWanted).Order())
        {
            commands.Add(new SendOrders(NodeOrders.Of(_record, node)));
        }

        foreach (var node in _record.Fencing.Where(node => !_fenced.Contains(node)))
        {
            commands.Add(new FenceNode(node, _record.Epoch));
        }
    }

    private bool IsUpToDate(Member node) =>
        _reports.TryGetValue(node.Node, out var report)
        && report.From == node
        && report.OrderEpoch == _record!.Epoch
        && _record.Required().All(report.Prepared.Contains)
        && (!_record.Nodes.Contains(node) || report.ServingEpoch == _record.Epoch);

    /// <summary>Writes a change; what was asked is answered when it is durable, or asked again when somebody else was faster.</summary>
    private bool Write(RecordChange change, List<DoormanCommand> commands, DoormanInput? cause = null, Answer? answer = null)
    {
        var write = change.ToCommand();
        _pending = new Pending(write, cause, answer);
        commands.Add(write);
        return true;
    }

    private RecordChange NewChange() => new(_record!, _now);

    /// <summary>The same but for versions that were registered in between.</summary>
    private static bool IsSame(DoormanRecord one, DoormanRecord other) => one with { Versions = other.Versions } == other;

    private sealed record Pending(PersistRecord Write, DoormanInput? Cause, Answer? Answer);
}
