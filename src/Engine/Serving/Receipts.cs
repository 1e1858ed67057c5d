using Buddies.Engine.Buddies;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Serving;

/// <summary>What became of a batch.</summary>
/// <param name="Accepted">Events that are new.</param>
/// <param name="Duplicates">Events whose user and id were known.</param>
/// <param name="IsApplied">
/// Whether every effect could be read when this was answered. Always false where nobody waited for it, and then says nothing.
/// </param>
public readonly record struct IngestResult(int Accepted, int Duplicates, bool IsApplied = false);

/// <summary>Something pushed to whoever watches a listener.</summary>
/// <param name="Sequence">Its number; pages and lists of one listener are numbered together, and come in this order.</param>
/// <param name="Latency">From the acceptance of the event that changed it to now; null when no event of the listener's own did.</param>
public abstract record LiveUpdate(long Sequence, TimeSpan? Latency);

/// <summary>The page has changed.</summary>
/// <param name="Page">The page.</param>
/// <param name="Latency">From the acceptance of the event that changed it to now; null when no event of the listener's own did.</param>
public sealed record HomeUpdate(HomePage Page, TimeSpan? Latency) : LiveUpdate(Page.Sequence, Latency);

/// <summary>The buddies have changed.</summary>
/// <param name="Buddies">The nearest of them.</param>
/// <param name="Sequence">The list's number.</param>
/// <param name="Latency">From the acceptance of the event that changed it to now; null when no event of the listener's own did.</param>
public sealed record BuddiesUpdate(BuddyList Buddies, long Sequence, TimeSpan? Latency) : LiveUpdate(Sequence, Latency);

/// <summary>What an erasure has done and what it has not done yet.</summary>
/// <param name="User">Whom.</param>
/// <param name="Pending">What still holds traces, in words; empty when nothing does.</param>
public sealed record ErasureReceipt(UserId User, IReadOnlyList<string> Pending);
