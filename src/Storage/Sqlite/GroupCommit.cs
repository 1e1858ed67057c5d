using System.Threading.Channels;

namespace Buddies.Storage.Sqlite;

/// <summary>One thread that gathers the appends that wait and commits them together: one fsync for all of them.</summary>
/// <remarks>
/// While one group is being synced the next one gathers, so the group grows with the load by itself and a lone caller
/// never waits for company. The queue is bounded: beyond it callers wait, and memory stays flat.
/// </remarks>
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly SqliteWriter _writer;
    private readonly EventInserter _inserter;
    private readonly Channel<AppendRequest> _queue;
    private readonly int _groupEvents;
    private readonly List<AppendRequest> _group = [];
    private readonly Task _thread;

    public GroupCommit(SqliteWriter writer, EventInserter inserter, SqliteStoreOptions options)
    {
        (_writer, _inserter, _groupEvents) = (writer, inserter, options.GroupCommitEvents);
        _queue = Channel.CreateBounded<AppendRequest>(new BoundedChannelOptions(options.QueuedAppends) { SingleReader = true });

        // Its own thread: SQLite calls and fsync block, and must not starve the pool that serves requests.
        _thread = Task.Factory.StartNew(Loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public async Task<IReadOnlyList<long>> AppendAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw new ObjectDisposedException("The store has been closed.", e);
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((AppendRequest)state!).TryCancel(token), request).ConfigureAwait(false);
        return await request.Completion.ConfigureAwait(false);
    }

    /// <summary>Writes what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _thread.ConfigureAwait(false);
    }

    private void Loop()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            var gathered = Gather(0);
            if (_group.Count == 0)
            {
                continue;
            }

            try
            {
                _ = _writer.Write(() => WriteGroup(gathered));
            }
            catch (Exception e)
            {
                // Nothing of the group is in the log, and every caller learns why; the next group has its own chance.
                foreach (var request in _group)
                {
                    request.Fail(e);
                }

                _group.Clear();
                continue;
            }

            foreach (var request in _group)
            {
                request.Acknowledge();
            }

            _group.Clear();
        }
    }

    private int Gather(int events)
    {
        while (events < _groupEvents && _queue.Reader.TryRead(out var request))
        {
            if (request.TryTake())
            {
                _group.Add(request);
                events += request.Events.Count;
            }
        }

        return events;
    }

    private bool WriteGroup(int gathered)
    {
        // Whoever queued up while this thread waited for the writer comes along.
        _ = Gather(gathered);
        foreach (var request in _group)
        {
            var (events, offsets) = (request.Events, request.Offsets);
            for (var i = 0; i < offsets.Length; i++)
            {
                offsets[i] = _inserter.Insert(events[i]);
            }
        }

        return true;
    }
}
