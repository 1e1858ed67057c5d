using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>What each thing that happens does to the world.</summary>
internal sealed partial class ModelWorld
{
    /// <summary>Everything that may happen next, each as a name and the world after it.</summary>
    public IEnumerable<(string Name, ModelWorld After)> Next()
    {
        foreach (var (name, step) in Steps())
        {
            var after = Copy();
            step(after);
            after.Check();
            yield return (name, after);
        }
    }

    private IEnumerable<(string Name, Action<ModelWorld> Step)> Steps()
    {
        foreach (var orders in Orders)
        {
            yield return ($"{orders.To} hears the orders of epoch {orders.Epoch}", world => world.DeliverOrders(orders));
        }

        foreach (var fence in Fences)
        {
            yield return ($"{fence.Node} is fenced for epoch {fence.Epoch}", world => world.CarryOutFence(fence));
        }

        for (var i = 0; i < Nodes.Length; i++)
        {
            foreach (var step in StepsOf(i))
            {
                yield return step;
            }
        }

        for (var i = 0; i < Writes.Count; i++)
        {
            var at = i;
            yield return ($"the store takes epoch {Writes[i].Write.Next.Epoch}", world => world.Apply(at, isAnswered: true));
            if (LostAnswers > 0 && Owner?.IsWriting == true && Writes[i].Owner == OwnerNumber)
            {
                yield return ($"the store takes epoch {Writes[i].Write.Next.Epoch}, and its answer is lost", world => world.Apply(at, isAnswered: false));
            }
        }

        foreach (var step in OwnerSteps())
        {
            yield return step;
        }
    }

    private IEnumerable<(string Name, Action<ModelWorld> Step)> StepsOf(int i)
    {
        var node = Nodes[i];
        foreach (var version in node.Jobs)
        {
            yield return ($"{node.Self} has prepared {version}", world => world.Finish(world.Nodes[i], version));
            if (Refusals > 0 && version == Two.Value)
            {
                yield return ($"{node.Self} refuses {version}", world =>
                {
                    world.Refusals--;
                    var refusing = world.Nodes[i];
                    _ = refusing.Jobs.Remove(version);
                    world.Carry(refusing, refusing.Machine!.Refused(new SnapshotVersion(version), ["a flipped byte"]));
                });
            }
        }

        if (node.Machine is null)
        {
            yield return ($"{node.Id} starts again", world => world.StartNode(world.Nodes[i]));
        }
        else if (NodeCrashes > 0)
        {
            yield return ($"{node.Self} dies", world =>
            {
                world.NodeCrashes--;
                world.Nodes[i].Die();
            });
        }
    }

    private IEnumerable<(string Name, Action<ModelWorld> Step)> OwnerSteps()
    {
        if (Owner is null)
        {
            yield return ("a new owner starts", world => world.StartOwner());
            yield break;
        }

        // What the owner knows already has no effect.
        foreach (var report in Reports.Except(Owner.Reports, ReferenceEqualityComparer.Instance).Cast<NodeReport>())
        {
            yield return ($"the owner hears {Describe(report)}", world => world.Tell(new NodeReported(s_now, report)));
        }

        foreach (var (node, epoch) in Fenced.Where(fence => Owner.Record!.Fencing.Contains(fence.Node)))
        {
            yield return ($"the owner hears that {node} is fenced for epoch {epoch}", world => world.Tell(new NodeFenced(s_now, node, epoch)));
        }

        foreach (var node in Nodes.Where(node => (node.Machine is null || FalseDeaths > 0) && Owner.Record!.Nodes.Contains(node.Self)))
        {
            yield return ($"the owner hears that {node.Self} is dead", world =>
            {
                world.FalseDeaths -= node.Machine is null ? 0 : 1;
                world.Tell(new NodeLeft(s_now, node.Self, "dead"));
            });
        }

        if (Owner.IsWriting ? !Writes.Any(write => write.Owner == OwnerNumber) : Owner.Record!.Epoch != Store.Epoch)
        {
            yield return ("the owner reads the record", world => world.Tell(new RecordLoaded(s_now, world.Store)));
        }

        if (OwnerCrashes > 0)
        {
            yield return ("the owner dies", world =>
            {
                world.OwnerCrashes--;
                world.Owner = null;
            });
        }

        if (Timeouts > 0 && Owner.Record?.Rollout is not null)
        {
            yield return ("time is up", world =>
            {
                world.Timeouts--;
                world.TimeIsUp();
            });
        }

        foreach (var asked in Operators)
        {
            yield return ($"an operator asks {asked}", world =>
            {
                world.Operators = world.Operators.Replace($"{asked}", "", StringComparison.Ordinal);
                world.Ask(asked);
            });
        }
    }

    private void Ask(char asked) => Tell(asked switch
    {
        'P' => new RolloutRequested(s_now, 0, "ann", "", Two, RolloutGoal.Current),
        'C' => new RolloutRequested(s_now, 0, "ann", "", Two, RolloutGoal.Canary, 10),
        'R' => new RejectRequested(s_now, 0, "ann", "", Two),
        'B' => new RollbackRequested(s_now, 0, "ann", ""),
        _ => throw new ArgumentOutOfRangeException(nameof(asked)),
    });

    private void TimeIsUp()
    {
        if (_fault != ModelFault.NoTimeout)
        {
            Tell(new Ticked(s_late));
        }
    }

    private void StartOwner()
    {
        OwnerNumber++;
        Owner = new DoormanProtocol(s_options);
        var first = History[1];
        Tell(new RecordLoaded(s_now, _fault == ModelFault.OwnerForgetsTheRecord ? first with { Epoch = Store.Epoch } : Store));
    }

    private void StartNode(ModelNode node)
    {
        if (_fault != ModelFault.StartsNotToldApart)
        {
            node.Incarnation++;
        }

        node.Machine = new DoormanNode(node.Self);
        Carry(node, [node.Machine.MakeReport()]);
    }

    private void DeliverOrders(NodeOrders orders)
    {
        if (Nodes.FirstOrDefault(node => node.Self == orders.To) is { Machine: { } machine } node)
        {
            Carry(node, machine.Follow(orders));
        }
    }

    private void CarryOutFence((Member Node, long Epoch) fence)
    {
        Fences = Fences.Remove(fence);
        Fenced = Fenced.Add(fence);
        if (_fault != ModelFault.FenceOnPaperOnly && Nodes.FirstOrDefault(node => node.Self == fence.Node) is { Machine: { } machine } node)
        {
            Carry(node, machine.Fence(fence.Epoch));
        }
    }

    private void Finish(ModelNode node, int version)
    {
        _ = node.Jobs.Remove(version);
        _ = node.Warm.Add(version);
        Carry(node, node.Machine!.Prepared(new SnapshotVersion(version)));
    }

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
