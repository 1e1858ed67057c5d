using System.Threading.Channels;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Storage;

namespace Buddies.Embedded;

/// <summary>
/// The one way into the log: takes whatever waits as one group, makes it durable in one transaction, and hands it to the
/// partitions in the order of the log before anybody is told. So replay after a crash sees what the partitions saw, and a
/// producer that reads after its answer reads what it wrote.
/// </summary>
internal sealed partial class IngestPump(IStore store, EmbeddedOptions options, TimeProvider time, Partition[] partitions)
{
    private const int MaxGroupEvents = 16_384;

    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>(new UnboundedChannelOptions { SingleReader = true });
    private long _pending;
    private long _handedOver;

    /// <summary>Events that wait to become durable.</summary>
    public long Pending => Interlocked.Read(ref _pending);

    /// <summary>Offset up to which every event has been handed to its partition.</summary>
    public long HandedOver
    {
        get => Volatile.Read(ref _handedOver);
        set => Volatile.Write(ref _handedOver, value);
    }

    public async ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return default;
        }

        if (Interlocked.Add(ref _pending, events.Count) > options.MaxPendingEvents)
        {
            Interlocked.Add(ref _pending, -events.Count);
            throw new RecommenderBusyException(TimeSpan.FromSeconds(1));
        }

        var request = new Request(events, null, time.GetTimestamp());
        if (!_requests.Writer.TryWrite(request))
        {
            Interlocked.Add(ref _pending, -events.Count);
            throw new RecommenderUnavailableException("The server is shutting down.");
        }

        return await request.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a piece of work between two groups: everything before it is in the log, nothing after it is.</summary>
    public async ValueTask BetweenAsync(Func<Task> work)
    {
        var request = new Request([], work, 0);
        if (!_requests.Writer.TryWrite(request))
        {
            throw new RecommenderUnavailableException("The server is shutting down.");
        }

        await request.Done.Task.ConfigureAwait(false);
    }

    public void Complete() => _requests.Writer.TryComplete();

    public async Task RunAsync()
    {
        var group = new List<Request>();
        var events = new List<UserEvent>();
        Request? held = null;
        while (held is not null || await _requests.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            events.Clear();
            while (events.Count < MaxGroupEvents && (held is not null || _requests.Reader.TryRead(out held)))
            {
                if (held!.Work is not null && group.Count > 0)
                {
                    break;
                }

                group.Add(held);
                events.AddRange(held.Events);
                var isWork = held.Work is not null;
                held = null;
                if (isWork)
                {
                    break;
                }
            }

            if (group is [{ Work: { } work } single])
            {
                await RunWorkAsync(single, work).ConfigureAwait(false);
            }
            else if (group.Count > 0)
            {
                await CommitAsync(group, events).ConfigureAwait(false);
            }
        }
    }

    private static async Task RunWorkAsync(Request request, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            request.Done.TrySetResult(default);
        }
        catch (StoreException e)
        {
            request.Done.TrySetException(new RecommenderUnavailableException($"The store cannot be written: {e.Message}"));
        }
#pragma warning disable CA1031 // Every failure is the caller's to see; the pump goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            request.Done.TrySetException(e);
        }
    }

    private async Task CommitAsync(List<Request> group, List<UserEvent> events)
    {
        try
        {
            var offsets = await store.Events.AppendAsync(events, CancellationToken.None).ConfigureAwait(false);
            await HandOverAsync(group, offsets).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A store that is gone for a while fails these callers, not the pump.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // It may be in the log all the same: a connection that broke in the commit, or in reading behind it.
            _mayHaveMissed = true;
            foreach (var request in group)
            {
                request.Done.TrySetException(new RecommenderUnavailableException($"The event log cannot be written: {e.Message}"));
            }
        }
        finally
        {
            Interlocked.Add(ref _pending, -events.Count);
        }
    }

    /// <summary>The partition that owns a listener: FNV-1a of the id, the same in every process.</summary>
    public static int PartitionOf(UserId user, int partitionCount)
    {
        var hash = 2166136261u;
        foreach (var c in user.Value)
        {
            hash = (hash ^ c) * 16777619;
        }

        return (int)(hash % (uint)partitionCount);
    }

    private sealed record Request(IReadOnlyList<UserEvent> Events, Func<Task>? Work, long Timestamp)
    {
        public TaskCompletionSource<IngestResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
