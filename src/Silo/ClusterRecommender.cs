using Buddies.Api;
using Buddies.Engine.Buddies;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Grains;
using Buddies.Storage.Privacy;

namespace Buddies.Silo;

/// <summary>The cluster behind the HTTP surface's port.</summary>
internal sealed class ClusterRecommender(ClusterDoor door) : IRecommender
{
    public ServingStatus Status => door.Status;

    public IReadOnlyList<HealthPart> Health => door.Health;

    /// <remarks>Producers have no turns here: whoever comes is let in until the door is full.</remarks>
    public async ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, IngestTerms terms, CancellationToken cancellationToken)
    {
        // A listener's grain has applied what it appended before it answers.
        var result = await door.IngestAsync(events, cancellationToken);
        return result with { IsApplied = terms.WaitApplied is not null };
    }

    public ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken) =>
        door.UpsertTracksAsync(tracks, cancellationToken);

    public ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken) =>
        door.UpsertPlaylistsAsync(playlists, cancellationToken);

    public ValueTask<HomePage> HomeAsync(UserId user, HomeRequest request, CancellationToken cancellationToken) =>
        door.HomeAsync(user, request, cancellationToken);

    public IAsyncEnumerable<LiveUpdate> HomeLiveAsync(UserId user, HomeRequest request, long? lastSequence, CancellationToken cancellationToken) =>
        door.HomeLiveAsync(user, request, lastSequence, cancellationToken);

    public ValueTask<BuddyList> BuddiesAsync(UserId user, int count, CancellationToken cancellationToken) =>
        door.BuddiesAsync(user, count, cancellationToken);

    public ValueTask<TasteSummary> TasteAsync(UserId user, CancellationToken cancellationToken) => door.TasteAsync(user, cancellationToken);

    public ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist, UserId? viewer, CancellationToken cancellationToken) =>
        door.PlaylistAsync(playlist, viewer, cancellationToken);

    public ValueTask<IReadOnlyList<ListenerSummary>> FindListenersAsync(string query, int limit, CancellationToken cancellationToken) =>
        door.FindListenersAsync(query, limit, cancellationToken);

    public ValueTask<ErasureReceipt> EraseAsync(UserId user, CancellationToken cancellationToken) => door.EraseAsync(user, cancellationToken);

    public ValueTask<ErasureReceipt?> ErasureAsync(UserId user, CancellationToken cancellationToken) => door.ErasureAsync(user, cancellationToken);

    public ValueTask<ListenerPrivacy> PrivacyAsync(UserId user, CancellationToken cancellationToken) => door.PrivacyAsync(user, cancellationToken);

    public ValueTask SetPrivacyAsync(UserId user, ListenerPrivacy privacy, CancellationToken cancellationToken) =>
        door.SetPrivacyAsync(user, privacy, cancellationToken);

    public ValueTask<ListenerHoldings> HoldingsAsync(UserId user, CancellationToken cancellationToken) => door.HoldingsAsync(user, cancellationToken);

    public IReadOnlyList<FollowAnomaly> Anomalies => door.Anomalies;

    public ValueTask<bool> BelieveFollowsAsync(PlaylistId playlist, CancellationToken cancellationToken) => door.BelieveFollowsAsync(playlist, cancellationToken);
}
