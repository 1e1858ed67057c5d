using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Tests;

public sealed class LiveTests
{
    [Fact]
    public async Task Live_Opened_SendsThePageAtOnce_AndTheNextAfterAnEventOfOnesOwn()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(5);
        await using var reader = new LiveReader(world, user);
        var first = await reader.NextAsync();
        Assert.Null(first.Latency);
        Assert.True(first.Page.ShowsTheSameAs(await world.HomeAsync(user)));
        var hidden = HomeTests.Cards(first.Page).First().Playlist;
        await world.SendAsync(world.Event(user, EventKind.Hide, null, hidden));
        var second = await reader.NextAsync();
        Assert.NotNull(second.Latency);
        Assert.True(second.Page.Sequence > first.Page.Sequence);
        Assert.DoesNotContain(HomeTests.Cards(second.Page), card => card.Playlist == hidden);
        await world.SendAsync(world.Event(user, EventKind.Impression, null, hidden));
        await world.SettleAsync(user);
        await reader.AssertNothingAsync();
    }

    [Fact]
    public async Task Live_ResumedWithTheLatestPage_IsSilentUntilAChange_WithAnOlderOneItIsSentTheLatest()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(6);
        var seen = await world.HomeAsync(user);
        await using var resumed = await LiveReader.SubscribedAsync(world, user, seen.Sequence);
        await resumed.AssertNothingAsync();
        await world.SendAsync(world.Event(user, EventKind.Hide, null, HomeTests.Cards(seen).First().Playlist));
        var changed = await resumed.NextAsync();
        await using var late = new LiveReader(world, user, seen.Sequence);
        Assert.Equal(changed.Page.Sequence, (await late.NextAsync()).Page.Sequence);
    }

    [Fact]
    public async Task Live_ResumedAsAStrangerAfterTheFirstEvent_IsSentTheNewPage()
    {
        await using var world = await TestWorld.StartAsync();
        var user = new UserId("stranger");
        var seen = await world.HomeAsync(user);
        var like = await world.KnownTracksAsync(TestWorld.Listener(0), 1);
        await world.SendAsync(world.Event(user, EventKind.Like, like[0]));
        await using var reader = new LiveReader(world, user, seen.Sequence);
        Assert.False(seen.ShowsTheSameAs((await reader.NextAsync()).Page));
    }

    [Fact]
    public async Task Live_AnotherListenerBecomesABuddy_IsPushedAfterTheInterval()
    {
        await using var world = await TestWorld.StartAsync();
        var (user, mover) = (TestWorld.Listener(7), new UserId("mover"));
        var playlist = new Playlist(new PlaylistId("movers-own"), "Mover's own", mover, true, await world.KnownTracksAsync(user, 8), 0);
        await world.Runtime.UpsertPlaylistsAsync([playlist], default);
        await using var reader = await LiveReader.SubscribedAsync(world, user);
        var first = await reader.NextAsync();
        Assert.DoesNotContain(HomeTests.Cards(first.Page), card => card.Owner == mover && card.Source == "buddies");

        // A push of one's own starts the interval.
        await world.SendAsync(world.Event(user, EventKind.Hide, null, HomeTests.Cards(first.Page).Last().Playlist));
        await reader.NextAsync();
        var known = await world.KnownTracksAsync(user, 40);
        await world.SendAsync([.. known.Select(track => world.Event(mover, EventKind.Like, track))]);
        await world.SettleAsync(mover);
        world.Time.Advance(TimeSpan.FromMilliseconds(400));
        await reader.AssertNothingAsync();
        world.Time.Advance(TimeSpan.FromMilliseconds(200));
        var update = await reader.NextAsync();
        Assert.Null(update.Latency);
        Assert.Contains(HomeTests.Cards(update.Page), card => card.Playlist == playlist.Id && card.Source == "buddies");
    }

    [Fact]
    public async Task Live_SlowReader_GetsTheLatestOnly()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(8);
        await using var reader = await LiveReader.SubscribedAsync(world, user);
        for (var i = 0; i < 6; i++)
        {
            var shown = await world.HomeAsync(user);
            await world.SendAsync(world.Event(user, EventKind.Hide, null, HomeTests.Cards(shown).First().Playlist));
        }

        // The first page was taken before the changes; of those that came while nobody read, one is left.
        var latest = await world.HomeAsync(user);
        var first = await reader.NextAsync();
        Assert.True(first.Page.Sequence < latest.Sequence);
        Assert.Equal(latest.Sequence, (await reader.NextAsync()).Page.Sequence);
        await reader.AssertNothingAsync();
    }

    [Fact]
    public async Task Live_ErasedOrStopped_Ends()
    {
        await using var world = await TestWorld.StartAsync();
        await using var erased = new LiveReader(world, TestWorld.Listener(1));
        await using var stopped = new LiveReader(world, TestWorld.Listener(2));
        await erased.NextAsync();
        await stopped.NextAsync();
        await world.Runtime.EraseAsync(TestWorld.Listener(1), default);
        await erased.AssertEndsAsync();
        Assert.Equal(1, world.Runtime.Status.ActiveListeners);
        await world.Runtime.StopAsync();
        await stopped.AssertEndsAsync();
    }

    [Fact]
    public async Task Live_UnknownListener_LeavesNoTrace()
    {
        await using var world = await TestWorld.StartAsync();
        var user = new UserId("passer-by");
        var listeners = world.Runtime.Status.Listeners;
        await using (var reader = new LiveReader(world, user))
        {
            await reader.NextAsync();
            Assert.Empty(await world.Runtime.FindListenersAsync("passer-by", 10, default));
        }

        await world.SettleAsync(user);
        Assert.Null(world.Runtime.Users.Find(user));
        Assert.Equal((listeners, 0), (world.Runtime.Status.Listeners, world.Runtime.Status.ActiveListeners));
    }

    [Fact]
    public async Task Live_CancelledBeforeItBegan_EndsAndLeavesNoSubscription()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(4);
        var updates = world.Runtime.HomeLiveAsync(user, TestWorld.Large, null, new CancellationToken(true));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in updates)
            {
                Assert.Fail("expected no page");
            }
        });
        await world.SettleAsync(user);
        Assert.Equal(0, world.Runtime.Status.ActiveListeners);
    }
}
