using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Grains.Tests.Contract;
using Buddies.Grains.World;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests;

/// <summary>The point from which a start reads the log moves behind checkpoints, never before them.</summary>
public sealed class LogKeeperTests
{
    [Fact]
    public async Task Keep_EverythingUpToThePoint_IsInACheckpointOfItsListener()
    {
        await using var silos = new ClusterHarness(3);
        await silos.StartAsync();
        var users = Enumerable.Range(0, 40).Select(SyntheticWorld.ListenerId).ToArray();
        await ListenAsync(silos, users);
        var through = await silos.Get<SiloServices>(0).Log.KeepAsync(default);
        Assert.Equal(await silos.Store.Events.LastOffsetAsync(default), through);
        Assert.Equal($"{through}", await silos.Store.Settings.GetAsync(SiloWorld.ReplayFromSetting, default));
        foreach (var user in users)
        {
            var last = (await silos.Store.Events.ReadUserAsync(user, 0, default))[^1].Offset;
            Assert.Equal(last, (await silos.Store.Checkpoints.ReadAsync(user, default))!.Value.Offset);
        }
    }

    [Fact]
    public async Task Keep_ListenersOfASiloThatWasKilledBeforeItSaved_AreSavedByTheirNextOwner()
    {
        await using var silos = new ClusterHarness(3);
        await silos.StartAsync();
        var users = Enumerable.Range(0, 40).Select(SyntheticWorld.ListenerId).ToArray();
        await ListenAsync(silos, users);
        await silos.Cluster.KillSiloAsync(silos.Cluster.Silos[2]);
        await silos.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);

        // The next owners do not save before the former one has stopped for sure; a round before that moves nothing.
        var before = await silos.Store.Settings.GetAsync(SiloWorld.ReplayFromSetting, default);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await TryKeepAsync(silos.Get<SiloServices>(0).Log))
        {
            Assert.Equal(before, await silos.Store.Settings.GetAsync(SiloWorld.ReplayFromSetting, default));
            patience.Token.ThrowIfCancellationRequested();
        }

        foreach (var user in users)
        {
            Assert.False((await silos.Get<SiloWorld>(0).LoadFactsAsync(user, default)).IsBehind, $"{user} is not saved");
        }
    }

    [Fact]
    public async Task Keep_WithARetention_DropsOldEventsAndNoFacts()
    {
        await using var silos = new ClusterHarness(3) { StoreOptions = new() { SegmentPeriod = TimeSpan.FromMilliseconds(1) } };
        var options = silos.Options;
        silos.Options = directory => new SiloOptions { DataDirectory = options(directory).DataDirectory, BuddyDrift = 0, MoveThreshold = 0, Retention = TimeSpan.Zero };
        await silos.StartAsync();
        var users = Enumerable.Range(0, 40).Select(SyntheticWorld.ListenerId).ToArray();
        var before = await CountAsync(silos, users);
        var imported = await silos.Store.Events.LastOffsetAsync(default);
        await ListenAsync(silos, users);
        await silos.Get<SiloServices>(0).Log.KeepAsync(default);

        // The newest segment stays; what was there before lies in older ones.
        Assert.True(await silos.Store.Events.DroppedThroughAsync(default) >= imported, "what was imported has not been dropped");
        await silos.Cluster.StopSiloAsync(silos.Cluster.Silos[2]);
        await silos.Cluster.WaitForLivenessToStabilizeAsync();
        Assert.Equal(before.Select(count => count + 5), await CountAsync(silos, users));
    }

    private static async Task<bool> TryKeepAsync(LogKeeper log)
    {
        try
        {
            await log.KeepAsync(default);
            return true;
        }
        catch (RecommenderUnavailableException)
        {
            return false;
        }
    }

    private static async Task<long[]> CountAsync(ClusterHarness silos, UserId[] users) =>
        [.. await Task.WhenAll(users.Select(async user => (await silos.Recommender.TasteAsync(user, default)).Counts.Events))];

    private static async Task ListenAsync(ClusterHarness silos, UserId[] users)
    {
        for (var i = 0; i < 5; i++)
        {
            await silos.Recommender.IngestAsync(
                [.. users.Select(user => new UserEvent(new EventId($"kept-{i}"), user, EventKind.Listen, SyntheticWorld.TrackId(i), null, 200_000, 200_000, DateTimeOffset.UtcNow))],
                new IngestTerms("p"),
                default);
        }
    }
}
