using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Storage.Privacy;

namespace Buddies.Embedded;

internal sealed partial class Partition
{
    /// <summary>Everything that is held about a listener; what lies in the store comes with the question.</summary>
    public ListenerHoldings Holdings(UserId user, IReadOnlyList<LoggedEvent> events, IReadOnlyList<UserId> friends, IReadOnlyList<string> snapshots)
    {
        var state = _runtime.Users.Find(user);
        var (tracks, playlists) = (new List<HeldTrack>(), new List<HeldPlaylist>());
        var facts = state?.Facts ?? _nobody;
        foreach (ref readonly var fact in facts.Tracks)
        {
            tracks.Add(new HeldTrack(_runtime.Catalogue.IdOf(new TrackIndex(fact.Track)), fact.For, fact.Against, fact.LastAtMs, fact.Marks.ToString()));
        }

        foreach (ref readonly var fact in facts.Playlists)
        {
            playlists.Add(new HeldPlaylist(_runtime.Catalogue.IdOf(new PlaylistIndex(fact.Playlist)), fact.LastAtMs, fact.Marks.ToString()));
        }

        var version = _plan.Of(user);
        return new ListenerHoldings(
            user,
            events,
            tracks,
            playlists,
            [.. _runtime.Catalogue.PlaylistsOf(user).ToArray().Select(Own)],
            _runtime.Visibility.Of(user),
            friends,
            version?.Number ?? default,
            state is null || version is null ? [] : UnitOf(state),
            snapshots);
    }

    private Playlist Own(PlaylistIndex index)
    {
        var contents = _runtime.Catalogue.Describe(index)!;
        var tracks = new TrackId[contents.InOrder.Length];
        for (var i = 0; i < tracks.Length; i++)
        {
            tracks[i] = _runtime.Catalogue.IdOf(new TrackIndex(contents.InOrder[i]));
        }

        return new Playlist(contents.Id, contents.Title, contents.Owner, contents.IsPublic, tracks, contents.Followers);
    }
}
