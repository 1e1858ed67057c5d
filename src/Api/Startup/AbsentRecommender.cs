using Buddies.Engine.Buddies;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;

namespace Buddies.Api.Startup;

/// <summary>Stands where no runtime is: the surface is up, and every call says that it cannot be answered.</summary>
internal sealed class AbsentRecommender : IRecommender
{
    public ServingStatus Status { get; } = new(false, "no runtime", default, 0, 0, 0, 0, 0);

    public ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellationToken) => throw Absent();

    public ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken) => throw Absent();

    public ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken) => throw Absent();

    public ValueTask<HomePage> HomeAsync(UserId user, HomeRequest request, CancellationToken cancellationToken) => throw Absent();

    public IAsyncEnumerable<HomeUpdate> HomeLiveAsync(UserId user, HomeRequest request, long? lastSequence, CancellationToken cancellationToken) => throw Absent();

    public ValueTask<BuddyList> BuddiesAsync(UserId user, int count, CancellationToken cancellationToken) => throw Absent();

    public ValueTask<TasteSummary> TasteAsync(UserId user, CancellationToken cancellationToken) => throw Absent();

    public ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist, UserId? viewer, CancellationToken cancellationToken) => throw Absent();

    public ValueTask<IReadOnlyList<ListenerSummary>> FindListenersAsync(string query, int limit, CancellationToken cancellationToken) => throw Absent();

    public ValueTask<ErasureReceipt> EraseAsync(UserId user, CancellationToken cancellationToken) => throw Absent();

    private static RecommenderUnavailableException Absent() => new("This server has no recommender.");
}
