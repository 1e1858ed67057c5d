using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Grains.Placement;
using Buddies.Grains.Tests.Contract;
using Buddies.Grains.Tests.Doorman;
using Buddies.Grains.World;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Metrics;

/// <summary>Each silo counts its part, so that the sum is the cluster's.</summary>
public sealed class GrainMetricsTests
{
    private const int Users = 20;

    [Fact]
    public async Task Events_OfTwoSilos_AreCountedWhereTheirListenersLive()
    {
        await using var silos = new ClusterHarness(2);
        await silos.StartAsync();
        await silos.Get<SiloServices>(0).Log.KeepAsync(default); // What the world began with is in checkpoints.
        using var readings = new MeterReadings(silos);
        await silos.Recommender.IngestAsync([.. Enumerable.Range(0, 2 * Users).Select(i => Event(SyntheticWorld.ListenerId(i % Users), $"e{i}", EventKind.Listen))], new IngestTerms("p"), default);
        await silos.Get<SiloServices>(0).Log.KeepAsync(default);
        var applied = readings.Of("buddies.events.applied");
        Assert.All(applied, count => Assert.InRange(count, 1, (2 * Users) - 1));
        Assert.Equal(2 * Users, applied.Sum());
        Assert.Equal(Users, readings.Of("buddies.events.apply.delay").Sum());
        Assert.Equal([0, 0], readings.Of("buddies.events.unapplied"));
        Assert.Equal(Users, readings.Of("buddies.checkpoints.written").Sum());
        Assert.Equal([0, 0], readings.Of("buddies.partition.failures"));
    }

    [Fact]
    public async Task AListenersGrain_ThatFails_IsCounted_AndWhoAskedHasTheError()
    {
        await using var silos = new ClusterHarness(1);
        await silos.StartAsync();
        using var readings = new MeterReadings(silos);
        var listener = silos.Get<IGrainFactory>(0).ListenerOf(SyntheticWorld.ListenerId(3).Value);
        Assert.NotEmpty((await listener.BuddiesAsync(5)).Buddies);
        Assert.Equal([0], readings.Of("buddies.partition.failures"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => listener.BuddiesAsync(-1).AsTask());
        Assert.Equal([1], readings.Of("buddies.partition.failures"));
    }

    [Fact]
    public async Task Follows_FasterThanIsBelieved_AreCountedByTheSiloOfWhoFollows()
    {
        const int Fakes = 24;
        const int Believed = 3;
        await using var silos = new ClusterHarness(2);
        await silos.StartAsync();
        using var readings = new MeterReadings(silos);
        var pushed = new PlaylistId("pushed");
        await silos.Recommender.UpsertPlaylistsAsync([new(pushed, "Pushed", SyntheticWorld.ListenerId(0), true, [SyntheticWorld.TrackId(1)], 0)], default);
        for (var i = 0; i < Fakes; i++)
        {
            await silos.Recommender.IngestAsync([Event(new UserId($"fake-{i}"), "f", EventKind.Follow, pushed)], new IngestTerms("p"), default);
        }

        // Each silo hears of all, and believes the first three that it heard of, whosever they were.
        Assert.InRange(readings.Of("buddies.anomaly.follows").Sum(), Fakes - (2 * Believed), Fakes);
    }

    [Fact]
    public async Task Sets_OfTwoSilos_AreAuditedWhereTheirListenersLive()
    {
        await using var silos = new ClusterHarness(2);
        silos.Options = Plain(silos.Options);
        await silos.StartAsync();
        using var readings = new MeterReadings(silos);
        foreach (var user in SwapWorld.Listeners)
        {
            await silos.Recommender.HomeAsync(user, HomeRequest.Default, default);
        }

        var sets = readings.Of("buddies.sets.active");
        Assert.All(sets, count => Assert.InRange(count, 1, SwapWorld.Listeners.Length - 1));
        Assert.Equal(SwapWorld.Listeners.Length, sets.Sum());
        Assert.All(readings.Of("buddies.sets.residents"), count => Assert.Equal(SwapWorld.Listeners.Length, count));
        Assert.Equal([0, 0], readings.Of("buddies.audit.recall")); // None yet.
        for (var silo = 0; silo < 2; silo++)
        {
            silos.Get<SiloWorld>(silo).TellTime();
            silos.Get<SiloServices>(silo).Audit.Look(default);
        }

        Assert.Equal([1, 1], readings.Of("buddies.audit.recall"));
        Assert.Equal([4, 4], readings.Of("buddies.audit.samples"));
        Assert.All(readings.Of("buddies.sets.age.p99"), age => Assert.InRange(age, double.Epsilon, 600));

        // Whoever measures freshness is in no count.
        Assert.True((await silos.Get<Freshness.FreshnessProbe>(0).ProbeAsync(default)).Result is FreshnessResult.Fresh or FreshnessResult.Late, "the probe went no way");
        Assert.Equal(sets, readings.Of("buddies.sets.active"));
        Assert.Equal(SwapWorld.Listeners.Length, readings.Of("buddies.sets.residents")[0]);
    }

    private static Func<string, SiloOptions> Plain(Func<string, SiloOptions> options) => directory => new SiloOptions
    {
        DataDirectory = directory,
        BuddyDrift = 0,
        MoveThreshold = 0,
        DoormanInterval = options(directory).DoormanInterval,
        AuditInterval = TimeSpan.Zero,
    };

    private static UserEvent Event(UserId user, string id, EventKind kind, PlaylistId? playlist = null) => new(
        new EventId(id), user, kind, playlist is null ? SyntheticWorld.TrackId(1) : null, playlist, null, null, TimeProvider.System.GetUtcNow());
}
