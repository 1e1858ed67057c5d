using Buddies.Engine.Doorman;
using Buddies.Storage;

namespace Buddies.Grains.Doorman;

/// <summary>
/// An owner of the doorman's protocol for as long as a silo joins or leaves, with the store and nothing else: a silo that is
/// not yet a member, or no more, reaches no grain. What it makes durable, the doorman goes on with.
/// </summary>
internal sealed class ShortOwner(IStore store, TimeProvider time)
{
    private readonly DoormanProtocol _protocol = new(new DoormanOptions());

    /// <summary>Has a silo admitted that has prepared all that is served.</summary>
    /// <param name="record">The record as it was read.</param>
    /// <param name="report">What the silo has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The record afterwards; where the silo is not in it, more is served by now than it has.</returns>
    public async Task<DoormanRecord> AdmitAsync(DoormanRecord record, NodeReport report, CancellationToken cancellationToken)
    {
        await HearAsync(new RecordLoaded(time.GetUtcNow(), record), null, cancellationToken).ConfigureAwait(false);
        await HearAsync(new NodeReported(time.GetUtcNow(), report), report.From, cancellationToken).ConfigureAwait(false);
        return _protocol.Record!;
    }

    /// <summary>Has it written that a silo serves nothing any more.</summary>
    public async Task LeaveAsync(Member silo, CancellationToken cancellationToken)
    {
        var record = await store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false);
        await HearAsync(new RecordLoaded(time.GetUtcNow(), record), null, cancellationToken).ConfigureAwait(false);
        await HearAsync(new NodeLeft(time.GetUtcNow(), silo, "The silo stops."), null, cancellationToken).ConfigureAwait(false);
        if (_protocol.Record!.Fencing.Contains(silo))
        {
            await HearAsync(new NodeFenced(time.GetUtcNow(), silo, _protocol.Record.Epoch), null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task HearAsync(DoormanInput input, Member? until, CancellationToken cancellationToken)
    {
        var inputs = new Queue<DoormanInput>([input]);
        while (inputs.TryDequeue(out var next))
        {
            foreach (var write in _protocol.Handle(next).OfType<PersistRecord>())
            {
                inputs.Enqueue(
                    await store.Doorman.TryWriteAsync(write.ExpectedEpoch, write.Next, write.Journal, cancellationToken).ConfigureAwait(false)
                        ? new RecordPersisted(time.GetUtcNow(), write.Next.Epoch)
                        : new RecordLoaded(time.GetUtcNow(), await store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false)));
            }

            if (until is { } silo && !_protocol.IsWriting && _protocol.Record!.Nodes.Contains(silo))
            {
                return;
            }
        }
    }
}
