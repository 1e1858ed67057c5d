using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Tests;

public sealed class SequenceTests
{
    [Fact]
    public async Task Sequence_NothingChanged_StaysTheSame()
    {
        await using var world = await TestWorld.StartAsync();
        foreach (var user in new[] { TestWorld.Listener(1), new UserId("unknown") })
        {
            var first = await world.HomeAsync(user);
            for (var i = 0; i < 5; i++)
            {
                var next = await world.HomeAsync(user);
                Assert.Equal(first.Sequence, next.Sequence);
                Assert.True(first.ShowsTheSameAs(next));
            }
        }
    }

    [Fact]
    public async Task Sequence_OverChangesAndRestarts_NeverGoesBackAndNamesOnePage()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(2);
        var pages = new Dictionary<long, HomePage>();
        var last = 0L;
        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 6; i++)
            {
                var page = await world.HomeAsync(user);
                Assert.True(page.Sequence >= last, $"page {page.Sequence} after {last}");
                Assert.True(!pages.TryGetValue(page.Sequence, out var same) || same.ShowsTheSameAs(page), $"two pages have number {page.Sequence}");
                Assert.All(HomeTests.Cards(page), card => Assert.StartsWith($"{page.Sequence}-", card.ImpressionId, StringComparison.Ordinal));
                pages[page.Sequence] = page;
                last = page.Sequence;
                await world.SendAsync(world.Event(user, EventKind.Hide, null, HomeTests.Cards(page).First().Playlist));
            }

            await (round % 2 == 0 ? world.RestartAsync() : world.CrashAsync());
        }

        Assert.Equal(24, pages.Count);
    }

    [Fact]
    public async Task Sequence_AnyShapeOfPageChanges_MovesOn()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(4);
        var excluded = HomeTests.Cards(await world.HomeAsync(user)).Last().Playlist;
        HomeRequest[] shapes = [new(6, 10, [excluded]), .. Enumerable.Range(1, 5).Select(cards => new HomeRequest(3, cards, []))];
        foreach (var shape in shapes)
        {
            var before = await world.HomeAsync(user, shape);
            foreach (var other in shapes)
            {
                await world.HomeAsync(user, other);
            }

            await world.SendAsync(world.Event(user, EventKind.Hide, null, HomeTests.Cards(before).First().Playlist));
            var after = await world.HomeAsync(user, shape);
            Assert.False(before.ShowsTheSameAs(after));
            Assert.True(after.Sequence > before.Sequence, $"{shape.Shelves} x {shape.Cards} without {shape.Exclude.Count}: {after.Sequence} after {before.Sequence}");
        }
    }

    [Fact]
    public async Task Sequence_ListenerWithoutFacts_MovesOnWithThePopularShelfAndTheFirstEvent()
    {
        await using var world = await TestWorld.StartAsync();
        var user = new UserId("unknown");
        var first = await world.HomeAsync(user);
        var hit = new Playlist(new PlaylistId("hit"), "Hit", new UserId("someone"), true, [TestWorld.Track(0), TestWorld.Track(1)], 1_000_000);
        await world.Runtime.UpsertPlaylistsAsync([hit], default);
        var second = await world.HomeAsync(user);
        Assert.Equal("hit", HomeTests.Cards(second).First().Playlist.Value);
        Assert.True(second.Sequence > first.Sequence, $"{second.Sequence} after {first.Sequence}");
        await world.SendAsync(world.Event(user, EventKind.Like, TestWorld.Track(3)));
        var third = await world.HomeAsync(user);
        Assert.True(third.Sequence > second.Sequence, $"{third.Sequence} after {second.Sequence}");
        await world.SendAsync(world.Event(user, EventKind.Hide, null, hit.Id));
        var fourth = await world.HomeAsync(user);
        await world.Runtime.EraseAsync(user, default);
        var fifth = await world.HomeAsync(user);
        Assert.True(fifth.Sequence > fourth.Sequence, $"{fifth.Sequence} after {fourth.Sequence}");
    }
}
