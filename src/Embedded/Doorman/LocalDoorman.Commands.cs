using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded.Doorman;

public sealed partial class LocalDoorman
{
    private async Task HearAsync(DoormanInput input)
    {
        if (input is RecordLoaded loaded)
        {
            _record = loaded.Record;
        }

        foreach (var command in _protocol.Handle(input))
        {
            await ObeyAsync(command).ConfigureAwait(false);
        }
    }

    private async Task ObeyAsync(DoormanCommand command)
    {
        switch (command)
        {
            case PersistRecord persist:
                await PersistAsync(persist).ConfigureAwait(false);
                break;
            case SendOrders { Orders: var orders } when orders.To == _node.Self:
                await ObeyAsync(_node.Follow(orders)).ConfigureAwait(false);
                break;
            case FenceNode { Node: var node, Epoch: var epoch }:
                if (node == _node.Self)
                {
                    await ObeyAsync(_node.Fence(epoch)).ConfigureAwait(false);
                }

                // Whoever else once had this data directory is gone: the lock on it is ours.
                await HearAsync(new NodeFenced(Now, node, epoch)).ConfigureAwait(false);
                break;
            case RunGates gates:
                Keep(JudgeAsync(gates));
                break;
            case Answer answer:
                if (_asked.Remove(answer.Request, out var asked))
                {
                    asked.TrySetResult(new DoormanAnswer(answer.IsAccepted, answer.Message));
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The commit. Before a version serves somebody new, its buddy sets are there and its vectors are as of now.</summary>
    private async Task PersistAsync(PersistRecord persist)
    {
        foreach (var number in new[] { persist.Next.Current, persist.Next.Canary?.Version ?? default })
        {
            if (number.Value != 0 && number != _record.Current && number != _record.Canary?.Version)
            {
                await _runtime.WarmAsync(number, _stopping.Token).ConfigureAwait(false);
            }
        }

        DoormanInput outcome;
        try
        {
            outcome = await _store.Doorman.TryWriteAsync(persist.ExpectedEpoch, persist.Next, persist.Journal, CancellationToken.None).ConfigureAwait(false)
                ? new RecordPersisted(Now, persist.Next.Epoch)
                : new RecordLoaded(Now, await _store.Doorman.ReadAsync(CancellationToken.None).ConfigureAwait(false));
        }
        catch (StoreException e)
        {
            // It may have been written all the same: what the store says next decides. While it is away, the next beat asks.
            LogNotWritten(e.Message);
            outcome = new RecordLoaded(Now, await _store.Doorman.ReadAsync(CancellationToken.None).ConfigureAwait(false));
        }

        if (outcome is RecordPersisted)
        {
            _committedAt = _time.GetTimestamp();
            _record = persist.Next;
            foreach (var entry in persist.Journal)
            {
                var why = string.Join(' ', entry.Reasons.Prepend(entry.Why));
                LogJournal(entry.Action, entry.Version.Value, entry.Who, why);
                _runtime.Metrics.OnJournal(entry.Action);
            }
        }

        await HearAsync(outcome).ConfigureAwait(false);
    }

    private async Task ObeyAsync(IReadOnlyList<NodeCommand> commands)
    {
        foreach (var command in commands)
        {
            switch (command)
            {
                case PrepareVersion when _isLeaving:
                    break;
                case PrepareVersion prepare:
                    Keep(PrepareAsync(prepare.Version));
                    break;
                case Serve { Serving: var serving }:
                    await FlipAsync(serving).ConfigureAwait(false);
                    break;
                case DropVersion drop when _preparing.TryGetValue(drop.Version, out var preparing):
                    await preparing.CancelAsync().ConfigureAwait(false);
                    break;
                case DropVersion drop:
                    await _runtime.DropAsync(drop.Version).ConfigureAwait(false);
                    break;
                case SendReport when _isLeaving:
                    break;
                case SendReport report:
                    await HearAsync(new NodeReported(Now, report.Report)).ConfigureAwait(false);
                    break;
                default:
                    break; // The only node serves as long as it runs.
            }
        }
    }

    private async Task FlipAsync(NodeServing serving)
    {
        var (current, canary, percent) = (serving.Current, serving.Canary?.Version ?? default, serving.Canary?.Percent ?? 0);
        if (_runtime.Serves(current, canary, percent))
        {
            return; // A new epoch, and nothing else for this node.
        }

        var offset = canary.Value != 0 ? await _store.Events.LastOffsetAsync(CancellationToken.None).ConfigureAwait(false) : 0;
        var flipped = await _runtime.ServeAsync(current, canary, percent).ConfigureAwait(false);
        if (_committedAt > 0)
        {
            var flip = _time.GetElapsedTime(_committedAt, flipped);
            Volatile.Write(ref _lastFlipTicks, flip.Ticks);
            _runtime.Metrics.OnFlipped(flip);
        }

        if (_record.Canary is { } began && began.Version == canary)
        {
            await NoteCanaryAsync(began, offset).ConfigureAwait(false);
        }
    }

    /// <summary>Prepares in the background; the outcome comes back through the inbox.</summary>
    private async Task PrepareAsync(SnapshotVersion version)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        _preparing[version] = ending;
        IReadOnlyList<string> reasons = [];
        try
        {
            var models = await _store.Models.ListAsync(ending.Token).ConfigureAwait(false);
            var model = models.FirstOrDefault(model => model.Version == version)
                ?? throw new SnapshotException($"Version {version} is not registered.");
            await _runtime.PrepareAsync(model, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            reasons = ["It was given up while it was prepared."];
        }
#pragma warning disable CA1031 // Whatever it is: this version is not let in, and the current one serves on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            reasons = [e.Message];
        }

        if (_stopping.IsCancellationRequested)
        {
            return; // A server that stops refuses nothing: the next start prepares again.
        }

        try
        {
            await PostAsync(async () =>
            {
                _ = _preparing.Remove(version);
                await ObeyAsync(reasons.Count == 0 ? _node.Prepared(version) : _node.Refused(version, reasons)).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The doorman's turn has logged it; or it has stopped.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>Background work that the stop waits for.</summary>
    private void Keep(Task work)
    {
        _background.RemoveAll(static done => done.IsCompleted);
        _background.Add(work);
    }

    private async Task JudgeAsync(RunGates gates)
    {
        GateOutcome outcome;
        try
        {
            outcome = await _options.Gates(gates.Version, _record.Current, gates.LowerAccepted is not null, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            return; // A server that stops judges nothing: the next start asks again.
        }
#pragma warning disable CA1031 // A gate that fails lets nothing through.
        catch (Exception e)
#pragma warning restore CA1031
        {
            outcome = new GateOutcome([e.Message], new Dictionary<string, double>());
        }

        _ = PostAsync(() => HearAsync(new GatesJudged(Now, gates.Version, outcome.Reasons, outcome.Metrics, gates.Request, gates.Who) { LowerAccepted = gates.LowerAccepted }));
    }

    [LoggerMessage(EventId = 2141, Level = LogLevel.Information, Message = "Doorman: {Action} version {Version} by {Who}: {Why}")]
    private partial void LogJournal(JournalAction action, int version, string who, string why);

    [LoggerMessage(EventId = 2142, Level = LogLevel.Warning, Message = "The doorman's record could not be written: {Reason}")]
    private partial void LogNotWritten(string reason);
}
