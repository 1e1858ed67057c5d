using System.Buffers;
using System.Diagnostics;
using Buddies.Engine.Events;
using Buddies.Storage;

namespace Buddies.Embedded;

/// <summary>The events of one group that belong to one partition, in the order of the log. Filled by the pump, applied and given back by the partition.</summary>
internal sealed class EventShare(IngestPump pump)
{
    private const int FirstRoom = 256;

    // Rented: with each group at full load, arrays of this size would go to the large objects, which are collected last.
    private LoggedEvent[] _events = ArrayPool<LoggedEvent>.Shared.Rent(FirstRoom);

    public int Count { get; private set; }

    /// <summary>When the first of the group came in, by the time provider.</summary>
    public long AcceptedTimestamp { get; set; }

    /// <summary>The traces of the requests that these events came in; null where nobody traces them.</summary>
    public List<ActivityContext>? Requests { get; private set; }

    public void AddTrace(ActivityContext request) => (Requests ??= []).Add(request);

    public void Add(long offset, in UserEvent @event)
    {
        if (Count == _events.Length)
        {
            var larger = ArrayPool<LoggedEvent>.Shared.Rent(2 * Count);
            _events.AsSpan(0, Count).CopyTo(larger);
            Return();
            _events = larger;
        }

        _events[Count++] = new LoggedEvent(offset, @event);
    }

    public void Apply(Partition partition)
    {
        try
        {
            using var span = Requests is null ? null : Traces.StartApply(Requests, Count);
            partition.Apply(_events.AsSpan(0, Count), AcceptedTimestamp);
        }
        finally
        {
            Return();
            _events = [];
            pump.OnApplied(Count);
        }
    }

    /// <summary>Emptied: it names listeners.</summary>
    private void Return() => ArrayPool<LoggedEvent>.Shared.Return(_events, clearArray: true);
}
