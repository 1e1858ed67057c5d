using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Tests;

/// <summary>A wall clock that jumps back, as clocks do when a time server corrects them.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task Clock_JumpsBackADay_EventsCountOnce_PagesFollow_AndARestartGivesTheSame()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(5);
        await using var reader = new LiveReader(world, user);
        var first = await reader.NextAsync();
        var count = await world.EventCountAsync(user);
        var before = world.Event(user, EventKind.Like, TestWorld.Track(3), id: "before");
        await world.SendAsync(before);

        world.Time.Jump(TimeSpan.FromDays(-1));
        var hidden = HomeTests.Cards(first.Page).First().Playlist;
        await world.SendAsync(
            world.Event(user, EventKind.Listen, TestWorld.Track(3), id: "after"),
            world.Event(user, EventKind.Hide, null, hidden, id: "hide"),
            before);

        // The like before may have changed the page too.
        var page = await reader.NextAsync();
        while (HomeTests.Cards(page.Page).Any(card => card.Playlist == hidden))
        {
            page = await reader.NextAsync();
        }

        Assert.True(page.Latency >= TimeSpan.Zero, $"a push cannot take {page.Latency}");
        Assert.Equal(count + 3, await world.EventCountAsync(user));
        var facts = await world.FactsAsync(user);
        Assert.Contains($"newest {before.OccurredAt.ToUnixTimeMilliseconds()}", facts, StringComparison.Ordinal);
        await world.CrashAsync();
        Assert.Equal(facts, await world.FactsAsync(user));
        await world.RestartAsync();
        Assert.Equal(facts, await world.FactsAsync(user));
    }

    [Fact]
    public async Task Clock_JumpsBack_TicksAndCheckpointsGoOn()
    {
        await using var world = await TestWorld.StartAsync();
        var user = new UserId("new-listener");
        world.Time.Jump(TimeSpan.FromDays(-400));
        await world.SendAsync(world.Event(user, EventKind.Like, TestWorld.Track(1)));
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Store.BeforeSave = () =>
        {
            saved.TrySetResult();
            return Task.CompletedTask;
        };
        world.Time.Advance(TimeSpan.FromSeconds(31));
        await saved.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
