using Buddies.Embedded.Tests.Versions;
using Buddies.Engine.Events;
using Buddies.Engine.Serving;

namespace Buddies.Embedded.Tests;

public sealed class FreshnessTests
{
    [Fact]
    public async Task Probe_OverAModel_IsFreshAndLeavesNothing()
    {
        await using var world = await TestWorld.StartAsync(directory => new() { DataDirectory = directory, Partitions = 3, BuddyDrift = 0 });
        var before = await CountsAsync(world);
        var pages = new List<string>();
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            pages.Add(await ShownAsync(world, i));
        }

        for (var i = 0; i < 70; i++)
        {
            var state = await world.Runtime.ProbeFreshnessAsync(default);
            Assert.True(state is { Result: FreshnessResult.Fresh, Latency: not null }, $"probe {i}: {state}");
        }

        Assert.Equal(before, await CountsAsync(world));
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            Assert.Equal(pages[i], await ShownAsync(world, i));
        }

        Assert.Equal(world.Runtime.Plan.Current!.Cells.Residents, world.Runtime.Users.Count + 1);
        Assert.Equal(world.Runtime.Plan.Current!.Residents, world.Runtime.Users.Count);
        Assert.Empty(await world.Runtime.FindListenersAsync(CanaryPlay.User.Value, 10, default));
        await world.RestartAsync();
        Assert.Equal(before, await CountsAsync(world));
    }

    [Fact]
    public async Task Probe_BesideEvents_LetsThemPassAndAfterASwapMeasuresTheNewVersion()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(5);
        var count = await world.EventCountAsync(user);
        var probes = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                _ = await world.Runtime.ProbeFreshnessAsync(default);
            }
        });
        var sends = Enumerable.Range(0, 20).Select(i => world.SendAsync(world.Event(user, EventKind.Listen, TestWorld.Track(i)))).ToArray();
        await Task.WhenAll([probes, .. sends]);
        Assert.Equal(count + 20, await world.EventCountAsync(user));
        await SwapWorld.SwapAsync(world, await SwapWorld.TrainAsync(world, 9));
        Assert.Equal(-1, world.Runtime.Plan.Current!.Probe);
        Assert.Equal(FreshnessResult.Fresh, (await world.Runtime.ProbeFreshnessAsync(default)).Result);
        Assert.InRange(world.Runtime.Plan.Current!.Probe, 0, int.MaxValue);
    }

    [Fact]
    public async Task Probe_StoreGone_FailsNamesItAndRecovers()
    {
        await using var world = await TestWorld.StartAsync();
        world.Store.BeforeSet = HookedStore.Gone;
        var state = await world.Runtime.ProbeFreshnessAsync(default);
        Assert.Equal((FreshnessResult.Failed, "store", 1), (state.Result, state.Part, state.Misses));
        Assert.False(world.Runtime.Health.Single(part => part.Name == "store").IsWell);
        world.Store.BeforeSet = null;
        Assert.Equal(0, (await world.Runtime.ProbeFreshnessAsync(default)).Misses);
        Assert.True(world.Runtime.Health.Single(part => part.Name == "store").IsWell);
    }

    [Fact]
    public async Task Probe_StoreSlow_IsLateAndAfterThreeTheServerIsIll()
    {
        await using var world = await TestWorld.StartAsync(directory => new()
        {
            DataDirectory = directory, Partitions = 3, FreshnessInterval = TimeSpan.FromDays(1), FreshnessObjective = TimeSpan.FromMilliseconds(50),
        });
        world.Store.BeforeSet = () =>
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(51));
            return Task.CompletedTask;
        };
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal((FreshnessResult.Late, "store"), await world.Runtime.ProbeFreshnessAsync(default) is var state ? (state.Result, state.Part) : default);
            Assert.Equal(i < 3, world.Runtime.Health.Single(part => part.Name == "freshness").IsWell);
        }
    }

    private static async Task<(long Events, int Checkpoints, object Status)> CountsAsync(TestWorld world)
    {
        var checkpoints = 0;
        await foreach (var checkpoint in world.Store.ReadAllAsync(default))
        {
            checkpoints += checkpoint.User == CanaryPlay.User ? 1 : 0;
        }

        return (await world.Store.CountAsync(default), checkpoints, world.Runtime.Status with { EventsApplied = 0 });
    }

    private static async Task<string> ShownAsync(TestWorld world, int listener)
    {
        var user = TestWorld.Listener(listener);
        var buddies = (await world.Runtime.BuddiesAsync(user, 50, default)).Buddies.Select(buddy => buddy.User.Value);
        return $"{string.Join(' ', buddies)} | {string.Join(' ', HomeTests.Cards(await world.HomeAsync(user)).Select(card => card.Playlist.Value))}";
    }
}
