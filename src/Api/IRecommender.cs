using Buddies.Engine.Buddies;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Storage.Privacy;

namespace Buddies.Api;

/// <summary>The one port between the HTTP surface and a runtime: one process (Embedded) or a cluster (Orleans).</summary>
/// <remarks>
/// Every method may throw <see cref="RecommenderUnavailableException"/> while the runtime starts, stops or has lost its
/// store; the HTTP surface answers 503 then.
/// </remarks>
public interface IRecommender
{
    /// <summary>What the runtime holds at this moment; never blocks.</summary>
    ServingStatus Status { get; }

    /// <summary>How each part of the runtime is at this moment, where it can tell; never blocks.</summary>
    IReadOnlyList<HealthPart> Health => [];

    /// <summary>Makes valid events durable, then applies them.</summary>
    /// <param name="events">Events that passed <see cref="EventRules"/>.</param>
    /// <param name="terms">Who sends them, and what is waited for.</param>
    /// <param name="cancellationToken">Gives up waiting; what was already appended stays accepted.</param>
    /// <returns>Once every event is durable; where the terms say so, once their effects can be read, or have not come in time.</returns>
    /// <exception cref="RecommenderBusyException">The queues are full; nothing of the batch was accepted.</exception>
    ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, IngestTerms terms, CancellationToken cancellationToken);

    /// <summary>Adds or replaces tracks.</summary>
    ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken);

    /// <summary>Adds or replaces playlists; one that turns private is gone from every page at once.</summary>
    ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken);

    /// <summary>A listener's page as of now.</summary>
    ValueTask<HomePage> HomeAsync(UserId user, HomeRequest request, CancellationToken cancellationToken);

    /// <summary>A listener's page and nearest buddies now and after every change, the latest only when the reader is slow.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="request">The page's shape.</param>
    /// <param name="lastSequence">The last sequence the client has; what has not changed since is not sent again.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <returns>In ascending order of their sequence.</returns>
    IAsyncEnumerable<LiveUpdate> HomeLiveAsync(UserId user, HomeRequest request, long? lastSequence, CancellationToken cancellationToken);

    /// <summary>A listener's nearest listeners.</summary>
    ValueTask<BuddyList> BuddiesAsync(UserId user, int count, CancellationToken cancellationToken);

    /// <summary>A listener's taste in musical facts.</summary>
    ValueTask<TasteSummary> TasteAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>A playlist's contents as the viewer may see them.</summary>
    /// <returns>Null when there is no such playlist, or it is private and not the viewer's own.</returns>
    ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist, UserId? viewer, CancellationToken cancellationToken);

    /// <summary>Listeners whose id contains a text.</summary>
    /// <param name="query">Compared without regard to case; empty for those with the most to show.</param>
    /// <param name="limit">Most listeners to return.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<ListenerSummary>> FindListenersAsync(string query, int limit, CancellationToken cancellationToken);

    /// <summary>Removes a listener from every answer at once, and from the store.</summary>
    ValueTask<ErasureReceipt> EraseAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>What is still pending of an erasure; null when there was none, or the listener has come back.</summary>
    ValueTask<ErasureReceipt?> ErasureAsync(UserId user, CancellationToken cancellationToken) => throw NotSupported();

    /// <summary>What a listener chose about being seen.</summary>
    ValueTask<ListenerPrivacy> PrivacyAsync(UserId user, CancellationToken cancellationToken) => throw NotSupported();

    /// <summary>Replaces a listener's choices; in force in every answer when it returns.</summary>
    ValueTask SetPrivacyAsync(UserId user, ListenerPrivacy privacy, CancellationToken cancellationToken) => throw NotSupported();

    /// <summary>Everything that is held about a listener.</summary>
    ValueTask<ListenerHoldings> HoldingsAsync(UserId user, CancellationToken cancellationToken) => throw NotSupported();

    /// <summary>Playlists whose follows came faster than is believed.</summary>
    IReadOnlyList<FollowAnomaly> Anomalies => throw NotSupported();

    /// <summary>Counts every follow of such a playlist from here on.</summary>
    /// <returns>False when none was uncounted.</returns>
    ValueTask<bool> BelieveFollowsAsync(PlaylistId playlist, CancellationToken cancellationToken) => throw NotSupported();

    private static NotSupportedException NotSupported() =>
        new("The runtime behind this server cannot do that yet.") { Source = nameof(IRecommender) };
}
