using Buddies.Embedded;
using Buddies.Engine.Buddies;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Storage.Privacy;

namespace Buddies.Api.Startup;

/// <summary>The one-process runtime behind the port; not ready until the data directory is open and its log replayed.</summary>
internal sealed class EmbeddedRecommender : IRecommender
{
    private volatile EmbeddedRuntime? _runtime;
    private volatile string _stage = "starting";
    private volatile bool _hasDoorman;

    /// <summary>What is being done before there is a runtime.</summary>
    public string Stage
    {
        set => _stage = value;
    }

    /// <summary>The runtime, once it exists.</summary>
    public EmbeddedRuntime? Runtime
    {
        get => _runtime;
        set => _runtime = value;
    }

    public ServingStatus Status => _runtime?.Status ?? new ServingStatus(false, _stage, default, 0, 0, 0, 0, 0);

    /// <summary>Whether the doorman answers too: then only is the server ready.</summary>
    public bool HasDoorman
    {
        set => _hasDoorman = value;
    }

    public IReadOnlyList<HealthPart> Health => _runtime is not { } runtime ? [new("recommender", false, _stage)]
        : _hasDoorman ? runtime.Health
        : [.. runtime.Health, new("doorman", false, "starting the doorman")];

    private EmbeddedRuntime Serving =>
        _runtime ?? throw new RecommenderUnavailableException($"The server is not ready: {_stage}.");

    public ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, IngestTerms terms, CancellationToken cancellationToken) =>
        Serving.IngestAsync(events, terms, cancellationToken);

    public ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken) =>
        Serving.UpsertTracksAsync(tracks, cancellationToken);

    public ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken) =>
        Serving.UpsertPlaylistsAsync(playlists, cancellationToken);

    public ValueTask<HomePage> HomeAsync(UserId user, HomeRequest request, CancellationToken cancellationToken) =>
        Serving.HomeAsync(user, request, cancellationToken);

    public IAsyncEnumerable<LiveUpdate> HomeLiveAsync(UserId user, HomeRequest request, long? lastSequence, CancellationToken cancellationToken) =>
        Serving.HomeLiveAsync(user, request, lastSequence, cancellationToken);

    public ValueTask<BuddyList> BuddiesAsync(UserId user, int count, CancellationToken cancellationToken) =>
        Serving.BuddiesAsync(user, count, cancellationToken);

    public ValueTask<TasteSummary> TasteAsync(UserId user, CancellationToken cancellationToken) =>
        Serving.TasteAsync(user, cancellationToken);

    public ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist, UserId? viewer, CancellationToken cancellationToken) =>
        Serving.PlaylistAsync(playlist, viewer, cancellationToken);

    public ValueTask<IReadOnlyList<ListenerSummary>> FindListenersAsync(string query, int limit, CancellationToken cancellationToken) =>
        Serving.FindListenersAsync(query, limit, cancellationToken);

    public ValueTask<ErasureReceipt> EraseAsync(UserId user, CancellationToken cancellationToken) =>
        Serving.EraseAsync(user, cancellationToken);

    public ValueTask<ErasureReceipt?> ErasureAsync(UserId user, CancellationToken cancellationToken) =>
        Serving.ErasureAsync(user, cancellationToken);

    public IReadOnlyList<FollowAnomaly> Anomalies => Serving.Anomalies;

    public ValueTask<bool> BelieveFollowsAsync(PlaylistId playlist, CancellationToken cancellationToken) =>
        Serving.BelieveFollowsAsync(playlist, cancellationToken);

    public ValueTask<ListenerPrivacy> PrivacyAsync(UserId user, CancellationToken cancellationToken) =>
        Serving.PrivacyAsync(user, cancellationToken);

    public ValueTask SetPrivacyAsync(UserId user, ListenerPrivacy privacy, CancellationToken cancellationToken) =>
        Serving.SetPrivacyAsync(user, privacy, cancellationToken);

    public ValueTask<ListenerHoldings> HoldingsAsync(UserId user, CancellationToken cancellationToken) =>
        Serving.HoldingsAsync(user, cancellationToken);
}
