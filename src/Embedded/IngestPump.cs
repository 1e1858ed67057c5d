using System.Globalization;
using System.Threading.Channels;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Storage;

namespace Buddies.Embedded;

/// <summary>
/// The one way into the log: takes what waits as one group, each producer in its turn, makes it durable in one
/// transaction, and hands it to the partitions in the order of the log before anybody is told. So replay after a crash
/// sees what the partitions saw, and a producer that reads after its answer reads what it wrote.
/// </summary>
internal sealed partial class IngestPump(IStore store, EmbeddedOptions options, TimeProvider time, Partition[] partitions)
{
    private const int MaxGroupEvents = 16_384;

    /// <summary>Events that a producer sends in one turn, while others wait.</summary>
    private const int TurnEvents = 1024;

    private readonly FairQueue _queue = new(options.MaxPendingEvents, TurnEvents);
    private readonly DrainRate _drain = new(time);
    private readonly Channel<bool> _applied = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private long _unapplied;
    private long _handedOver;

    /// <summary>Events that wait to become durable.</summary>
    public long Pending => _queue.Events;

    /// <summary>Durable events that wait in the partitions' inboxes.</summary>
    public long Unapplied => Interlocked.Read(ref _unapplied);

    /// <summary>Offset up to which every event has been handed to its partition.</summary>
    public long HandedOver
    {
        get => Volatile.Read(ref _handedOver);
        set => Volatile.Write(ref _handedOver, value);
    }

    private int PartitionCount => partitions.Length;

    public async ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, string producer, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return default;
        }

        if (Pending + Unapplied == 0)
        {
            _drain.Begin();
        }

        var request = new IngestRequest(producer, events, null, time.GetTimestamp());
        return _queue.TryAdd(request) switch
        {
            FairQueue.Admission.Taken => await request.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false),
            FairQueue.Admission.Full => throw new RecommenderBusyException(_drain.WaitFor(Pending + Unapplied, events.Count)),
            _ => throw Stopping(),
        };
    }

    /// <summary>Goes the way of a producer with one event, as far as the disk.</summary>
    /// <exception cref="RecommenderBusyException">The queues are full.</exception>
    /// <exception cref="RecommenderUnavailableException">The store cannot be written.</exception>
    public async ValueTask ProbeAsync(CancellationToken cancellationToken)
    {
        var request = new IngestRequest("freshness probe", [default], null, time.GetTimestamp()) { IsProbe = true };
        _ = _queue.TryAdd(request) switch
        {
            FairQueue.Admission.Taken => await request.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false),
            FairQueue.Admission.Full => throw new RecommenderBusyException(_drain.WaitFor(Pending + Unapplied, 1)),
            _ => throw Stopping(),
        };
    }

    /// <summary>Runs a piece of work between two groups: nothing of a group is under way meanwhile.</summary>
    public async ValueTask BetweenAsync(Func<Task> work)
    {
        var request = new IngestRequest("", [], work, 0);
        if (_queue.TryAdd(request) != FairQueue.Admission.Taken)
        {
            throw Stopping();
        }

        await request.Done.Task.ConfigureAwait(false);
    }

    public void Complete() => _queue.Complete();

    public async Task RunAsync()
    {
        var group = new List<IngestRequest>();
        var events = new List<UserEvent>();
        while (await _queue.WaitAsync().ConfigureAwait(false))
        {
            if (_queue.TryTakeWork(out var work))
            {
                await RunWorkAsync(work).ConfigureAwait(false);
                continue;
            }

            // What is durable waits in memory too: it is applied before more is taken in.
            while (Unapplied > options.MaxPendingEvents)
            {
                await _applied.Reader.ReadAsync().ConfigureAwait(false);
            }

            group.Clear();
            events.Clear();
            _queue.Take(group, MaxGroupEvents);
            foreach (var request in group)
            {
                if (!request.IsProbe)
                {
                    events.AddRange(request.Events);
                }
            }

            if (group.Count > 0)
            {
                await CommitAsync(group, events).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Events have been applied, or could not be.</summary>
    public void OnApplied(int events)
    {
        Interlocked.Add(ref _unapplied, -events);
        _drain.OnApplied(events);
        _applied.Writer.TryWrite(true);
    }

    private static async Task RunWorkAsync(IngestRequest request)
    {
        try
        {
            await request.Work!().ConfigureAwait(false);
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

    private async Task CommitAsync(List<IngestRequest> group, List<UserEvent> events)
    {
        try
        {
            if (events.Count == 0)
            {
                await CommitProbesAsync(group).ConfigureAwait(false);
                return;
            }

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
                _queue.Release(request);
                request.Done.TrySetException(new RecommenderUnavailableException($"The event log cannot be written: {e.Message}"));
            }
        }
    }

    /// <summary>Probes without company: something durable is written all the same, always in the same place.</summary>
    private async Task CommitProbesAsync(List<IngestRequest> group)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        await store.Settings.SetAsync("freshness.probe", now, CancellationToken.None).ConfigureAwait(false);
        foreach (var request in group)
        {
            _queue.Release(request);
            request.Done.TrySetResult(default);
        }
    }

    private static RecommenderUnavailableException Stopping() => new("The server is shutting down.");

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
}
