using Buddies.Api.Metrics;
using Buddies.Api.Security;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Api.Live;

/// <summary>Counts the open live streams and bounds them.</summary>
internal sealed class LiveStreams(
    BuddiesApiOptions options, BuddiesApiMetrics metrics, TimeProvider time, KeyRing ring, IHostApplicationLifetime lifetime)
{
    private int _open;

    public TimeSpan Heartbeat => options.Heartbeat;

    public TimeProvider Time => time;

    public BuddiesApiMetrics Metrics => metrics;

    /// <summary>Ends every stream when the host stops, so that shutdown does not wait for readers that never leave.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>Watches over the right to a stream for as long as it is open.</summary>
    public CallerWatch Watch(Caller caller) => new(caller, ring, time);

    /// <summary>Opens a stream.</summary>
    /// <returns>Null when as many as allowed are open.</returns>
    public HomeStream? TryOpen(IRecommender recommender, UserId user, HomeRequest request, long? lastSequence, Caller caller)
    {
        if (Interlocked.Increment(ref _open) > options.MaxLiveStreams)
        {
            Interlocked.Decrement(ref _open);
            return null;
        }

        metrics.OnStreamOpened();
        return new HomeStream(this, caller, token => recommender.HomeLiveAsync(user, request, lastSequence, token));
    }

    /// <summary>Takes note that a stream has ended.</summary>
    public void Closed()
    {
        Interlocked.Decrement(ref _open);
        metrics.OnStreamClosed();
    }
}
