using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>What is said, written and forgotten between the store, the owner and the nodes.</summary>
internal sealed partial class ModelWorld
{
    private void Apply(int at, bool isAnswered)
    {
        var (owner, write) = Writes[at];
        Writes = Writes.RemoveAt(at);
        var isWritten = write.ExpectedEpoch == Store.Epoch || _fault == ModelFault.NoEpochInTheCompareAndSet;
        if (isWritten)
        {
            CheckWrite(write.Next);
            Store = write.Next;
            History = History.SetItem(Store.Epoch, Store);
        }

        if (!isAnswered)
        {
            LostAnswers--;
        }
        else if (owner == OwnerNumber && Owner is not null)
        {
            Tell(isWritten && !IsOwnerMutated ? new RecordPersisted(s_now, Store.Epoch) : new RecordLoaded(s_now, Store));
        }
    }

    private bool IsOwnerMutated => _fault is ModelFault.CommitBeforeAcknowledgements;

    private void Tell(DoormanInput input)
    {
        foreach (var command in Owner!.Handle(input))
        {
            switch (command)
            {
                case PersistRecord write:
                    var written = Mutate(write);
                    Writes = Writes.Add((OwnerNumber, written));
                    if (_fault == ModelFault.SayBeforeItIsDurable)
                    {
                        Orders = Orders.AddRange(written.Next.Nodes.Select(node => NodeOrders.Of(written.Next, node)));
                    }

                    break;
                case SendOrders send:
                    Orders = Orders.Add(send.Orders);
                    break;
                case FenceNode fence:
                    Fences = Fences.Add((fence.Node, fence.Epoch));
                    break;
            }
        }

        Prune();
    }

    private PersistRecord Mutate(PersistRecord write)
    {
        if (_fault == ModelFault.CommitBeforeAcknowledgements && write.Next.Rollout is { Goal: RolloutGoal.Current } rollout)
        {
            return write with { Next = write.Next with { Current = rollout.Version, Rollout = null } };
        }

        return write;
    }

    private void Carry(ModelNode node, IReadOnlyList<NodeCommand> commands)
    {
        foreach (var command in commands)
        {
            switch (command)
            {
                case PrepareVersion prepare:
                    _ = node.Jobs.Add(prepare.Version.Value);
                    if (_fault == ModelFault.ServeUnprepared)
                    {
                        _ = node.Jobs.Remove(prepare.Version.Value);
                        Carry(node, node.Machine!.Prepared(prepare.Version));
                    }

                    break;
                case DropVersion drop:
                    _ = node.Jobs.Remove(drop.Version.Value);
                    _ = node.Warm.Remove(drop.Version.Value);
                    break;
                case SendReport send:
                    Report(_fault == ModelFault.AcknowledgeBeforePrepared
                        ? send.Report with { Prepared = [.. send.Report.Prepared.Concat(node.Jobs.Select(job => new SnapshotVersion(job))).Distinct()] }
                        : send.Report);
                    break;
            }
        }

        Prune();
    }

    private void Report(NodeReport report)
    {
        var text = Describe(report);
        Reports = Reports.RemoveAll(other => Describe(other) == text).Add(report);
        var same = Reports.Where(other => other.From == report.From).ToArray();
        if (same.Length > _bounds.ReportsUnderWay)
        {
            Reports = Reports.Remove(same[0]);
        }
    }

    /// <summary>Forgets messages that can have no effect any more.</summary>
    private void Prune() => Orders =
    [
        .. Orders
            .Where(orders => Nodes.Any(node => node.Self == orders.To && node.Machine is { } machine && IsNews(machine.Orders, orders)))
            .DistinctBy(orders => (orders.To, orders.Epoch, orders.IsAdmitted, orders.Current, orders.Canary?.Version, orders.Began, orders.Required.Count)),
    ];

    private static bool IsNews(NodeOrders? known, NodeOrders orders) =>
        known is null || orders.Epoch > known.Epoch || (orders.Epoch == known.Epoch && orders.IsAdmitted != known.IsAdmitted);
}
