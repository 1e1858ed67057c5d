using Buddies.Engine.Doorman;
using Buddies.Engine.Home;
using Buddies.Engine.Serving;
using Buddies.Grains.Placement;
using Buddies.Grains.Tests.Contract;
using Buddies.Grains.Versions;
using Buddies.Grains.World;

namespace Buddies.Grains.Tests.Doorman;

/// <summary>A silo that must not answer does not answer.</summary>
public sealed class FenceTests
{
    private static readonly HomeRequest s_request = new(6, 20, []);

    [Fact]
    public void Lease_IsHeldForItsLengthAndNoLonger()
    {
        var time = new Embedded.Tests.FakeTime(DateTimeOffset.UnixEpoch);
        var lease = new ServingLease(time, TimeSpan.FromSeconds(6));
        lease.Renew(time.GetTimestamp());
        Assert.False(lease.IsHeld, "nothing is served yet");
        lease.Set(true);
        time.Advance(TimeSpan.FromSeconds(5.9));
        Assert.True(lease.IsHeld);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.False(lease.IsHeld);
        Assert.Throws<RecommenderUnavailableException>(lease.Check);
    }

    [Fact]
    public void Lease_RenewedByAnOlderReading_StaysAsItWas()
    {
        var time = new Embedded.Tests.FakeTime(DateTimeOffset.UnixEpoch);
        var lease = new ServingLease(time, TimeSpan.FromSeconds(6));
        var early = time.GetTimestamp();
        lease.Set(true);
        time.Advance(TimeSpan.FromSeconds(4));
        lease.Renew(time.GetTimestamp());
        lease.Renew(early);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(lease.IsHeld);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(lease.IsHeld);
    }

    [Fact]
    public async Task ASiloThatDoesNotPrepareInTime_IsFenced_AndComesBackWithTheNewVersion()
    {
        await using var silos = new ClusterHarness(3);
        var options = silos.Options;
        silos.Options = directory => Patient(options(directory));
        await silos.StartAsync();
        var second = await SwapWorld.TrainAsync(silos, 2);
        Assert.True((await SwapWorld.AskAsync(silos, Api.DoormanAction.Validate, second)).IsAccepted);
        var (held, slow) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), SwapWorld.MemberOf(silos, 2));
        silos.StoreOf(2).BeforePrepare = held.Task;
        Assert.True((await SwapWorld.AskAsync(silos, Api.DoormanAction.Promote, second)).IsAccepted);
        await SwapWorld.UntilServesAsync(silos, second, 2);

        // It lives and has the former version, and answers nobody.
        Assert.False(silos.Get<SiloWorld>(2).Lease.IsHeld);
        var mine = SwapWorld.Listeners.First(user => Owners.Of(user.Value, [.. silos.Cluster.Silos.Select(silo => silo.SiloAddress)]).Equals(silos.Cluster.Silos[2].SiloAddress));
        await Assert.ThrowsAsync<RecommenderUnavailableException>(async () => await silos.Through(0).HomeAsync(mine, s_request, default));
        await Assert.ThrowsAsync<RecommenderUnavailableException>(async () => await silos.Through(2).HomeAsync(mine, s_request, default));

        held.SetResult();
        await SwapWorld.UntilServesAsync(silos, second, 3);
        Assert.Equal(second, (await silos.Through(0).HomeAsync(mine, s_request, default)).Version);
        var journal = await silos.Store.Doorman.ReadJournalAsync(0, 100, default);
        Assert.Equal(
            [JournalAction.Admitted, JournalAction.ShutOut, JournalAction.Fenced, JournalAction.Admitted],
            journal.Where(entry => entry.Who == $"{slow}").Select(entry => entry.Action));
    }

    private static SiloOptions Patient(SiloOptions options) => new()
    {
        DataDirectory = options.DataDirectory,
        BuddyDrift = 0,
        MoveThreshold = 0,
        ServingLease = options.ServingLease,
        DoormanInterval = options.DoormanInterval,
        Doorman = new DoormanOptions { PrepareTimeout = TimeSpan.FromSeconds(3) },
    };
}
