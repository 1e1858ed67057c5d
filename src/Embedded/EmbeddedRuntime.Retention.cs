using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    private long _droppedThrough;

    /// <summary>Drops events that are older than the retention and are in a checkpoint of their listener.</summary>
    /// <param name="through">Every event up to this offset is in a checkpoint.</param>
    private async Task DropOldEventsAsync(long through)
    {
        if (_options.Retention is not { } retention)
        {
            return;
        }

        try
        {
            var dropped = await _store.Events.DropAsync(_time.GetUtcNow() - retention, through, CancellationToken.None).ConfigureAwait(false);
            if (dropped > _droppedThrough)
            {
                _droppedThrough = dropped;
                LogEventsDropped(dropped);
            }
        }
#pragma warning disable CA1031 // Old events stay a little longer; the next round tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogDropFailed(e);
        }
    }

    [LoggerMessage(EventId = 2116, Level = LogLevel.Information, Message = "Events through offset {Dropped} have been dropped")]
    private partial void LogEventsDropped(long dropped);

    [LoggerMessage(EventId = 2117, Level = LogLevel.Warning, Message = "Old events could not be dropped")]
    private partial void LogDropFailed(Exception exception);
}
