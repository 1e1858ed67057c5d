using Buddies.Engine.Experiments;
using Buddies.Engine.Identifiers;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded.Doorman;

public sealed partial class LocalDoorman
{
    private SnapshotVersion _watched;
    private EngagementWatch? _watch;

    /// <summary>Watches what listeners do with the current version; when it has surely fallen, says so and asks for a training.</summary>
    private void WatchEngagement()
    {
        if (_options.EngagementWatch is not { } how || _runtime.Plan.Current is not { } current)
        {
            return;
        }

        if (_watch is null || _watched != current.Number)
        {
            (_watched, _watch) = (current.Number, new EngagementWatch(how, Now, current.Engagement.Counts));
        }

        if (_watch.Look(Now, current.Engagement.Counts))
        {
            var state = _watch.State;
            _runtime.Metrics.OnEngagementFell(current.Number);
            LogFell(current.Number.Value, state.Before, state.Now, state.High);
            _options.EngagementFell?.Invoke(current.Number);
        }
    }

    [LoggerMessage(EventId = 2143, Level = LogLevel.Warning, Message = "Engagement with version {Version} has fallen: {Now:0.####} plays an impression, {Before:0.####} at the same times of its first day; the difference is at most {High:0.####}")]
    private partial void LogFell(int version, double before, double now, double high);
}
