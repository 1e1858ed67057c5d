using Buddies.Engine.Buddies;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Grains.Placement;
using Buddies.Storage;

namespace Buddies.Grains;

/// <summary>The cluster as one recommender, seen from one of its silos or from a client of it.</summary>
/// <remarks>
/// Every method throws <see cref="RecommenderUnavailableException"/> while that silo starts or stops, or whoever owns the
/// listener does not answer.
/// </remarks>
public sealed partial class ClusterDoor
{
    private readonly IClusterView _view;
    private readonly IGrainFactory _grains;
    private readonly IStore _store;
    private readonly SiloOptions _options;
    private readonly TimeProvider _time;
    private long _pending;

    internal ClusterDoor(IClusterView view, IGrainFactory grains, IStore store, SiloOptions options, TimeProvider time) =>
        (_view, _grains, _store, _options, _time) = (view, grains, store, options, time);

    /// <summary>What the silo that this door stands in holds at this moment; before a client of the cluster, what one of the silos does.</summary>
    public ServingStatus Status => _view.Status;

    /// <summary>How each part of this process is, as far as it knows; never blocks.</summary>
    public IReadOnlyList<HealthPart> Health => _view.Health;

    /// <summary>Makes valid events durable, then applies them: one call to each silo that owns some of the listeners.</summary>
    /// <param name="events">Events that passed <see cref="EventRules"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; what was appended stays accepted.</param>
    /// <exception cref="RecommenderBusyException">Too many events wait already; none of these was taken.</exception>
    public async ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        CheckReady();
        if (Interlocked.Add(ref _pending, events.Count) > _options.MaxPendingEvents)
        {
            Interlocked.Add(ref _pending, -events.Count);
            throw new RecommenderBusyException(TimeSpan.FromSeconds(1));
        }

        try
        {
            var active = _view.Active;
            var results = await AskAsync(
                Task.WhenAll(events.GroupBy(e => Owners.Of(e.User.Value, active)).Select(of => DoorOf(of.Key).AppendAsync([.. of]).AsTask())),
                cancellationToken).ConfigureAwait(false);
            return new IngestResult(results.Sum(r => r.Accepted), results.Sum(r => r.Duplicates));
        }
        finally
        {
            Interlocked.Add(ref _pending, -events.Count);
        }
    }

    /// <summary>Adds or replaces tracks, on every silo.</summary>
    public ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken) => UpsertAsync(tracks, [], cancellationToken);

    /// <summary>Adds or replaces playlists, on every silo; one that turns private is gone from every page at once.</summary>
    public ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken) => UpsertAsync([], playlists, cancellationToken);

    /// <summary>A listener's page as of now.</summary>
    public async ValueTask<HomePage> HomeAsync(UserId user, HomeRequest request, CancellationToken cancellationToken)
    {
        CheckReady();
        return await AskAsync(ListenerOf(user).HomeAsync(request).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A listener's nearest listeners.</summary>
    public async ValueTask<BuddyList> BuddiesAsync(UserId user, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        CheckReady();
        return await AskAsync(ListenerOf(user).BuddiesAsync(count).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A listener's taste in musical facts.</summary>
    public async ValueTask<TasteSummary> TasteAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        return await AskAsync(ListenerOf(user).TasteAsync().AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A playlist's contents as the viewer may see them.</summary>
    public async ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist, UserId? viewer, CancellationToken cancellationToken)
    {
        CheckReady();
        var asked = viewer is { } user ? ListenerOf(user).PlaylistAsync(playlist) : AnyDoor().PlaylistAsync(playlist);
        return await AskAsync(asked.AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Listeners whose id contains a text: of a search those with the shortest ids, of none those with the most tracks.</summary>
    public async ValueTask<IReadOnlyList<ListenerSummary>> FindListenersAsync(string query, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckReady();
        return await AskAsync(AnyDoor().FindAsync(query, limit).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Playlists whose follows came faster than is believed, as the silo that <see cref="Status"/> tells of counts them.</summary>
    public IReadOnlyList<FollowAnomaly> Anomalies => _view.Anomalies;

    /// <summary>Counts every follow of such a playlist from here on.</summary>
    /// <returns>False when none was uncounted.</returns>
    public async ValueTask<bool> BelieveFollowsAsync(PlaylistId playlist, CancellationToken cancellationToken)
    {
        CheckReady();
        return await AskAsync(AnyDoor().BelieveFollowsAsync(playlist).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask UpsertAsync(IReadOnlyList<Track> tracks, IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tracks);
        ArgumentNullException.ThrowIfNull(playlists);
        CheckReady();
        await AskAsync(DoneAsync(AnyDoor().UpsertAsync([.. tracks], [.. playlists])), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> DoneAsync(ValueTask work)
    {
        await work.ConfigureAwait(false);
        return true;
    }

    private ISiloDoor AnyDoor() => DoorOf(_view.Nearest ?? throw new RecommenderUnavailableException("No silo of the cluster is known."));

    private IListenerGrain ListenerOf(UserId user) => _grains.ListenerOf(user.Value);

    private ISiloDoor DoorOf(SiloAddress silo) => _grains.GetGrain<ISiloDoor>(silo.ToParsableString());

    private static async ValueTask<T> AskAsync<T>(Task<T> answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not RecommenderUnavailableException && ClusterFailures.IsPassing(e) && !cancellationToken.IsCancellationRequested)
        {
            throw new RecommenderUnavailableException($"A silo of the cluster does not answer: {e.Message}");
        }
    }

    private void CheckReady()
    {
        if (!_view.IsReady)
        {
            throw new RecommenderUnavailableException($"The server is not ready: {_view.Stage}.");
        }
    }
}
