using Buddies.Engine.Events;

namespace Buddies.Engine.Doorman;

/// <summary>Counts what listeners did while one version served them. Safe for concurrent use.</summary>
public sealed class Engagement
{
    private const int PlayMs = 30_000;

    private long _impressions;
    private long _plays;
    private long _likes;
    private long _hides;

    /// <summary>Cards that were seen.</summary>
    public long Impressions => Volatile.Read(ref _impressions);

    /// <summary>Plays of 30 s or more.</summary>
    public long Plays => Volatile.Read(ref _plays);

    /// <summary>Likes.</summary>
    public long Likes => Volatile.Read(ref _likes);

    /// <summary>Hides.</summary>
    public long Hides => Volatile.Read(ref _hides);

    /// <summary>All four, each as of its own moment.</summary>
    public EngagementCounts Counts => new(Impressions, Plays, Likes, Hides);

    /// <summary>Counts an event; kinds that say nothing of engagement are passed over.</summary>
    /// <param name="event">What happened.</param>
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
