using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Embedded.Tests;

public sealed class HomeTests
{
    [Fact]
    public async Task Home_HiddenTrackOrPlaylist_IsGoneWithTheAcknowledgementAndForGood()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(12);
        var cards = Cards(await world.HomeAsync(user)).ToList();
        var hidden = cards[0].Playlist;
        var track = world.Runtime.Catalogue.IdOf(new TrackIndex(world.Contents(cards[1].Playlist).InOrder[0]));
        await world.SendAsync(world.Event(user, EventKind.Hide, null, hidden), world.Event(user, EventKind.Hide, track));
        await AssertGoneAsync();
        await world.CrashAsync();
        await AssertGoneAsync();
        await world.RestartAsync();
        await AssertGoneAsync();

        async Task AssertGoneAsync()
        {
            var index = world.Runtime.Catalogue.Intern(track).Value;
            foreach (var card in Cards(await world.HomeAsync(user)))
            {
                Assert.NotEqual(hidden, card.Playlist);
                Assert.False(
                    Array.BinarySearch(world.Contents(card.Playlist).Ascending, index) >= 0,
                    $"{card.Playlist} brings the hidden {track} back");
            }
        }
    }

    [Fact]
    public async Task Home_PlaylistTurnsPrivate_IsOnNobodysPage()
    {
        await using var world = await TestWorld.StartAsync();
        var card = Cards(await world.HomeAsync(TestWorld.Listener(0))).First();
        await world.Runtime.UpsertPlaylistsAsync([Of(world, card.Playlist, isPublic: false)], default);
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            Assert.DoesNotContain(Cards(await world.HomeAsync(TestWorld.Listener(i))), shown => shown.Playlist == card.Playlist);
        }

        Assert.Null(await world.Runtime.PlaylistAsync(card.Playlist, TestWorld.Listener(0), default));
        Assert.NotNull(await world.Runtime.PlaylistAsync(card.Playlist, card.Owner, default));
    }

    [Fact]
    public async Task Home_ShelfWithAModelOfItsOwn_IsRankedByItBesideTheOthers()
    {
        await using var blend = await TestWorld.StartAsync();
        await using var world = await TestWorld.StartAsync(directory => new EmbeddedOptions
        {
            DataDirectory = directory, Partitions = 3, MoveThreshold = 0, ShelfModels = ShelfModels.Parse("taste=bpr"),
        });
        var user = TestWorld.Listener(20);
        var (page, other) = (await world.HomeAsync(user), await blend.HomeAsync(user));
        Assert.Equal(Scores(other, Shelves.Buddies), Scores(page, Shelves.Buddies));
        var model = world.Runtime.Model!;
        var unit = await world.UnitAsync(user);
        Assert.True(model.HasPlaylistRanker);
        var taste = page.Shelves.Single(shelf => shelf.Id == Shelves.Taste).Cards;
        Assert.All(taste, card => Assert.Equal(
            PlaylistRanking.BoundChosen(model.ChosenScore(unit, world.Runtime.Catalogue.Intern(card.Playlist).Value)), card.Score, 1e-5f));
        Assert.NotEqual(Scores(other, Shelves.Taste), Scores(page, Shelves.Taste));

        static (PlaylistId, float)[] Scores(HomePage page, string shelf) =>
            [.. page.Shelves.Single(one => one.Id == shelf).Cards.Select(card => (card.Playlist, card.Score))];
    }

    [Fact]
    public async Task Home_NewPlaylistOfAStranger_CanStandCloseToYourTaste()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(20);
        var playlist = new Playlist(new PlaylistId("brand-new"), "Brand new", new UserId("a stranger"), true, await world.KnownTracksAsync(user, 10), 0);
        await world.Runtime.UpsertPlaylistsAsync([playlist], default);
        AssertThere(await world.HomeAsync(user));
        await world.RestartAsync();
        AssertThere(await world.HomeAsync(user));

        static void AssertThere(HomePage page)
        {
            var taste = page.Shelves.Single(shelf => shelf.Id == "taste");
            var card = taste.Cards.FirstOrDefault(card => card.Playlist.Value == "brand-new");
            Assert.True(card is not null, $"not among {string.Join(", ", taste.Cards.Select(c => c.Playlist))}");
            Assert.Contains("10 of its 10 tracks are yours", card.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Home_WithoutHistory_IsPopularAlone()
    {
        await using var world = await TestWorld.StartAsync();
        var page = await world.HomeAsync(new UserId("nobody yet"));
        Assert.NotEmpty(Cards(page));
        Assert.All(Cards(page), card => Assert.Equal("popular", card.Source));
        var known = await world.HomeAsync(TestWorld.Listener(0));
        Assert.Equal(["buddies", "taste", "popular"], known.Shelves.Select(shelf => shelf.Id));
    }

    [Fact]
    public async Task Home_Excluded_IsLeftOut_AndTheShapeIsKept()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(33);
        var excluded = Cards(await world.HomeAsync(user)).Take(4).Select(card => card.Playlist).ToArray();
        var page = await world.HomeAsync(user, new HomeRequest(2, 3, excluded));
        Assert.Equal(2, page.Shelves.Count);
        Assert.All(page.Shelves, shelf => Assert.Equal(3, shelf.Cards.Count));
        Assert.DoesNotContain(Cards(page), card => excluded.Contains(card.Playlist));
    }

    internal static IEnumerable<Card> Cards(HomePage page) => page.Shelves.SelectMany(shelf => shelf.Cards);

    internal static Playlist Of(TestWorld world, PlaylistId id, bool isPublic)
    {
        var contents = world.Contents(id);
        return new Playlist(
            id, contents.Title, contents.Owner, isPublic, [.. contents.InOrder.Select(t => world.Runtime.Catalogue.IdOf(new TrackIndex(t)))], contents.Followers);
    }
}
