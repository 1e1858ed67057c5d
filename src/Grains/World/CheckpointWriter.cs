using System.Threading.Channels;
using Buddies.Grains.Doorman;
using Buddies.Storage;

namespace Buddies.Grains.World;

/// <summary>Writes the checkpoints that listeners of this silo hand over, as many as wait in one transaction.</summary>
internal sealed class CheckpointWriter : IAsyncDisposable
{
    private const int MaxGroup = 256;

    private readonly IStore _store;
    private readonly SiloNode _node;
    private readonly GrainMetrics _metrics;
    private readonly Channel<(UserCheckpoint Checkpoint, TaskCompletionSource Done)> _queue =
        Channel.CreateBounded<(UserCheckpoint, TaskCompletionSource)>(new BoundedChannelOptions(4 * MaxGroup) { SingleReader = true });

    private readonly Task _loop;

    public CheckpointWriter(IStore store, SiloNode node, GrainMetrics metrics)
    {
        (_store, _node, _metrics) = (store, node, metrics);
        _loop = Task.Run(WriteAsync);
    }

    /// <summary>Returns once the checkpoint is durable.</summary>
    public async Task SaveAsync(UserCheckpoint checkpoint)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync((checkpoint, done)).ConfigureAwait(false);
        await done.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        var group = new List<(UserCheckpoint Checkpoint, TaskCompletionSource Done)>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            while (group.Count < MaxGroup && _queue.Reader.TryRead(out var next))
            {
                group.Add(next);
            }

            try
            {
                // Asked after the facts were taken: whoever owns these listeners next appends nothing before the answer is no.
                if (!await _node.IsAdmittedAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    throw new StoreException("This silo was left out of the doorman's record: another one may have its listeners. The log holds everything that a checkpoint would.");
                }

                // The last of a listener counts; one transaction takes one of each.
                UserCheckpoint[] latest = [.. group.Select(g => g.Checkpoint).GroupBy(c => c.User).Select(of => of.MaxBy(c => c.Offset))];
                await _store.Checkpoints.SaveAsync(latest, CancellationToken.None).ConfigureAwait(false);
                _metrics.OnCheckpointed(latest.Length);
                group.ForEach(g => g.Done.SetResult());
            }
#pragma warning disable CA1031 // Every listener learns why; the next group has its own chance.
            catch (Exception e)
#pragma warning restore CA1031
            {
                group.ForEach(g => g.Done.SetException(e));
            }
        }
    }
}
