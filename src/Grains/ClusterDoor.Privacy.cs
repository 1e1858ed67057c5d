using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Storage.Privacy;

namespace Buddies.Grains;

public sealed partial class ClusterDoor
{
    /// <summary>What a listener chose about being seen.</summary>
    public async ValueTask<ListenerPrivacy> PrivacyAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        return await AskAsync(ListenerOf(user).PrivacyAsync().AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Replaces what a listener chose; in force in every answer of every silo when it returns.</summary>
    public async ValueTask SetPrivacyAsync(UserId user, ListenerPrivacy privacy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(privacy);
        CheckReady();
        await AskAsync(DoneAsync(ListenerOf(user).SetPrivacyAsync(privacy)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Everything that is held about a listener.</summary>
    public async ValueTask<ListenerHoldings> HoldingsAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        return await AskAsync(HoldingsInFullAsync(user, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a listener from the store, and from every silo's answers.</summary>
    public async ValueTask<ErasureReceipt> EraseAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        return await AskAsync(ListenerOf(user).EraseAsync().AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What still holds traces of a listener who was erased; null for one who was not, or has come back.</summary>
    public async ValueTask<ErasureReceipt?> ErasureAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        return await AskAsync(ListenerOf(user).ErasureAsync().AsTask(), cancellationToken).ConfigureAwait(false);
    }

    private async Task<ListenerHoldings> HoldingsInFullAsync(UserId user, CancellationToken cancellationToken)
    {
        var events = await _store.Events.ReadUserAsync(user, 0, cancellationToken).ConfigureAwait(false);
        var friends = new List<UserId>();
        await foreach (var (first, second) in _store.Friendships.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (first == user || second == user)
            {
                friends.Add(first == user ? second : first);
            }
        }

        var held = await ListenerOf(user).HoldingsAsync().ConfigureAwait(false);
        return new ListenerHoldings(
            user,
            events,
            [.. held.Tracks.Select(t => new HeldTrack(new TrackId(t.Track), t.For, t.Against, t.LastAtMs, t.Marks))],
            [.. held.Marks.Select(p => new HeldPlaylist(new PlaylistId(p.Playlist), p.LastAtMs, p.Marks))],
            held.Playlists,
            held.Privacy,
            friends,
            new SnapshotVersion(held.Version),
            held.Vector,
            held.Snapshots);
    }
}
