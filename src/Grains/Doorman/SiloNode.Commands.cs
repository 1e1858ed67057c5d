using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.Doorman;

internal sealed partial class SiloNode
{
    /// <summary>One step of the protocol and what it commands.</summary>
    private async Task TakeTurnAsync(Func<DoormanNode, IReadOnlyList<NodeCommand>> step)
    {
        var hasNews = false;
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var node = _node.Value;
            var before = _report;
            foreach (var command in step(node))
            {
                Obey(command);
            }

            _world.Lease.Set(node.Serving is not null);
            _report = node.MakeReport().Report;
            hasNews = before is null || !IsSame(before, _report);
        }
        finally
        {
            _turn.Release();
        }

        if (hasNews)
        {
            Keep(ReportAsync());
        }
    }

    private void Obey(NodeCommand command)
    {
        switch (command)
        {
            case PrepareVersion prepare:
                Keep(PrepareAsync(prepare.Version));
                break;
            case Serve { Serving: var serving }:
                if (_world.Serve(serving.Current, serving.Canary?.Version ?? default, serving.Canary?.Percent ?? 0))
                {
                    _flip = new Flip(serving.Current, _world.Time.GetTimestamp());
                    LogServes(serving.Current.Value, serving.Canary?.Version.Value ?? 0, serving.Canary?.Percent ?? 0);
                }

                break;
            case StopServing:
                _world.Lease.Set(false);
                LogFenced();
                break;
            case DropVersion drop when _preparing.TryGetValue(drop.Version, out var preparing):
                preparing.Cancel();
                break;
            case DropVersion drop:
                _world.Drop(drop.Version);
                LogDropped(drop.Version.Value);
                break;
            default:
                break; // The report is made once for all steps.
        }
    }

    /// <summary>Prepares in the background.</summary>
    private async Task PrepareAsync(SnapshotVersion version)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        _preparing[version] = ending;
        var ordered = _world.Time.GetTimestamp();
        await Task.Yield();
        IReadOnlyList<string> reasons = [];
        try
        {
            while (!await TryPrepareAsync(version, ordered, ending.Token).ConfigureAwait(false))
            {
                await Task.Delay(_world.Options.DoormanInterval, _world.Time, ending.Token).ConfigureAwait(false);
            }
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
            return; // A silo that stops refuses nothing.
        }

        await TakeTurnAsync(node =>
        {
            if (!_preparing.TryGetValue(version, out var last) || last != ending || !_preparing.Remove(version))
            {
                return []; // It was given up, and is being prepared anew.
            }

            return reasons.Count == 0 ? node.Prepared(version) : node.Refused(version, reasons);
        }).ConfigureAwait(false);
        var done = Interlocked.Exchange(ref _prepared, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        done.TrySetResult();
    }

    /// <returns>False where the store does not answer, which says nothing against the version: it is not refused, and the doorman waits as long as it likes.</returns>
    private async Task<bool> TryPrepareAsync(SnapshotVersion version, long ordered, CancellationToken cancellationToken)
    {
        try
        {
            var models = await _world.Store.Models.ListAsync(cancellationToken).ConfigureAwait(false);
            var model = models.FirstOrDefault(model => model.Version == version)
                ?? throw new SnapshotException($"Version {version} is not registered.");
            if (await _world.PrepareAsync(model, cancellationToken).ConfigureAwait(false))
            {
                _metrics.OnPrepared(_world.Time.GetElapsedTime(ordered));
            }

            return true;
        }
        catch (StoreException e)
        {
            LogNotPrepared(version.Value, e.Message);
            return false;
        }
    }

    private static bool IsSame(NodeReport one, NodeReport other) =>
        one.OrderEpoch == other.OrderEpoch && one.ServingEpoch == other.ServingEpoch
        && one.Prepared.SequenceEqual(other.Prepared) && one.Refusals.Count == other.Refusals.Count;

    /// <summary>Background work; what it could not do, the next beat does.</summary>
    private void Keep(Task work) => work.ContinueWith(
        done =>
        {
            _metrics.OnFailure();
            LogFailed(done.Exception!.GetBaseException());
        },
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted,
        TaskScheduler.Default);

    [LoggerMessage(EventId = 4211, Level = LogLevel.Information, Message = "Version {Current} serves; beside it version {Canary} serves {Percent} % of the listeners (0: none)")]
    private partial void LogServes(int current, int canary, double percent);

    [LoggerMessage(EventId = 4212, Level = LogLevel.Warning, Message = "This silo was shut out and answers nobody until it is admitted again")]
    private partial void LogFenced();

    [LoggerMessage(EventId = 4213, Level = LogLevel.Information, Message = "Version {Version} is given up")]
    private partial void LogDropped(int version);

    [LoggerMessage(EventId = 4215, Level = LogLevel.Warning, Message = "Version {Version} cannot be prepared while the store does not answer; tried again: {Reason}")]
    private partial void LogNotPrepared(int version, string reason);

    [LoggerMessage(EventId = 4214, Level = LogLevel.Error, Message = "A step of this silo's side of the doorman failed; the next beat goes on")]
    private partial void LogFailed(Exception exception);
}
