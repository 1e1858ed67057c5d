using System.Diagnostics;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Embedded;

internal sealed partial class IngestPump
{
    /// <summary>Where the log ended after the last group, as far as this process knows.</summary>
    private long _end;

    /// <summary>Whether a group failed that may be in the log.</summary>
    private bool _mayHaveMissed;

    private async Task HandOverAsync(List<IngestRequest> group, IReadOnlyList<long> offsets)
    {
        var timestamp = group.Min(request => request.Timestamp);
        await CatchUpAsync(offsets, timestamp).ConfigureAwait(false);
        var shares = new Shares(this);
        var results = new IngestResult[group.Count];
        var at = 0;
        for (var r = 0; r < group.Count; r++)
        {
            var (events, accepted) = (group[r].Events, 0);
            for (var i = 0; i < events.Count && !group[r].IsProbe; i++)
            {
                var offset = offsets[at++];
                if (offset > 0)
                {
                    accepted++;
                    shares.Add(offset, events[i]);
                    if (group[r].Trace.TraceFlags != ActivityTraceFlags.None)
                    {
                        shares.AddTrace(events[i].User, group[r].Trace);
                    }
                }
            }

            results[r] = new IngestResult(accepted, events.Count - accepted);
        }

        await PostAsync(shares, timestamp).ConfigureAwait(false);
        for (var r = 0; r < group.Count; r++)
        {
            _queue.Release(group[r]);
            group[r].Done.TrySetResult(results[r]);
        }
    }

    /// <summary>
    /// Hands over what stands in the log before the group and was not handed over: what the tool has written beside this
    /// server, or a group of our own whose commit we never heard of. A checkpoint after the group would take it for applied.
    /// </summary>
    private async Task CatchUpAsync(IReadOnlyList<long> offsets, long timestamp)
    {
        var first = 0;
        while (first < offsets.Count && offsets[first] == 0)
        {
            first++;
        }

        // Every event takes one number, duplicates too. More are missing when somebody else took them, or by a store that
        // skips some: then there is nothing to read. Duplicates alone may be those of a group that failed.
        var expected = _end + first + 1;
        var firstNew = first < offsets.Count ? offsets[first] : long.MaxValue;
        var isGap = firstNew != long.MaxValue && firstNew > expected;
        if (isGap || _mayHaveMissed)
        {
            await HandOverBeforeAsync(firstNew, timestamp).ConfigureAwait(false);
            _mayHaveMissed = false;
            expected = isGap ? firstNew : expected;
        }

        _end = expected - first - 1 + offsets.Count;
    }

    private async Task HandOverBeforeAsync(long offset, long timestamp)
    {
        var shares = new Shares(this);
        await foreach (var logged in store.Events.ReadAsync(HandedOver, CancellationToken.None).ConfigureAwait(false))
        {
            if (logged.Offset >= offset)
            {
                break;
            }

            shares.Add(logged.Offset, logged.Event);
            if (shares.Count == MaxGroupEvents)
            {
                await PostAsync(shares, timestamp).ConfigureAwait(false);
                shares = new Shares(this);
            }
        }

        await PostAsync(shares, timestamp).ConfigureAwait(false);
    }

    private async Task PostAsync(Shares shares, long timestamp)
    {
        for (var p = 0; p < partitions.Length; p++)
        {
            if (shares.Of(p) is { } share)
            {
                Interlocked.Add(ref _unapplied, share.Count);
                share.AcceptedTimestamp = timestamp;
                await partitions[p].PostAsync(share.Apply, CancellationToken.None).ConfigureAwait(false);
            }
        }

        // Only now: a checkpoint that reads this asks the partitions next, and must find these events before its question.
        HandedOver = Math.Max(HandedOver, shares.Last);
    }

    /// <summary>Events by the partition that owns their listener.</summary>
    private sealed class Shares(IngestPump pump)
    {
        private readonly EventShare?[] _of = new EventShare?[pump.PartitionCount];

        public int Count { get; private set; }

        public long Last { get; private set; }

        public EventShare? Of(int partition) => _of[partition];

        /// <summary>Notes whose trace the share of a listener belongs to, once for each request in a row.</summary>
        public void AddTrace(UserId user, ActivityContext trace)
        {
            var share = _of[PartitionOf(user, _of.Length)]!;
            if (share.Requests is not [.., var last] || last != trace)
            {
                share.AddTrace(trace);
            }
        }

        public void Add(long offset, in UserEvent @event)
        {
            (_of[PartitionOf(@event.User, _of.Length)] ??= new EventShare(pump)).Add(offset, @event);
            Count++;
            Last = offset;
        }
    }
}
