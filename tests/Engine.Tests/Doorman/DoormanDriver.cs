using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>An owner with a store in memory and nodes that do as they are told: drives the protocol without a fault.</summary>
internal sealed class DoormanDriver
{
    private static readonly DoormanOptions s_options = new() { PrepareTimeout = TimeSpan.FromMinutes(10) };
    private readonly Queue<DoormanInput> _inputs = new();
    private DoormanProtocol _owner = new(s_options);
    private long _requests;

    public DoormanDriver(int nodes, params VersionState[] versions)
    {
        Store = DoormanRecord.Empty with
        {
            Versions = [.. versions.Select((state, i) => new VersionRecord(new SnapshotVersion(i + 1), state, default, []))],
        };
        Restart();
        for (var i = 0; i < nodes; i++)
        {
            Start($"{(char)('a' + i)}");
        }
    }

    public DateTimeOffset Now { get; set; } = new(2026, 5, 6, 7, 8, 9, TimeSpan.Zero);

    public DoormanRecord Store { get; set; }

    public List<JournalEntry> Journal { get; } = [];

    public Dictionary<string, DoormanNode> Nodes { get; } = [];

    /// <summary>Nodes that hear nothing.</summary>
    public HashSet<string> Silent { get; } = [];

    /// <summary>Nodes that refuse these versions, and why.</summary>
    public Dictionary<(string Node, int Version), string> Refusing { get; } = [];

    /// <summary>Whether nodes finish what they prepare.</summary>
    public bool Prepares { get; set; } = true;

    /// <summary>Every command of the owner, in order.</summary>
    public List<DoormanCommand> Commands { get; } = [];

    public DoormanProtocol Owner => _owner;

    public VersionState StateOf(int version) => Store.Find(new SnapshotVersion(version))!.State;

    public void Restart()
    {
        _owner = new DoormanProtocol(s_options);
        Tell(new RecordLoaded(Now, Store));
    }

    public void Start(string name)
    {
        var incarnation = Nodes.TryGetValue(name, out var before) ? before.Self.Incarnation + 1 : 1;
        Nodes[name] = new DoormanNode(new Member(new NodeId(name), incarnation));
        Carry(name, [Nodes[name].MakeReport()]);
        Run();
    }

    public Answer Ask(Func<DateTimeOffset, long, OperatorInput> asked)
    {
        var request = ++_requests;
        var before = Commands.Count;
        Tell(asked(Now, request));
        return Commands.Skip(before).OfType<Answer>().Single(answer => answer.Request == request);
    }

    public Answer Promote(int version) =>
        Ask((at, request) => new RolloutRequested(at, request, "ann", "because", new SnapshotVersion(version), RolloutGoal.Current));

    public Answer Canary(int version, double percent) =>
        Ask((at, request) => new RolloutRequested(at, request, "ann", "because", new SnapshotVersion(version), RolloutGoal.Canary, percent));

    public Answer Reject(int version) =>
        Ask((at, request) => new RejectRequested(at, request, "ann", "bad songs", new SnapshotVersion(version)));

    /// <summary>The gates speak; without a reason they let it through.</summary>
    public void Judge(int version, params string[] reasons) =>
        Tell(new GatesJudged(Now, new SnapshotVersion(version), reasons, new Dictionary<string, double>(), ++_requests, "gates"));

    public Answer RollBack(int? version = null) =>
        Ask((at, request) => new RollbackRequested(at, request, "ann", "", version is { } number ? new SnapshotVersion(number) : null));

    public void Tick(TimeSpan time)
    {
        Now += time;
        Tell(new Ticked(Now));
    }

    public void Tell(DoormanInput input)
    {
        _inputs.Enqueue(input);
        Run();
    }

    /// <summary>Lets every node finish what it was kept from.</summary>
    public void FinishPreparing(params int[] versions)
    {
        foreach (var (name, node) in Nodes)
        {
            foreach (var version in versions)
            {
                Carry(name, node.Prepared(new SnapshotVersion(version)));
            }
        }

        Run();
    }

    private void Run()
    {
        while (_inputs.TryDequeue(out var input))
        {
            foreach (var command in _owner.Handle(input))
            {
                Commands.Add(command);
                switch (command)
                {
                    case PersistRecord write when write.ExpectedEpoch == Store.Epoch:
                        Store = write.Next;
                        Journal.AddRange(write.Journal);
                        _inputs.Enqueue(new RecordPersisted(Now, Store.Epoch));
                        break;
                    case PersistRecord:
                        _inputs.Enqueue(new RecordLoaded(Now, Store));
                        break;
                    case SendOrders send when !Silent.Contains(send.Orders.To.Node.Value) && Nodes.TryGetValue(send.Orders.To.Node.Value, out var node):
                        Carry(send.Orders.To.Node.Value, node.Follow(send.Orders));
                        break;
                    case FenceNode fence:
                        if (Nodes.TryGetValue(fence.Node.Node.Value, out var fenced) && fenced.Self == fence.Node)
                        {
                            Carry(fence.Node.Node.Value, fenced.Fence(fence.Epoch));
                        }

                        _inputs.Enqueue(new NodeFenced(Now, fence.Node, fence.Epoch));
                        break;
                }
            }
        }
    }

    private void Carry(string name, IReadOnlyList<NodeCommand> commands)
    {
        foreach (var command in commands)
        {
            switch (command)
            {
                case SendReport send when !Silent.Contains(name):
                    _inputs.Enqueue(new NodeReported(Now, send.Report));
                    break;
                case PrepareVersion prepare when Refusing.TryGetValue((name, prepare.Version.Value), out var reason):
                    Carry(name, Nodes[name].Refused(prepare.Version, [reason]));
                    break;
                case PrepareVersion prepare when Prepares:
                    Carry(name, Nodes[name].Prepared(prepare.Version));
                    break;
            }
        }
    }
}
