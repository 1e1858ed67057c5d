using System.Text.Json;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Doorman;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Grains.Doorman;
using Buddies.Grains.Placement;
using Buddies.Grains.World;
using Buddies.Storage;
using Orleans.Concurrency;

namespace Buddies.Grains;

/// <inheritdoc cref="ISiloDoor"/>
[DoorPlacement, Reentrant]
internal sealed class SiloDoor(SiloWorld world, SiloNode node, SiloServices services, SiloView view) : Grain, ISiloDoor
{
    public async ValueTask<IngestResult> AppendAsync(UserEvent[] events)
    {
        var results = await Task.WhenAll(events.GroupBy(e => e.User).Select(
            of => GrainFactory.ListenerOf(of.Key.Value).AppendAsync([.. of]).AsTask()));
        return new IngestResult(results.Sum(r => r.Accepted), results.Sum(r => r.Duplicates));
    }

    public ValueTask MovedAsync(int version, Move[] moves)
    {
        foreach (var move in moves)
        {
            world.Hear(version, move);
        }

        return default;
    }

    // What the store has had for longer must not come behind this.
    public async ValueTask CatalogueChangedAsync(Track[] tracks, Playlist[] playlists)
    {
        await world.CaughtUp;
        world.Upsert(tracks, playlists, isNews: true);
    }

    public ValueTask ForgetAsync(UserId user) => ErasedAsync(user, 0, []);

    public async ValueTask ErasedAsync(UserId user, long through, string[] unfollowed)
    {
        await world.CaughtUp;
        world.Forget(user, through, unfollowed);
    }

    public async ValueTask<string> ForgetHomeAsync(UserId user, string[] playlists)
    {
        await world.CaughtUp;
        if (world.Home is not { } home)
        {
            return "";
        }

        await home.EraseHereAsync(user, playlists.Select(id => new PlaylistId(id)).ToHashSet());
        return home.Folder;
    }

    public async ValueTask<string?> InsightsAsync(long fromMs, int playlists)
    {
        try
        {
            return world.Home is { } home ? JsonSerializer.Serialize(await home.ReportAsync(fromMs, playlists, CancellationToken.None)) : null;
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be read: {e.Message}");
        }
    }

    public async ValueTask PrivacyChangedAsync(UserId user, ListenerPrivacy privacy)
    {
        await world.CaughtUp;
        world.SetPrivacy(user, privacy);
    }

    public async ValueTask UpsertAsync(Track[] tracks, Playlist[] playlists)
    {
        try
        {
            if (tracks.Length > 0)
            {
                await world.Store.Catalogue.UpsertTracksAsync(tracks, CancellationToken.None);
            }

            if (playlists.Length > 0)
            {
                await world.Store.Catalogue.UpsertPlaylistsAsync(playlists, CancellationToken.None);
            }
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be written: {e.Message}");
        }

        await services.Herald.TellAllAsync(door => door.CatalogueChangedAsync(tracks, playlists));
    }

    public ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist) => new(
        world.Catalogue.TryFind(playlist, out var index) ? PlaylistViewer.Show(world.Catalogue, index, world.Popular.FollowersOf(index), null, null) : null);

    public async ValueTask<ListenerSummary[]> FindAsync(string query, int limit)
    {
        Resident[] found = [.. world.Users.All
            .Where(r => r.Offset > 0 && (query.Length == 0 || r.Id.Value.Contains(query, StringComparison.OrdinalIgnoreCase)))
            .Where(r => r.Id.Value == query || !world.Visibility.IsInvisible(r.Id))
            .OrderByDescending(r => r.Id.Value == query)
            .ThenBy(r => query.Length > 0 ? r.Id.Value.Length : -r.TrackCount)
            .ThenBy(r => r.Id.Value, StringComparer.Ordinal)
            .Take(limit)];
        await services.Known.FetchAsync([.. found.Where(r => r.Known is null)]);
        return Array.ConvertAll(found, r => new ListenerSummary(r.Id, r.TrackCount, PublicPlaylistsOf(r.Id)));
    }

    public async ValueTask<bool> BelieveFollowsAsync(PlaylistId playlist)
    {
        if (!world.Catalogue.TryFind(playlist, out var index) || world.Popular.Guard.Of(index.Value) == 0)
        {
            return false;
        }

        await services.Herald.TellAllAsync(door => door.FollowsBelievedAsync(playlist));
        try
        {
            await world.SaveUncountedAsync(always: true, CancellationToken.None);
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be written: {e.Message}");
        }

        return true;
    }

    public ValueTask FollowsBelievedAsync(PlaylistId playlist)
    {
        world.Popular.Guard.Set(world.Catalogue.Intern(playlist).Value, 0);
        world.Popular.OnCatalogueChanged();
        return default;
    }

    public ValueTask<SiloSight> LookAsync() => new(new SiloSight(
        view.Status,
        world.Readers,
        view.Anomalies.Take(1000).ToDictionary(anomaly => anomaly.Playlist.Value, anomaly => anomaly.Uncounted)));

    public async ValueTask<KnownTracks[]> KnownTracksAsync(UserId[] users) => await Task.WhenAll(
        users.Select(user => GrainFactory.ListenerOf(user.Value).KnownTracksAsync().AsTask()));

    public async ValueTask<Move?[]> StandAsync(int version, UserId[] users) => await Task.WhenAll(
        users.Select(user => GrainFactory.ListenerOf(user.Value).StandAsync(version).AsTask()));

    public async ValueTask SaveAsync(UserId[] users) =>
        await Task.WhenAll(users.Select(user => GrainFactory.ListenerOf(user.Value).SaveNowAsync().AsTask()));

    public async ValueTask OrdersAsync(NodeOrders orders) => await node.FollowAsync(orders);

    public async ValueTask FenceAsync(Member shutOut, long epoch) => await node.FenceAsync(shutOut, epoch);

    public ValueTask<RecordWord> RecordAsync(Member asking) => new(node.WordFor(asking));

    private int PublicPlaylistsOf(UserId user)
    {
        var count = 0;
        foreach (var playlist in world.Catalogue.PlaylistsOf(user))
        {
            count += world.Catalogue.Describe(playlist) is { IsPublic: true } ? 1 : 0;
        }

        return count;
    }
}
