using Buddies.Embedded.Versions;
using Buddies.Engine.Buddies;
using Buddies.Engine.Home;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

/// <summary>
/// What is kept of a listener only while it listens or while somebody looks at its page; all of it can be made again.
/// Owned by the listener's partition.
/// </summary>
internal sealed class Attention
{
    /// <summary>The version that everything here was made with.</summary>
    public ServedVersion? Version { get; set; }

    /// <summary>The normal equations, while this listener is listening.</summary>
    public LiveTaste? Live { get; set; }

    /// <summary>The place in the order of those who listened; null without normal equations.</summary>
    public LinkedListNode<UserState>? LiveNode { get; set; }

    /// <summary>
    /// Unit taste vector as of the last event, which may be a little ahead of the one in the cells; null where that one is
    /// as of then too, but for its rounding. The array is replaced, never written.
    /// </summary>
    public float[]? Unit { get; set; }

    /// <summary>The place in the order of those who were asked for; null for one who was not.</summary>
    public LinkedListNode<UserState>? AskedNode { get; set; }

    public long AskedTimestamp { get; set; }

    /// <summary>Whether the cells keep a buddy set for it.</summary>
    public bool HasSet { get; set; }

    /// <summary>The number last given to a page or a list; 0 before the first page.</summary>
    public long Sequence { get; set; }

    /// <summary>The latest page of each shape asked for, newest last; few. With a policy also how it came about.</summary>
    public List<(HomeRequest Request, HomePage Page, SentPage? Sent)> Pages { get; } = [];

    /// <summary>When the visit began, Unix milliseconds: what a policy's draws begin from; 0 before the first.</summary>
    public long VisitMs { get; set; }

    /// <summary>The latest list of buddies and its number.</summary>
    public (BuddyList List, long Sequence)? Buddies { get; set; }

    public List<LiveSubscription> Subscriptions { get; } = [];

    public long LastPushTimestamp { get; set; }

    /// <summary>How many buddies the set had that the watchers' page was last made from; who and how near follow.</summary>
    public int SeenCount { get; set; }

    public int[] SeenUsers { get; set; } = [];

    public float[] SeenSimilarities { get; set; } = [];

    public bool IsWatched => Subscriptions.Count > 0;
}
