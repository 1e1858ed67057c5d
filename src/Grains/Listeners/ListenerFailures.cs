using Buddies.Grains.World;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.Listeners;

/// <summary>Counts and logs what a listener's grain failed at; whoever asked has the error too.</summary>
/// <remarks>What the cluster gets over by itself is left out: a silo or a store that does not answer is seen elsewhere.</remarks>
internal sealed partial class ListenerFailures(GrainMetrics metrics, ILogger<ListenerFailures> logger)
{
    /// <summary>Goes on with a call.</summary>
    public async Task WatchAsync(IIncomingGrainCallContext call)
    {
        try
        {
            await call.Invoke();
        }
        catch (Exception e) when (!ClusterFailures.IsPassing(e))
        {
            metrics.OnFailure();
            LogFailed(e, call.MethodName);
            throw;
        }
    }

    [LoggerMessage(EventId = 4031, Level = LogLevel.Error, Message = "A listener's grain failed at {Method}")]
    private partial void LogFailed(Exception exception, string method);
}
