using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Embedded.Tests;

public sealed class EraseTests
{
    [Fact]
    public async Task Erase_Acknowledged_IsGoneFromEveryAnswerAndTheStore()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(0);
        var erased = HomeTests.Cards(await world.HomeAsync(user)).First(card => card.Source == "buddies").Owner;
        Assert.Contains(await Buddies(), buddy => buddy.User == erased);
        var own = world.Runtime.Catalogue.PlaylistsOf(erased).ToArray().Select(world.Runtime.Catalogue.IdOf).ToArray();
        var receipt = await world.Runtime.EraseAsync(erased, default);
        Assert.Contains("snapshot 1", Assert.Single(receipt.Pending), StringComparison.Ordinal);
        await AssertGoneAsync();
        await world.CrashAsync();
        await AssertGoneAsync();

        async Task<IReadOnlyList<Engine.Buddies.Buddy>> Buddies() => (await world.Runtime.BuddiesAsync(user, 199, default)).Buddies;

        async Task AssertGoneAsync()
        {
            Assert.DoesNotContain(await Buddies(), buddy => buddy.User == erased);
            for (var i = 0; i < WorldTemplate.Listeners; i++)
            {
                Assert.DoesNotContain(HomeTests.Cards(await world.HomeAsync(TestWorld.Listener(i))), card => card.Owner == erased || own.Contains(card.Playlist));
            }

            Assert.Empty(await world.Runtime.FindListenersAsync(erased.Value, 10, default));
            Assert.Equal(0, await world.EventCountAsync(erased));
            Assert.Null(await world.Runtime.PlaylistAsync(own[0], null, default));
            Assert.True(await world.Store.WasErasedAsync(erased, default));
            await foreach (var logged in world.Store.ReadAsync(0, default))
            {
                Assert.NotEqual(erased, logged.Event.User);
            }

            await foreach (var checkpoint in world.Store.ReadAllAsync(default))
            {
                Assert.NotEqual(erased, checkpoint.User);
            }
        }
    }

    [Fact]
    public async Task Erase_EventsAcceptedAfterwards_StartAnew()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(10);
        await world.Runtime.EraseAsync(user, default);
        await world.SendAsync(world.Event(user, EventKind.Listen, TestWorld.Track(1)), world.Event(user, EventKind.Like, TestWorld.Track(2)));
        var facts = await world.FactsAsync(user);
        Assert.Equal(2, await world.EventCountAsync(user));
        await world.CrashAsync();
        Assert.Equal(facts, await world.FactsAsync(user));
        await world.RestartAsync();
        Assert.Equal(facts, await world.FactsAsync(user));
    }

    [Fact]
    public async Task Erase_WhileACheckpointIsBeingSaved_KeepsWhatIsAcceptedAfterwards()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(11);
        await world.SendAsync(world.Event(user, EventKind.Like, TestWorld.Track(1)));
        var (saving, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Store.BeforeSave = () =>
        {
            saving.TrySetResult();
            return goOn.Task;
        };
        world.Time.Advance(TimeSpan.FromSeconds(31));
        await saving.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var erasedAndBack = Task.Run(async () =>
        {
            await world.Runtime.EraseAsync(user, default);
            await world.SendAsync(world.Event(user, EventKind.Like, TestWorld.Track(2)));
        });
        await Task.WhenAny(erasedAndBack, Task.Delay(300));
        goOn.SetResult();
        await erasedAndBack;
        await Task.Delay(200); // A save that came behind the erasure would be there by now.
        var facts = await world.FactsAsync(user);
        Assert.Equal(1, await world.EventCountAsync(user));
        await world.CrashAsync();
        Assert.Equal(facts, await world.FactsAsync(user));
    }

    [Fact]
    public async Task Erase_TheStoreRefuses_HasNoEffectAtAll()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(13);
        var facts = await world.FactsAsync(user);
        world.Store.BeforeErase = HookedStore.Gone;
        await Assert.ThrowsAsync<RecommenderUnavailableException>(async () => await world.Runtime.EraseAsync(user, default));
        Assert.Equal(facts, await world.FactsAsync(user));
        world.Store.BeforeErase = null;
        await world.Runtime.EraseAsync(user, default);
        Assert.Equal("nobody", await world.FactsAsync(user));
    }

    [Fact]
    public async Task Erase_SomebodyUnknown_IsRemembered()
    {
        await using var world = await TestWorld.StartAsync();
        var receipt = await world.Runtime.EraseAsync(new UserId("never seen"), default);
        Assert.Empty(receipt.Pending);
        Assert.True(await world.Store.WasErasedAsync(new UserId("never seen"), default));
    }
}
