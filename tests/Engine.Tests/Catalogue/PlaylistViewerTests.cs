using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Engine.Tests.Taste;

namespace Buddies.Engine.Tests.Catalogue;

public sealed class PlaylistViewerTests
{
    private static readonly UserId s_owner = new("owner");
    private static readonly UserId s_viewer = new("viewer");

    private readonly MusicCatalogue _catalogue = TasteWorld.MakeCatalogue(10, playlists: 3);
    private readonly UserTaste _facts = new(TasteTransform.Default);

    public PlaylistViewerTests()
    {
        _catalogue.Upsert(new Track(new TrackId("t1"), "One", "Artist", []));
        _catalogue.Upsert(new Playlist(new PlaylistId("p0"), "Open", s_owner, true, [.. Ids(5, 1, 3, 1, 5, 1)], 3));
        _catalogue.Upsert(new Playlist(new PlaylistId("p1"), "Closed", s_owner, false, [.. Ids(1)], 3));
    }

    [Fact]
    public void Show_PublicPlaylist_ListsDifferentTracksInOrder()
    {
        var view = PlaylistViewer.Show(_catalogue, new PlaylistIndex(0), 17, viewer: null, facts: null)!;
        Assert.Equal((new PlaylistId("p0"), "Open", s_owner, 17), (view.Playlist, view.Title, view.Owner, view.Followers));
        Assert.Equal(
            [
                new PlaylistEntry(new TrackId("t5"), "t5", "", 2, false),
                new PlaylistEntry(new TrackId("t1"), "One", "Artist", 3, false),
                new PlaylistEntry(new TrackId("t3"), "t3", "", 1, false),
            ],
            view.Entries);
    }

    [Fact]
    public void Show_ViewerWithFacts_MarksKnownAndLeavesHiddenOut()
    {
        Apply(EventKind.Listen, 5);
        Apply(EventKind.Hide, 1);
        Apply(EventKind.Skip, 3);
        var view = PlaylistViewer.Show(_catalogue, new PlaylistIndex(0), 0, s_viewer, _facts)!;
        Assert.Equal([("t5", true), ("t3", false)], view.Entries.Select(entry => (entry.Track.Value, entry.Known)));

        Apply(EventKind.Unhide, 1);
        Apply(EventKind.Like, 3);
        view = PlaylistViewer.Show(_catalogue, new PlaylistIndex(0), 0, s_viewer, _facts)!;
        Assert.Equal([("t5", true), ("t1", false), ("t3", true)], view.Entries.Select(entry => (entry.Track.Value, entry.Known)));
    }

    [Fact]
    public void Show_PrivatePlaylist_IsItsOwnersAlone()
    {
        Assert.Null(PlaylistViewer.Show(_catalogue, new PlaylistIndex(1), 0, null, null));
        Assert.Null(PlaylistViewer.Show(_catalogue, new PlaylistIndex(1), 0, s_viewer, _facts));
        Assert.NotNull(PlaylistViewer.Show(_catalogue, new PlaylistIndex(1), 0, s_owner, _facts));
    }

    [Fact]
    public void Show_UndescribedOrErased_ReturnsNull()
    {
        Assert.Null(PlaylistViewer.Show(_catalogue, new PlaylistIndex(2), 0, s_owner, _facts));
        _catalogue.RemovePlaylistsOf(s_owner);
        Assert.Null(PlaylistViewer.Show(_catalogue, new PlaylistIndex(0), 0, s_owner, _facts));
        Assert.True(_catalogue.PlaylistsOf(s_owner).IsEmpty);
    }

    private static IEnumerable<TrackId> Ids(params int[] tracks) => tracks.Select(track => new TrackId($"t{track}"));

    private void Apply(EventKind kind, int track) => _facts.Apply(TasteWorld.TrackEvent(kind, track, TimeSpan.Zero), new TrackIndex(track), null);
}
