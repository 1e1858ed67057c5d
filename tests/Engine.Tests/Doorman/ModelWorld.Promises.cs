using Buddies.Engine.Doorman;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>What must hold in every state, and what must come of every state.</summary>
internal sealed partial class ModelWorld
{
    private const int MostRounds = 60;

    /// <summary>Whether more than half of the admitted nodes live.</summary>
    public bool MajorityLives => Nodes.Count(node => node.Machine is not null && Store.Nodes.Contains(node.Self)) * 2 > Store.Nodes.Count;

    /// <summary>
    /// What a fair end of this state comes to: an owner lives, messages arrive, preparing succeeds, nothing more fails; who is
    /// dead stays dead.
    /// </summary>
    /// <returns>
    /// Null when it is decided, everybody alive serves it, and, where most live, a rollback from there succeeds; else what is
    /// not. Of a world without a living node nothing is asked.
    /// </returns>
    public string? FindDeadEnd()
    {
        if (Nodes.All(node => node.Machine is null))
        {
            return null;
        }

        var world = Copy();
        if (world.Settle() is { } stuck)
        {
            return stuck;
        }

        if (world.Store.Former is not { } former || !world.MajorityLives)
        {
            return null;
        }

        world.Ask('B');
        return world.Settle() is { } stuckAgain
            ? $"after a rollback: {stuckAgain}"
            : world.Store.Current == former ? null : $"a rollback from {Store.Current} to {former} ended with {world.Store.Current}";
    }

    private string? Settle()
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var before = Key();
            DeliverEverything();
            if (Violation is not null)
            {
                return Violation;
            }

            if (IsSettled())
            {
                return null;
            }

            if (Key() == before)
            {
                TimeIsUp();
            }
        }

        return $"not decided after {MostRounds} fair rounds: {Describe(Store)}";
    }

    private bool IsSettled() =>
        Owner is { IsWriting: false } owner
        && owner.Record!.Epoch == Store.Epoch
        && Store.IsDecided
        && Writes.Count == 0
        && Nodes.All(node => node.Machine is null || (Store.Nodes.Contains(node.Self) && node.Machine.Serving?.Epoch == Store.Epoch));

    private void DeliverEverything()
    {
        if (Owner is null)
        {
            StartOwner();
        }

        while (Writes.Count > 0)
        {
            Apply(0, isAnswered: true);
        }

        if (Owner!.IsWriting || Owner.Record!.Epoch != Store.Epoch)
        {
            Tell(new RecordLoaded(s_now, Store));
        }

        foreach (var orders in Orders)
        {
            DeliverOrders(orders);
        }

        foreach (var fence in Fences)
        {
            CarryOutFence(fence);
        }

        foreach (var node in Nodes.Where(node => node.Machine is not null))
        {
            foreach (var job in node.Jobs.ToArray())
            {
                if (node.Jobs.Contains(job))
                {
                    Finish(node, job);
                }
            }

            var report = node.Machine!.MakeReport().Report;
            Tell(new NodeReported(s_now, report));
            if (report.ServingEpoch == 0 && report.Refusals.Count > 0)
            {
                Carry(node, node.Machine.Retry());
            }
        }

        foreach (var (node, epoch) in Fenced)
        {
            Tell(new NodeFenced(s_now, node, epoch));
        }

        Tell(new Ticked(s_now));
        Check();
    }

    private void Check()
    {
        foreach (var node in Nodes)
        {
            if (!node.ServesOnlyWhatIsWarm())
            {
                Violation ??= $"{node.Self} serves what it has not prepared";
            }

            if (node.Machine?.Serving is not { } serving)
            {
                continue;
            }

            if (!History.TryGetValue(serving.Epoch, out var record))
            {
                Violation ??= $"{node.Self} serves epoch {serving.Epoch}, which never was";
            }
            else if (record.Current != serving.Current || record.Canary?.Version != serving.Canary?.Version)
            {
                Violation ??= $"{node.Self} serves {serving.Current} in epoch {serving.Epoch}, where {record.Current} is current";
            }
        }
    }

    /// <summary>Asked before each write that takes effect.</summary>
    private void CheckWrite(DoormanRecord next)
    {
        if (next.Epoch <= Store.Epoch || History.ContainsKey(next.Epoch))
        {
            Violation ??= $"epoch {next.Epoch} was committed, and is lost to another one after epoch {Store.Epoch}";
        }

        if (next.Versions.Count(version => version.State == VersionState.Current) > 1)
        {
            Violation ??= $"epoch {next.Epoch} has two current versions";
        }

        var isNew = next.Served().Except(Store.Served()).ToArray();
        foreach (var node in Nodes.Where(node => node.Machine?.Serving is not null && isNew.Length > 0))
        {
            if (!next.Nodes.Contains(node.Self))
            {
                Violation ??= $"version {isNew[0]} comes in while {node.Self}, which is shut out, still serves: half";
            }
            else if (!isNew.All(node.IsWarm))
            {
                Violation ??= $"version {isNew[0]} comes in, and {node.Self} has not prepared it: half";
            }
        }

        if (next.Current != Store.Current && Store.Rollout?.Version != next.Current)
        {
            Violation ??= $"version {Store.Current} was current, and is lost to {next.Current}, which nobody asked for";
        }

        if (isNew.Length > 0 && !next.Nodes.Any())
        {
            Violation ??= $"version {isNew[0]} comes in, and no node has looked at it";
        }
    }
}
