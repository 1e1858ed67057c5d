using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Grains.World;

namespace Buddies.Grains.Tests;

/// <summary>The popular playlists of a silo, asked for by many at once.</summary>
public sealed class PopularPlaylistsTests
{
    private const int Playlists = 20_000;
    private const int Askers = 8;

    [Fact]
    public async Task Top_AskedForByManyAtFirst_IsTheSameForAll()
    {
        var catalogue = MakeCatalogue();
        for (var round = 0; round < 5; round++)
        {
            var popular = new PopularPlaylists(catalogue, TimeProvider.System);
            using var gate = new Barrier(Askers);
            var tops = await Task.WhenAll(Enumerable.Range(0, Askers).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    gate.SignalAndWait();
                    return popular.Top;
                },
                default,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
            Assert.All(tops, top => Assert.Equal(tops[0], top));
            Assert.Equal(new PlaylistIndex(Playlists - 1), tops[0][0].Playlist);
        }
    }

    [Fact]
    public void Top_AfterAFollow_CountsIt()
    {
        var catalogue = MakeCatalogue();
        var popular = new PopularPlaylists(catalogue, TimeProvider.System);
        Assert.Equal(Playlists - 1, popular.Top[0].Followers);
        popular.OnFollowed(new PlaylistIndex(7), 2 * Playlists);
        Assert.Equal((new PlaylistIndex(7), (2 * Playlists) + 7), (popular.Top[0].Playlist, popular.Top[0].Followers));
    }

    private static MusicCatalogue MakeCatalogue()
    {
        var catalogue = new MusicCatalogue();
        for (var i = 0; i < Playlists; i++)
        {
            catalogue.Upsert(new Playlist(new PlaylistId($"p{i:D5}"), "a playlist", new UserId("owner"), true, [new TrackId("t")], i));
        }

        return catalogue;
    }
}
