using Buddies.Engine.Serving;
using Buddies.Storage;

namespace Buddies.Embedded;

internal sealed partial class IngestPump
{
    /// <summary>Where the log ended after the last group, as far as this process knows.</summary>
    private long _end;

    /// <summary>Whether a group failed that may be in the log.</summary>
    private bool _mayHaveMissed;

    private async Task HandOverAsync(List<Request> group, IReadOnlyList<long> offsets)
    {
        var timestamp = group[0].Timestamp;
        await CatchUpAsync(offsets, timestamp).ConfigureAwait(false);
        var shares = new Shares(partitions.Length);
        var results = new IngestResult[group.Count];
        var at = 0;
        for (var r = 0; r < group.Count; r++)
        {
            var accepted = 0;
            foreach (var @event in group[r].Events)
            {
                var offset = offsets[at++];
                if (offset > 0)
                {
                    accepted++;
                    shares.Add(new LoggedEvent(offset, @event));
                }
            }

            results[r] = new IngestResult(accepted, group[r].Events.Count - accepted);
        }

        await PostAsync(shares, timestamp).ConfigureAwait(false);
        for (var r = 0; r < group.Count; r++)
        {
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
        var shares = new Shares(partitions.Length);
        await foreach (var logged in store.Events.ReadAsync(HandedOver, CancellationToken.None).ConfigureAwait(false))
        {
            if (logged.Offset >= offset)
            {
                break;
            }

            shares.Add(logged);
            if (shares.Count == MaxGroupEvents)
            {
                await PostAsync(shares, timestamp).ConfigureAwait(false);
                shares = new Shares(partitions.Length);
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
                await partitions[p].PostAsync(partition => partition.Apply(share, timestamp), CancellationToken.None).ConfigureAwait(false);
            }
        }

        // Only now: a checkpoint that reads this asks the partitions next, and must find these events before its question.
        HandedOver = Math.Max(HandedOver, shares.Last);
    }

    /// <summary>Events by the partition that owns their listener.</summary>
    private sealed class Shares(int partitionCount)
    {
        private readonly List<LoggedEvent>?[] _of = new List<LoggedEvent>?[partitionCount];

        public int Count { get; private set; }

        public long Last { get; private set; }

        public List<LoggedEvent>? Of(int partition) => _of[partition];

        public void Add(LoggedEvent logged)
        {
            (_of[PartitionOf(logged.Event.User, partitionCount)] ??= []).Add(logged);
            Count++;
            Last = logged.Offset;
        }
    }
}
