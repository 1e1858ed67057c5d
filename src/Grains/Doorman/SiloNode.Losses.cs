using System.Collections.Concurrent;
using Buddies.Engine.Doorman;

namespace Buddies.Grains.Doorman;

/// <summary>Silos that the cluster has given up, and that may not know it yet.</summary>
/// <remarks>
/// A silo that reaches the store but no other silo serves on until it reads in the record that it was left out, or cannot read
/// it for the length of its lease. What must not be seen, or not be counted, beside it waits for that.
/// </remarks>
internal sealed partial class SiloNode
{
    private readonly ConcurrentDictionary<Member, long> _leftOutAt = [];
    private bool _wasAdmitted;

    /// <summary>Silos that are no members any more, or not as far as is known here, and that may still answer.</summary>
    public IReadOnlyList<SiloAddress> Lost
    {
        get
        {
            var left = _leftOutAt.Where(node => _world.Time.GetElapsedTime(node.Value) < _world.Options.ServingLease).Select(node => node.Key);
            return [.. (_last?.Record.Nodes ?? []).Union(left).Select(SiloMember.AddressOf).Where(silo => !_members.IsAlive(silo))];
        }
    }

    /// <summary>Whether the record, as last read, still lets a silo answer that is no member any more.</summary>
    private bool IsLossPending => (_last?.Record.Nodes ?? []).Any(node => !_members.IsAlive(SiloMember.AddressOf(node)));

    /// <summary>Done once the record lets nobody write checkpoints any more who is no member: about two seconds after the cluster has agreed on a loss.</summary>
    /// <exception cref="TimeoutException">It does not come to that.</exception>
    public async Task LossesAreWrittenAsync()
    {
        var since = _world.Time.GetTimestamp();
        while (IsLossPending)
        {
            if (_world.Time.GetElapsedTime(since) > _world.Options.ServingLease)
            {
                throw new TimeoutException("The doorman's record still names a silo that is gone.");
            }

            await Task.Delay(_world.Options.DoormanInterval / 10, _world.Time, _stopping.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the record lets this silo answer; read now.</summary>
    public async Task<bool> IsAdmittedAsync(CancellationToken cancellationToken) =>
        (await _world.Store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false)).Nodes.Contains(Self);

    private void NoteLosses(DoormanRecord? before, DoormanRecord now)
    {
        foreach (var node in before?.Nodes.Except(now.Nodes) ?? [])
        {
            _leftOutAt[node] = _world.Time.GetTimestamp();
        }

        foreach (var (node, at) in _leftOutAt)
        {
            if (_world.Time.GetElapsedTime(at) > 2 * _world.Options.ServingLease)
            {
                _ = _leftOutAt.TryRemove(node, out _);
            }
        }

        // Left out while it served: where the others have given this silo up, the table of members says so, and it ends.
        var isAdmitted = now.Nodes.Contains(Self);
        if (_wasAdmitted && !isAdmitted)
        {
            Keep(_membership.Refresh(default).AsTask());
        }

        _wasAdmitted = isAdmitted;
    }
}
