using Buddies.Embedded.Versions;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    private readonly Lock _stopGate = new();
    private Task? _stop;

    /// <summary>Refuses new work, finishes what is under way, ends the live streams and writes the last checkpoints.</summary>
    /// <remarks>Every call waits for the same stop, so that nobody lets go of the model's files before its end.</remarks>
    public Task StopAsync()
    {
        lock (_stopGate)
        {
            return _stop ??= StopOnceAsync();
        }
    }

    private async Task StopOnceAsync()
    {
        var wasReady = _ready;
        _stage = "stopping";
        _ready = false;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _pump.Complete();
        if (wasReady)
        {
            // The pump, the ticks and the periodic checkpoints end first: two checkpoints at one time would each take the
            // other's listeners for saved.
            await Task.WhenAll(_loops.Skip(_partitions.Length)).ConfigureAwait(false);
            await TryCheckpointAsync().ConfigureAwait(false);
        }

        await FinishLearningAsync(wasReady).ConfigureAwait(false);

        foreach (var partition in _partitions)
        {
            partition.Complete();
        }

        await Task.WhenAll(_loops).ConfigureAwait(false);
    }

    /// <summary>Stops, and lets go of the model's files.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        foreach (var partition in _partitions)
        {
            partition.LeaveVersions();
        }

        foreach (var version in Plan.All)
        {
            version.Release();
        }

        _plan = ServingPlan.Empty;
        _lock?.Dispose();
        _stopping.Dispose();
        _saving.Dispose();
        _preparing.Dispose();
        Learning?.Dispose();
        Metrics.Dispose();
    }
}
