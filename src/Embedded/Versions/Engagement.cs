using Buddies.Engine.Doorman;
using Buddies.Engine.Events;

namespace Buddies.Embedded.Versions;

/// <summary>Counts what listeners did while one version served them. Safe for concurrent use.</summary>
internal sealed class Engagement
{
    private const int PlayMs = 30_000;

    private long _impressions;
    private long _plays;
    private long _likes;
    private long _hides;

    public long Impressions => Volatile.Read(ref _impressions);

    /// <summary>Plays of 30 s or more.</summary>
    public long Plays => Volatile.Read(ref _plays);

    public long Likes => Volatile.Read(ref _likes);

    public long Hides => Volatile.Read(ref _hides);

    public EngagementCounts Counts => new(Impressions, Plays, Likes, Hides);

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
}
