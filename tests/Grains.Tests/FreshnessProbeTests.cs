using Buddies.Engine.Serving;
using Buddies.Grains.Freshness;
using Buddies.Grains.Tests.Contract;
using Buddies.Grains.World;

namespace Buddies.Grains.Tests;

/// <summary>The listener of a silo who measures how fresh answers are, and is in none of them.</summary>
public sealed class FreshnessProbeTests
{
    [Fact]
    public async Task Probe_OverAModel_GetsThroughAndLeavesNothing()
    {
        await using var silos = new ClusterHarness(2);
        await silos.StartAsync();
        var world = silos.Get<SiloWorld>(0);
        var probe = silos.Get<FreshnessProbe>(0);
        var (count, events) = (world.Users.Count, await silos.Store.Events.CountAsync(default));
        var residents = world.Plan.Current!.Cells.Residents;
        for (var i = 0; i < 70; i++)
        {
            // Whether it was in time depends on who else computes here; that it came through does not.
            var state = await probe.ProbeAsync(default);
            Assert.True(state is { Result: FreshnessResult.Fresh or FreshnessResult.Late, Latency: not null }, $"probe {i}: {state}");
        }

        Assert.Equal(residents + 1, world.Plan.Current!.Cells.Residents);
        Assert.Equal((count, events), (world.Users.Count, await silos.Store.Events.CountAsync(default)));
        Assert.Empty(await silos.Recommender.FindListenersAsync(CanaryPlay.User.Value, 10, default));
        for (var i = 0; i < Embedded.Tests.WorldTemplate.Listeners; i++)
        {
            var list = await silos.Recommender.BuddiesAsync(Training.Synth.SyntheticWorld.ListenerId(i), 50, default);
            Assert.DoesNotContain(list.Buddies, buddy => buddy.User == CanaryPlay.User);
        }
    }

    [Fact]
    public async Task Probe_TheStoreRefuses_SaysSo()
    {
        await using var silos = new ClusterHarness(1);
        await silos.StartAsync();
        var probe = silos.Get<FreshnessProbe>(0);
        Assert.All(silos.Recommender.Health, part => Assert.True(part.IsWell, part.Name));
        silos.StoreOf(0).BeforeSetting = () => throw new Storage.StoreException("the disk is full");
        var state = await probe.ProbeAsync(default);
        Assert.Equal((FreshnessResult.Failed, "store"), (state.Result, state.Part));
        Assert.False(Assert.Single(silos.Recommender.Health, part => part.Name == "store").IsWell);
        silos.StoreOf(0).BeforeSetting = () => { };
        Assert.True((await probe.ProbeAsync(default)).Result is FreshnessResult.Fresh or FreshnessResult.Late, "the probe went no way");
        Assert.All(silos.Recommender.Health, part => Assert.True(part.IsWell, part.Name));
    }
}
