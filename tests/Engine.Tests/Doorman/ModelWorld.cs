using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>One state of the whole: the store, the owner, the nodes, and everything under way between them.</summary>
/// <remarks>
/// A message stays under way after it was delivered: it may come again, late, or never. Writes of an owner that died may
/// still reach the store.
/// </remarks>
internal sealed partial class ModelWorld
{
    public static readonly SnapshotVersion One = new(1), Two = new(2);
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch, s_late = s_now.AddHours(1);
    private static readonly DoormanOptions s_options = new() { PrepareTimeout = TimeSpan.FromMinutes(1) };

    private readonly ModelFault _fault;
    private readonly ModelBounds _bounds;

    private ModelWorld(ModelBounds bounds, ModelFault fault) => (_bounds, _fault) = (bounds, fault);

    public DoormanRecord Store { get; private set; } = DoormanRecord.Empty;

    /// <summary>What the store ever held, by epoch.</summary>
    public ImmutableDictionary<long, DoormanRecord> History { get; private set; } = ImmutableDictionary<long, DoormanRecord>.Empty;

    /// <summary>Null while there is none.</summary>
    public DoormanProtocol? Owner { get; private set; }

    public ModelNode[] Nodes { get; private set; } = [];

    /// <summary>What is broken; null while nothing is.</summary>
    public string? Violation { get; private set; }

    private int OwnerNumber { get; set; }

    private ImmutableList<(int Owner, PersistRecord Write)> Writes { get; set; } = [];

    private ImmutableList<NodeOrders> Orders { get; set; } = [];

    private ImmutableList<NodeReport> Reports { get; set; } = [];

    private ImmutableSortedSet<(Member Node, long Epoch)> Fences { get; set; } = [];

    private ImmutableSortedSet<(Member Node, long Epoch)> Fenced { get; set; } = [];

    private int OwnerCrashes { get; set; }

    private int NodeCrashes { get; set; }

    private int FalseDeaths { get; set; }

    private int Refusals { get; set; }

    private int Timeouts { get; set; }

    private int LostAnswers { get; set; }

    private string Operators { get; set; } = "";

    /// <summary>Every node serves version 1, and version 2 is validated.</summary>
    public static ModelWorld Begin(ModelBounds bounds, ModelFault fault)
    {
        var world = new ModelWorld(bounds, fault)
        {
            OwnerCrashes = bounds.OwnerCrashes,
            NodeCrashes = bounds.NodeCrashes,
            FalseDeaths = bounds.FalseDeaths,
            Refusals = bounds.Refusals,
            Timeouts = bounds.Timeouts,
            LostAnswers = bounds.LostAnswers,
            Operators = bounds.Operators,
            Nodes = [.. Enumerable.Range(0, bounds.Nodes).Select(i => new ModelNode { Id = new NodeId($"{(char)('a' + i)}"), Incarnation = 1 })],
        };
        world.Store = new DoormanRecord(
            1,
            One,
            null,
            null,
            [.. world.Nodes.Select(node => node.Self)],
            [],
            [new VersionRecord(One, VersionState.Current, default, []), new VersionRecord(Two, VersionState.Validated, default, [])]);
        world.History = world.History.Add(1, world.Store);
        foreach (var node in world.Nodes)
        {
            node.Machine = new DoormanNode(node.Self);
            world.Carry(node, node.Machine.Follow(NodeOrders.Of(world.Store, node.Self)));
            world.Finish(node, 1);
        }

        world.StartOwner();
        return world;
    }

    public ModelWorld Copy() => new(_bounds, _fault)
    {
        Store = Store,
        History = History,
        Owner = Owner?.Copy(),
        Nodes = Array.ConvertAll(Nodes, node => node.Copy()),
        OwnerNumber = OwnerNumber,
        Writes = Writes,
        Orders = Orders,
        Reports = Reports,
        Fences = Fences,
        Fenced = Fenced,
        OwnerCrashes = OwnerCrashes,
        NodeCrashes = NodeCrashes,
        FalseDeaths = FalseDeaths,
        Refusals = Refusals,
        Timeouts = Timeouts,
        LostAnswers = LostAnswers,
        Operators = Operators,
    };

    /// <summary>Two worlds with one key have the same future.</summary>
    public string Key()
    {
        var text = new StringBuilder(512).Append(KeyOfWhatStands());

        // What is under way is a set: its order is of no account.
        Add(Writes.Select(write => $"w{(write.Owner == OwnerNumber ? "o" : "x")}{Describe(write.Write.Next)}"));
        Add(Orders.Select(orders => $"o{orders.To.Node}{orders.To.Incarnation}.{orders.Epoch}{orders.IsAdmitted}{orders.Current}{orders.Canary?.Version}{orders.Canary?.Percent}.{orders.Began}.{string.Join(',', orders.Kept)}"));
        Add(Reports.Select(Describe));
        Add(Fences.Select(fence => $"f{fence.Node}{fence.Epoch}"));
        Add(Fenced.Select(fence => $"F{fence.Node}{fence.Epoch}"));
        text.Append(CultureInfo.InvariantCulture, $"|{OwnerCrashes},{NodeCrashes},{FalseDeaths},{Refusals},{Timeouts},{LostAnswers}{Operators}");
        return text.ToString();

        void Add(IEnumerable<string> parts) => text.Append('|').AppendJoin(';', parts.Order(StringComparer.Ordinal));
    }

    /// <summary>The part of the key that is not under way.</summary>
    public string KeyOfWhatStands()
    {
        var text = new StringBuilder(256);
        DoormanProtocol.Describe(text, Store);
        text.Append('|');
        Owner?.Describe(text);
        foreach (var node in Nodes)
        {
            text.Append(CultureInfo.InvariantCulture, $"|{node.Incarnation}");
            if (node.Machine is { } machine)
            {
                DoormanProtocol.Describe(text, machine.MakeReport().Report);
                text.Append(CultureInfo.InvariantCulture, $"{machine.Orders?.IsAdmitted}w{string.Join(',', node.Warm)}j{string.Join(',', node.Jobs)}");
            }
        }

        return text.ToString();
    }

    private static string Describe(DoormanRecord record)
    {
        var text = new StringBuilder();
        DoormanProtocol.Describe(text, record);
        return text.ToString();
    }

    private static string Describe(NodeReport report)
    {
        var text = new StringBuilder();
        DoormanProtocol.Describe(text, report);
        return text.ToString();
    }
}
