using System.Threading.Channels;

namespace Buddies.Storage.Log;

/// <summary>Gathers the appends that wait and has them committed together: one fsync for all of them.</summary>
/// <remarks>
/// While one group is being synced the next one gathers, so the group grows with the load by itself and a lone caller
/// never waits for company. The queue is bounded: beyond it callers wait, and memory stays flat.
/// </remarks>
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly Func<AppendGroup, Task> _write;
    private readonly Channel<AppendRequest> _queue;
    private readonly AppendGroup _group;
    private readonly Task _loop;

    /// <param name="write">Makes a group durable; what it throws is every caller's failure.</param>
    /// <param name="groupEvents">How many events a group takes before it stops adding calls.</param>
    /// <param name="queuedAppends">How many calls may wait in the queue.</param>
    /// <param name="blocks">Whether <paramref name="write"/> blocks; then it gets a thread of its own.</param>
    public GroupCommit(Func<AppendGroup, Task> write, int groupEvents, int queuedAppends, bool blocks)
    {
        _write = write;
        _queue = Channel.CreateBounded<AppendRequest>(new BoundedChannelOptions(queuedAppends) { SingleReader = true });
        _group = new AppendGroup(_queue.Reader, groupEvents);
        _loop = blocks
            ? Task.Factory.StartNew(Block, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : Task.Run(LoopAsync);
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
        await _loop.ConfigureAwait(false);
    }

    // A loop on the pool would come back on another thread after each wait; SQLite calls and fsync block, and must not
    // starve the pool that serves requests.
    private void Block()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            CommitAsync().GetAwaiter().GetResult();
        }
    }

    private async Task LoopAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await CommitAsync().ConfigureAwait(false);
        }
    }

    private async Task CommitAsync()
    {
        _group.Gather();
        if (_group.Requests.Count == 0)
        {
            return;
        }

        try
        {
            await _write(_group).ConfigureAwait(false);
            _group.Acknowledge();
        }
#pragma warning disable CA1031 // Every caller learns why; the next group has its own chance.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _group.Fail(e);
        }
    }
}
