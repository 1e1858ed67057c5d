using Buddies.Engine.Buddies;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Grains.Placement;
using Buddies.Grains.World;

namespace Buddies.Grains;

/// <summary>The cluster as one recommender, seen from one of its silos.</summary>
/// <remarks>
/// Every method throws <see cref="RecommenderUnavailableException"/> while this silo starts or stops, or whoever owns the
/// listener does not answer.
/// </remarks>
public sealed partial class ClusterDoor
{
    private readonly SiloWorld _world;
    private readonly SiloServices _services;
    private readonly SiloMembers _members;
    private readonly SiloReadiness _readiness;
    private readonly IGrainFactory _grains;
    private long _pending;

    internal ClusterDoor(SiloWorld world, SiloServices services, SiloMembers members, SiloReadiness readiness, IGrainFactory grains) =>
        (_world, _services, _members, _readiness, _grains) = (world, services, members, readiness, grains);

    /// <summary>What this silo holds at this moment; events and watched listeners are its own, the rest is the cluster's.</summary>
    public ServingStatus Status => new(
        _readiness.IsReady,
        _readiness.Stage,
        _world.Version,
        _world.Users.Count,
        _world.Catalogue.TrackCount,
        _world.Catalogue.PlaylistCount,
        _world.EventsApplied,
        _services.Watchers.Count);

    /// <summary>Makes valid events durable, then applies them: one call to each silo that owns some of the listeners.</summary>
    /// <param name="events">Events that passed <see cref="EventRules"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; what was appended stays accepted.</param>
    /// <exception cref="RecommenderBusyException">Too many events wait already; none of these was taken.</exception>
    public async ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        CheckReady();
        if (Interlocked.Add(ref _pending, events.Count) > _world.Options.MaxPendingEvents)
        {
            Interlocked.Add(ref _pending, -events.Count);
            throw new RecommenderBusyException(TimeSpan.FromSeconds(1));
        }

        try
        {
            var active = _members.Active;
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
        if (!_world.Catalogue.TryFind(playlist, out var index))
        {
            return null;
        }

        return viewer is { } user
            ? await AskAsync(ListenerOf(user).PlaylistAsync(playlist).AsTask(), cancellationToken).ConfigureAwait(false)
            : PlaylistViewer.Show(_world.Catalogue, index, _world.Popular.FollowersOf(index), null, null);
    }

    /// <summary>Listeners whose id contains a text: of a search those with the shortest ids, of none those with the most tracks.</summary>
    public async ValueTask<IReadOnlyList<ListenerSummary>> FindListenersAsync(string query, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckReady();
        var found = _world.Users.All.Where(r => r.Offset > 0 && (query.Length == 0 || r.Id.Value.Contains(query, StringComparison.OrdinalIgnoreCase)))
            .OrderByDescending(r => r.Id.Value == query)
            .ThenBy(r => query.Length > 0 ? r.Id.Value.Length : -r.TrackCount)
            .ThenBy(r => r.Id.Value, StringComparer.Ordinal)
            .Take(limit)
            .ToArray();
        await AskAsync(FetchAsync(found), cancellationToken).ConfigureAwait(false);
        return [.. found.Select(r => new ListenerSummary(r.Id, r.TrackCount, PublicPlaylistsOf(r.Id)))];

        async Task<bool> FetchAsync(Resident[] residents)
        {
            await _services.Known.FetchAsync([.. residents.Where(r => r.Known is null)]).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Removes a listener from the store, and from every silo's answers.</summary>
    public async ValueTask<ErasureReceipt> EraseAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        var receipt = await AskAsync(ListenerOf(user).EraseAsync().AsTask(), cancellationToken).ConfigureAwait(false);
        await AskAsync(TellAllAsync(door => door.ForgetAsync(user)), cancellationToken).ConfigureAwait(false);
        return receipt;
    }

    private async ValueTask UpsertAsync(IReadOnlyList<Track> tracks, IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tracks);
        ArgumentNullException.ThrowIfNull(playlists);
        CheckReady();
        try
        {
            if (tracks.Count > 0)
            {
                await _world.Store.Catalogue.UpsertTracksAsync(tracks, cancellationToken).ConfigureAwait(false);
            }

            if (playlists.Count > 0)
            {
                await _world.Store.Catalogue.UpsertPlaylistsAsync(playlists, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Storage.StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be written: {e.Message}");
        }

        await AskAsync(TellAllAsync(door => door.CatalogueChangedAsync([.. tracks], [.. playlists])), cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> TellAllAsync(Func<ISiloDoor, ValueTask> tell)
    {
        await Task.WhenAll(_members.Active.Select(silo => tell(DoorOf(silo)).AsTask())).ConfigureAwait(false);
        return true;
    }

    private int PublicPlaylistsOf(UserId user)
    {
        var count = 0;
        foreach (var playlist in _world.Catalogue.PlaylistsOf(user))
        {
            count += _world.Catalogue.Describe(playlist) is { IsPublic: true } ? 1 : 0;
        }

        return count;
    }

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
        if (!_readiness.IsReady)
        {
            throw new RecommenderUnavailableException($"The server is not ready: {_readiness.Stage}.");
        }
    }
}
