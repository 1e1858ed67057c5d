using Buddies.Engine.Doorman;
using Buddies.Engine.Doorman.Gates;
using Buddies.Storage;
using Buddies.Storage.Doorman;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.Doorman;

internal sealed partial class DoormanGrain
{
    private async Task HearAsync(DoormanInput input)
    {
        var inputs = new Queue<DoormanInput>([input]);
        while (inputs.TryDequeue(out var next))
        {
            if (next is RecordLoaded loaded)
            {
                _record = loaded.Record;
            }

            foreach (var command in _protocol.Handle(next))
            {
                if (await ObeyAsync(command) is { } outcome)
                {
                    inputs.Enqueue(outcome);
                }
            }
        }
    }

    private async Task<DoormanInput?> ObeyAsync(DoormanCommand command)
    {
        switch (command)
        {
            case PersistRecord persist:
                return await PersistAsync(persist);
            case SendOrders send:
                SendAsync(send.Orders).Ignore(); // Orders may be lost: the next tick sends them again, and silos read the record.
                return null;
            case FenceNode fence:
                FenceAsync(fence).Ignore();
                return null;
            case RunGates gates:
                JudgeAsync(gates).Ignore();
                return null;
            case Answer answer:
                if (_asked.Remove(answer.Request, out var asked))
                {
                    asked.TrySetResult(new DoormanReply(answer.IsAccepted, answer.Message));
                }

                return null;
            default:
                return null;
        }
    }

    private async Task<DoormanInput> PersistAsync(PersistRecord persist)
    {
        try
        {
            if (!await _store.Doorman.TryWriteAsync(persist.ExpectedEpoch, persist.Next, persist.Journal, CancellationToken.None))
            {
                return new RecordLoaded(Now, await _store.Doorman.ReadAsync(CancellationToken.None));
            }
        }
        catch (StoreException e)
        {
            // It may have been written all the same: what the store says next decides. While it is away, the next tick asks.
            LogNotWritten(e.Message);
            return new RecordLoaded(Now, await _store.Doorman.ReadAsync(CancellationToken.None));
        }

        if (persist.Next.Current != _record.Current || persist.Next.Canary != _record.Canary)
        {
            _flip.Begin(persist.Next.Epoch);
        }

        _record = persist.Next;
        foreach (var entry in persist.Journal)
        {
            var why = string.Join(' ', entry.Reasons.Prepend(entry.Why));
            LogJournal(entry.Action, entry.Version.Value, entry.Who, why);
            _metrics.OnJournal(entry.Action);
        }

        return new RecordPersisted(Now, persist.Next.Epoch);
    }

    private async Task SendAsync(NodeOrders orders)
    {
        await GrainFactory.GetGrain<ISiloDoor>(SiloMember.AddressOf(orders.To).ToParsableString()).OrdersAsync(orders);
        if (orders.IsAdmitted && _flip.OnAnswered(orders.To, orders.Epoch))
        {
            LogFlipped(orders.To.Node.Value, orders.Current.Value, _flip.Last!.Value.TotalMilliseconds);
            CountFlip();
        }
    }

    /// <summary>Looked at again and again: who is gone has not to answer any more.</summary>
    private void CountFlip()
    {
        if (_flip.IsOver(_record.Nodes))
        {
            _metrics.OnFlipped(_flip.Last!.Value);
        }
    }

    private async Task JudgeAsync(RunGates gates)
    {
        GateVerdict verdict;
        try
        {
            var desk = new DoormanDesk(
                _store, Path.Combine(_options.DataDirectory, "snapshots"), _options.Transform.Fingerprint,
                _options.Gates with { AcceptsLower = gates.LowerAccepted is not null }, _time);
            verdict = await desk.JudgeAsync(gates.Version, CancellationToken.None);
        }
#pragma warning disable CA1031 // A gate that fails lets nothing through.
        catch (Exception e)
#pragma warning restore CA1031
        {
            verdict = new GateVerdict([e.Message], new Dictionary<string, double>());
        }

        await TakeTurnAsync(() => HearAsync(new GatesJudged(Now, gates.Version, verdict.Reasons, verdict.Metrics, gates.Request, gates.Who) { LowerAccepted = gates.LowerAccepted }));
    }

    [LoggerMessage(EventId = 4302, Level = LogLevel.Information, Message = "Doorman: {Action} version {Version} by {Who}: {Why}")]
    private partial void LogJournal(JournalAction action, int version, string who, string why);

    [LoggerMessage(EventId = 4303, Level = LogLevel.Warning, Message = "The doorman's record could not be written: {Reason}")]
    private partial void LogNotWritten(string reason);

    [LoggerMessage(EventId = 4304, Level = LogLevel.Information, Message = "Silo {Silo} serves version {Version}, {Milliseconds:F1} ms after the commit")]
    private partial void LogFlipped(string silo, int version, double milliseconds);
}
