using Buddies.Engine.Doorman;
using Buddies.Engine.Events;

namespace Buddies.Grains.Versions;

/// <summary>Counts what listeners of one silo did while one version served them. Safe for concurrent use.</summary>
internal sealed class SiloEngagement
{
    private const int PlayMs = 30_000;

    private long _impressions;
    private long _plays;
    private long _likes;
    private long _hides;

    public EngagementCounts Counts => new(
        Volatile.Read(ref _impressions), Volatile.Read(ref _plays), Volatile.Read(ref _likes), Volatile.Read(ref _hides));

    public void Count(in UserEvent @event)
    {
        switch (@event.Kind)
        {
            case EventKind.Impression:
                Interlocked.Increment(ref _impressions);
                break;
            case EventKind.Listen when @event.PlayedMs is >= PlayMs:
                Interlocked.Increment(ref _plays);
                break;
            case EventKind.Like:
                Interlocked.Increment(ref _likes);
                break;
            case EventKind.Hide:
                Interlocked.Increment(ref _hides);
                break;
            default:
                break;
        }
    }

    /// <summary>Begins anew: a canary and the current version are compared over the same time.</summary>
    public void Reset()
    {
        Volatile.Write(ref _impressions, 0);
        Volatile.Write(ref _plays, 0);
        Volatile.Write(ref _likes, 0);
        Volatile.Write(ref _hides, 0);
    }
}
