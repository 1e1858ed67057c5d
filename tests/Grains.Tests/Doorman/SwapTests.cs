using Buddies.Engine.Identifiers;
using Buddies.Grains.Doorman;
using Buddies.Grains.Tests.Contract;
using Xunit.Abstractions;

namespace Buddies.Grains.Tests.Doorman;

/// <summary>Swaps under load: no page of two versions, none refused, whoever comes or goes.</summary>
public sealed class SwapTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Swaps_UnderLoad_FailNoReadAndMixNone(short count)
    {
        await using var silos = new ClusterHarness(count);
        await silos.StartAsync();
        var witness = new PageWitness(silos);
        witness.Begin(isUpward: true);
        foreach (var seed in new[] { 2, 3, 4 })
        {
            var version = await SwapWorld.TrainAsync(silos, seed);
            await witness.RoundsAsync(1);
            await SwapWorld.LetInAsync(silos, version);
            await SwapWorld.UntilServesAsync(silos, version, count);
            ReportFlip(silos, version);
            await witness.RoundsAsync(1);
        }

        var problems = await witness.EndAsync();
        Assert.True(problems.Count == 0, problems.FirstOrDefault());
        var (reads, again) = witness.Count;
        output.WriteLine($"{reads} pages read");
        Assert.Equal((0, 4), (again, witness.Versions));
    }

    [Fact]
    public async Task Rollback_UnderLoad_FailsNoReadAndMixesNone()
    {
        await using var silos = new ClusterHarness(3);
        await silos.StartAsync();
        var second = await SwapWorld.TrainAsync(silos, 2);
        await SwapWorld.LetInAsync(silos, second);
        await SwapWorld.UntilServesAsync(silos, second, 3);
        var witness = new PageWitness(silos);
        witness.Begin(isUpward: false);
        await witness.RoundsAsync(1);
        Assert.True((await SwapWorld.AskAsync(silos, Api.DoormanAction.Rollback, null, through: 2)).IsAccepted);
        await SwapWorld.UntilServesAsync(silos, SwapWorld.First, 3);
        await witness.RoundsAsync(1);
        var problems = await witness.EndAsync();
        Assert.True(problems.Count == 0, problems.FirstOrDefault());
        Assert.Equal((0, 2), (witness.Count.Again, witness.Versions));
    }

    [Fact]
    public async Task ASiloStopped_WhileItPrepares_IsNotWaitedFor()
    {
        await using var silos = new ClusterHarness(3);
        await silos.StartAsync();
        var (second, witness, held) = await BeginAsync(silos);
        var stopping = silos.Cluster.StopSiloAsync(silos.Cluster.Silos[2]);
        await SwapWorld.UntilServesAsync(silos, second, 2);
        held.SetResult();
        await stopping;
        await EndAsync(witness);
    }

    [Fact]
    public async Task ASiloKilled_WhileItPrepares_IsShutOutAndFencedAndTheOthersGoOn()
    {
        await using var silos = new ClusterHarness(3);
        await silos.StartAsync();
        var (second, witness, held) = await BeginAsync(silos);
        var killed = SwapWorld.MemberOf(silos, 2);
        await silos.Cluster.KillSiloAsync(silos.Cluster.Silos[2]);
        held.SetResult();
        await SwapWorld.UntilServesAsync(silos, second, 2);
        Assert.DoesNotContain(killed, (await silos.Store.Doorman.ReadAsync(default)).Nodes);
        await EndAsync(witness);
    }

    [Fact]
    public async Task TheDoormansSiloKilled_WhileSilosPrepare_AnotherOneGoesOn()
    {
        await using var silos = new ClusterHarness(3);
        await silos.StartAsync();
        var (second, witness, held) = await BeginAsync(silos);
        var doorman = await DoormanSiloAsync(silos);
        await silos.Cluster.KillSiloAsync(silos.Cluster.Silos[doorman]);
        held.SetResult();
        await SwapWorld.UntilServesAsync(silos, second, 2);
        await EndAsync(witness);
    }

    /// <summary>A rollout under load that waits for the third silo.</summary>
    private static async Task<(SnapshotVersion Version, PageWitness Witness, TaskCompletionSource Held)> BeginAsync(ClusterHarness silos)
    {
        var version = await SwapWorld.TrainAsync(silos, 2);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = await SwapWorld.AskAsync(silos, Api.DoormanAction.Validate, version);
        Assert.True(answer.IsAccepted, answer.Message);
        silos.StoreOf(2).BeforePrepare = held.Task;
        var witness = new PageWitness(silos);
        witness.Begin(isUpward: true);
        await witness.RoundsAsync(1);
        Assert.True((await SwapWorld.AskAsync(silos, Api.DoormanAction.Promote, version)).IsAccepted);
        return (version, witness, held);
    }

    private static async Task<int> DoormanSiloAsync(ClusterHarness silos)
    {
        var management = silos.Get<IGrainFactory>(0).GetGrain<IManagementGrain>(0);
        var grain = silos.Get<IGrainFactory>(0).GetGrain<IDoormanGrain>(0);
        var address = await management.GetActivationAddress(grain);
        return silos.Cluster.Silos.Select((silo, i) => (silo, i)).Single(one => one.silo.SiloAddress.Equals(address)).i;
    }

    private async Task EndAsync(PageWitness witness)
    {
        await witness.RoundsAsync(1);
        var problems = await witness.EndAsync();
        Assert.True(problems.Count == 0, problems.FirstOrDefault());
        Assert.Equal(2, witness.Versions);
        output.WriteLine($"{witness.Count.Reads} pages read, {witness.Count.Again} times from another silo");
    }

    private void ReportFlip(ClusterHarness silos, SnapshotVersion version)
    {
        long[] at = [.. Enumerable.Range(0, silos.Cluster.Silos.Count).Select(silo => silos.Get<SiloNode>(silo).LastFlip!).Where(flip => flip.Current == version).Select(flip => flip.At)];
        Assert.Equal(silos.Cluster.Silos.Count, at.Length);
        output.WriteLine($"version {version}: {TimeProvider.System.GetElapsedTime(at.Min(), at.Max()).TotalMilliseconds:F2} ms between the first and the last silo");
    }
}
