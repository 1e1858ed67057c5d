using Buddies.Engine.Events;

namespace Buddies.Grains.World;

/// <summary>Events on their way from the log to the facts.</summary>
internal sealed partial class SiloWorld
{
    private long _eventsApplied;
    private long _unapplied;

    /// <summary>Events that listeners of this silo have applied.</summary>
    public long EventsApplied => Interlocked.Read(ref _eventsApplied);

    /// <summary>Durable events whose listener's grain has not had its turn yet: the processors are behind.</summary>
    public long UnappliedEvents => Interlocked.Read(ref _unapplied);

    /// <summary>Makes events of one listener durable; its grain says <see cref="OnTurn"/> when it goes on.</summary>
    /// <returns>For each its offset; 0 for one that is known.</returns>
    public async Task<IReadOnlyList<long>> AppendAsync(UserEvent[] events)
    {
        // Not on the grain's turn: what waits for that is what is counted.
        var offsets = await Store.Events.AppendAsync(events, CancellationToken.None).ConfigureAwait(false);
        Interlocked.Add(ref _unapplied, events.Length);
        return offsets;
    }

    /// <summary>A listener's grain goes on after its events became durable.</summary>
    public void OnTurn(int events) => Interlocked.Add(ref _unapplied, -events);

    public void OnApplied(int events) => Interlocked.Add(ref _eventsApplied, events);
}
