using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    /// <summary>
    /// Held over one save and over one erasure, so that the facts of an erased listener are never saved behind the erasure.
    /// Nobody who holds it waits for anything that needs it.
    /// </summary>
    private readonly SemaphoreSlim _saving = new(1, 1);

    /// <summary>
    /// Writes the facts that changed. Events up to the noted offset were handed to the partitions before they are asked, so
    /// a later start may begin its replay there. One call at a time.
    /// </summary>
    private async Task CheckpointAsync()
    {
        var through = _pump.HandedOver;
        foreach (var partition in _partitions)
        {
            // Only those who wait now: under load others join faster than they are saved, and the round would never end.
            var left = await partition.AskAsync(p => p.UnsavedCount, CancellationToken.None).ConfigureAwait(false);
            while (left > 0)
            {
                left -= await SaveNextAsync(partition, left).ConfigureAwait(false);
            }
        }

        await SaveUncountedAsync().ConfigureAwait(false);
        await _store.Settings.SetAsync(ReplayFromSetting, through.ToString(CultureInfo.InvariantCulture), CancellationToken.None).ConfigureAwait(false);
        await DropOldEventsAsync(through).ConfigureAwait(false);
    }

    /// <returns>How many listeners left the queue.</returns>
    private async Task<int> SaveNextAsync(Partition partition, int most)
    {
        await _saving.WaitAsync().ConfigureAwait(false);
        try
        {
            var (taken, states, checkpoints) = await partition.AskAsync(p => p.CollectCheckpoints(most), CancellationToken.None).ConfigureAwait(false);
            try
            {
                await _store.Checkpoints.SaveAsync(checkpoints, CancellationToken.None).ConfigureAwait(false);
            }
            catch
            {
                await partition.PostAsync(p => states.ForEach(p.NeedCheckpoint), CancellationToken.None).ConfigureAwait(false);
                throw;
            }

            Metrics.OnCheckpointed(checkpoints.Count);
            return taken;
        }
        finally
        {
            _saving.Release();
        }
    }

    private async Task CheckpointPeriodicallyAsync()
    {
        using var timer = new PeriodicTimer(_options.CheckpointInterval, _time);
        while (await NextAsync(timer).ConfigureAwait(false))
        {
            await TryCheckpointAsync().ConfigureAwait(false);
        }
    }

    private async Task TryCheckpointAsync()
    {
        try
        {
            await CheckpointAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The log holds everything a checkpoint would; the next round, or the next start, makes up for it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogCheckpointFailed(e);
        }
    }

    [LoggerMessage(EventId = 2113, Level = LogLevel.Error, Message = "Writing checkpoints failed; the log holds what is not in them")]
    private partial void LogCheckpointFailed(Exception exception);
}
