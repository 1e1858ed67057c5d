using Buddies.Engine.Catalogue;
using Buddies.Engine.Doorman;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Grains.Doorman;
using Buddies.Grains.Placement;
using Buddies.Grains.World;
using Orleans.Concurrency;

namespace Buddies.Grains;

/// <inheritdoc cref="ISiloDoor"/>
[DoorPlacement, Reentrant]
internal sealed class SiloDoor(SiloWorld world, SiloNode node) : Grain, ISiloDoor
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

    public ValueTask CatalogueChangedAsync(Track[] tracks, Playlist[] playlists)
    {
        world.Upsert(tracks, playlists);
        return default;
    }

    public ValueTask ForgetAsync(UserId user)
    {
        world.Forget(user);
        return default;
    }

    public async ValueTask<KnownTracks[]> KnownTracksAsync(UserId[] users) => await Task.WhenAll(
        users.Select(user => GrainFactory.ListenerOf(user.Value).KnownTracksAsync().AsTask()));

    public async ValueTask<Move?[]> StandAsync(int version, UserId[] users) => await Task.WhenAll(
        users.Select(user => GrainFactory.ListenerOf(user.Value).StandAsync(version).AsTask()));

    public async ValueTask SaveAsync(UserId[] users) =>
        await Task.WhenAll(users.Select(user => GrainFactory.ListenerOf(user.Value).SaveNowAsync().AsTask()));

    public async ValueTask OrdersAsync(NodeOrders orders) => await node.FollowAsync(orders);

    public async ValueTask FenceAsync(Member shutOut, long epoch) => await node.FenceAsync(shutOut, epoch);

    public ValueTask<RecordWord> RecordAsync(Member asking) => new(node.WordFor(asking));
}
