using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>What a catalogue store promises.</summary>
public abstract class CatalogueStoreContract(StoreHarness harness) : StoreContract(harness)
{
    private ICatalogueStore Catalogue => Store.Catalogue;

    [StoreFact]
    public async Task UpsertTracks_EveryField_ReadsBackTheSame()
    {
        Track[] tracks = [Sample.Track("a", "Ä \"quoted\" 🎧", "rock", "post-rock"), new(new TrackId("b"), "", "", []), Sample.Track("c")];

        await Catalogue.UpsertTracksAsync(tracks, None);
        await ReopenAsync();

        AssertSame(tracks, await AllAsync(Catalogue.ReadTracksAsync(None)));
    }

    [StoreFact]
    public async Task UpsertTracks_Again_ReplacesInPlace()
    {
        // An event that names a track first must not decide its place.
        await Store.Events.AppendAsync([Sample.Listen("u", "1", "c")], None);
        await Catalogue.UpsertTracksAsync([Sample.Track("a", "old", "x"), Sample.Track("b"), Sample.Track("c")], None);
        await Catalogue.UpsertTracksAsync([Sample.Track("d"), Sample.Track("a", "new")], None);

        AssertSame(
            [Sample.Track("a", "new"), Sample.Track("b"), Sample.Track("c"), Sample.Track("d")],
            await AllAsync(Catalogue.ReadTracksAsync(None)));
    }

    [StoreFact]
    public async Task UpsertTracks_BadRow_TakesTheWholeCallBack()
    {
        await Assert.ThrowsAnyAsync<Exception>(
            async () => await Catalogue.UpsertTracksAsync([Sample.Track("a"), new Track(new TrackId("b"), null!, "", [])], None));
        Assert.Empty(await AllAsync(Catalogue.ReadTracksAsync(None)));

        // The id that was seen on the way out has no number; the next use makes a real one.
        await Catalogue.UpsertTracksAsync([Sample.Track("z"), Sample.Track("a")], None);
        AssertSame([Sample.Track("z"), Sample.Track("a")], await AllAsync(Catalogue.ReadTracksAsync(None)));
    }

    [StoreFact]
    public async Task UpsertPlaylists_EveryField_ReadsBackTheSame()
    {
        var big = Enumerable.Range(0, 3000).Select(i => $"t{i * i % 977}").ToArray();
        Playlist[] playlists =
        [
            Sample.Playlist("p1", "ann", big),
            Sample.Playlist("p2", "bob") with { IsPublic = false, Followers = 0, Title = "" },
            Sample.Playlist("p3", "ann", "t1", "t1", "unknown"),
        ];

        await Catalogue.UpsertPlaylistsAsync(playlists, None);
        await ReopenAsync();

        AssertSame(playlists, await AllAsync(Catalogue.ReadPlaylistsAsync(None)));
    }

    [StoreFact]
    public async Task UpsertPlaylists_Again_ReplacesInPlace()
    {
        await Catalogue.UpsertPlaylistsAsync([Sample.Playlist("p1", "ann", "a", "b"), Sample.Playlist("p2", "bob", "c")], None);
        await Catalogue.UpsertPlaylistsAsync([Sample.Playlist("p1", "bob", "b") with { Followers = 9, IsPublic = false }], None);

        AssertSame(
            [Sample.Playlist("p1", "bob", "b") with { Followers = 9, IsPublic = false }, Sample.Playlist("p2", "bob", "c")],
            await AllAsync(Catalogue.ReadPlaylistsAsync(None)));
    }

    [StoreFact]
    public async Task ReadPlaylists_MoreThanAPage_StreamsAllInOrder()
    {
        var playlists = Enumerable.Range(0, 9000).Select(i => Sample.Playlist($"p{i}", $"u{i % 10}", $"t{i % 300}", "t0")).ToArray();
        await Catalogue.UpsertPlaylistsAsync(playlists, None);

        AssertSame(playlists, await AllAsync(Catalogue.ReadPlaylistsAsync(None)));
    }

    // Records compare their lists by reference, so lists are compared as text here.
    private static void AssertSame(IEnumerable<Track> expected, IEnumerable<Track> actual) => Assert.Equal(
        expected.Select(t => (t.Id, t.Title, t.Artist, string.Join('|', t.Tags))),
        actual.Select(t => (t.Id, t.Title, t.Artist, string.Join('|', t.Tags))));

    private static void AssertSame(IEnumerable<Playlist> expected, IEnumerable<Playlist> actual) => Assert.Equal(
        expected.Select(p => (p.Id, p.Title, p.Owner, p.IsPublic, p.Followers, string.Join('|', p.Tracks))),
        actual.Select(p => (p.Id, p.Title, p.Owner, p.IsPublic, p.Followers, string.Join('|', p.Tracks))));
}
