using Buddies.Embedded.Doorman;
using Buddies.Engine.Doorman;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Training;

namespace Buddies.Embedded.Tests.Versions;

/// <summary>The doorman of one process: what operators ask, what the store says, and what the runtime then serves.</summary>
public sealed class DoormanTests
{
    private static readonly SnapshotVersion s_first = new(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Promote_ValidatedVersion_ServesIt_AndTheJournalTellsTheWay()
    {
        await using var world = await TestWorld.StartAsync();
        await using var doorman = await StartAsync(world);
        var second = (await SwapWorld.TrainAsync(world, seed: 2)).Version;
        Assert.False((await PromoteAsync(doorman, second)).IsAccepted, "it was not validated");
        Assert.True((await ValidateAsync(doorman, second)).IsAccepted);
        Assert.True((await PromoteAsync(doorman, second)).IsAccepted);
        await UntilServesAsync(doorman, second);
        Assert.Equal(second, (await world.HomeAsync(TestWorld.Listener(1))).Version);
        Assert.Equal(second, (await world.Store.Models.CurrentAsync(default)).Version);
        var journal = await world.Store.Doorman.ReadJournalAsync(0, 100, default);
        Assert.Equal(
            [JournalAction.Validated, JournalAction.Preparing, JournalAction.Ready, JournalAction.Current],
            journal.Where(entry => entry.Version == second && entry.Action != JournalAction.Registered).Select(entry => entry.Action));
        Assert.True(doorman.LastFlip is not null || world.Time.GetUtcNow() == WorldTemplate.AsOf);
    }

    [Fact]
    public async Task Promote_DamagedVersion_IsRejectedWithTheReason_AndTheCurrentOneServesOn()
    {
        await using var world = await TestWorld.StartAsync();
        await using var doorman = await StartAsync(world);
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await ValidateAsync(doorman, second.Version);
        SwapWorld.Damage(world, second, "track-factors.f32");
        await PromoteAsync(doorman, second.Version);
        await UntilAsync(doorman, record => record.Find(second.Version)!.State == VersionState.Rejected, "it was not rejected");
        Assert.Contains("track-factors", Assert.Single(doorman.Record.Find(second.Version)!.Reasons), StringComparison.Ordinal);
        Assert.Equal(s_first, (await world.HomeAsync(TestWorld.Listener(1))).Version);
    }

    [Fact]
    public async Task Validate_WhatTheGatesRefuse_IsRejected_AndCannotBePromoted()
    {
        await using var world = await TestWorld.StartAsync();
        await using var doorman = await StartAsync(world, gates: (_, _, _, _) => Task.FromResult(new GateOutcome(["recall is too low"], Nothing)));
        var second = (await SwapWorld.TrainAsync(world, seed: 2)).Version;
        var answer = await ValidateAsync(doorman, second);
        Assert.False(answer.IsAccepted);
        Assert.Contains("recall is too low", answer.Message, StringComparison.Ordinal);
        Assert.False((await PromoteAsync(doorman, second)).IsAccepted);
        Assert.Equal(s_first, doorman.Record.Current);
    }

    [Fact]
    public async Task Validate_GatesThatThrow_LetNothingThrough()
    {
        await using var world = await TestWorld.StartAsync();
        await using var doorman = await StartAsync(world, gates: (_, _, _, _) => throw new IOException("the disk is gone"));
        var second = (await SwapWorld.TrainAsync(world, seed: 2)).Version;
        var answer = await ValidateAsync(doorman, second);
        Assert.False(answer.IsAccepted);
        Assert.Contains("the disk is gone", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rollback_GoesBack_WithWhatWasHeardSince()
    {
        await using var world = await TestWorld.StartAsync();
        await using var doorman = await StartAsync(world);
        var second = (await SwapWorld.TrainAsync(world, seed: 2)).Version;
        await LetInAsync(doorman, second);
        for (var i = 0; i < 20; i++)
        {
            await world.SendAsync(world.Event(TestWorld.Listener(i), EventKind.Like, TestWorld.Track(i)));
        }

        var answer = await doorman.AskAsync((at, request) => new RollbackRequested(at, request, "a test", "it is worse"), default);
        Assert.True(answer.IsAccepted, answer.Message);
        await UntilServesAsync(doorman, s_first);
        await SwapWorld.AssertVectorsAsync(world, _ => s_first);
        var last = (await world.Store.Doorman.ReadJournalAsync(0, 100, default)).Last(entry => entry.Action == JournalAction.Current);
        Assert.Equal((s_first, "a test", "it is worse"), (last.Version, last.Who, last.Why));
    }

    [Fact]
    public async Task Canary_PlayedAsOftenAsTheCurrentVersion_IsPromotedByTheRules()
    {
        await using var world = await TestWorld.StartAsync();
        await using var doorman = await StartAsync(world, new CanaryRules { MinImpressions = 200, Margin = 0.3 });
        var second = (await SwapWorld.TrainAsync(world, seed: 2)).Version;
        await ServeCanaryAsync(doorman, second, 50);
        await doorman.TickAsync();
        Assert.Equal(CanaryDecision.Wait, doorman.Canary!.Verdict.Decision);
        await EngageAsync(world, _ => EventKind.Listen, rounds: 6);
        await doorman.TickAsync();
        await UntilServesAsync(doorman, second);
        var entry = (await world.Store.Doorman.ReadJournalAsync(0, 100, default)).Last(one => one.Action == JournalAction.Preparing);
        Assert.Equal("canary rules", entry.Who);
        Assert.True(entry.Metrics["playRatio"] is > 0.5 and < 2, $"{entry.Metrics["playRatio"]}");
    }

    [Fact]
    public async Task Canary_HiddenFarMoreOften_IsRejectedByTheRules_AndItsListenersGoBack()
    {
        await using var world = await TestWorld.StartAsync();
        await using var doorman = await StartAsync(world, new CanaryRules { MinImpressions = 200 });
        var second = (await SwapWorld.TrainAsync(world, seed: 2)).Version;
        await ServeCanaryAsync(doorman, second, 50);
        await EngageAsync(world, user => CanaryBucket.Holds(user, 50) ? EventKind.Hide : EventKind.Listen, rounds: 6);
        await doorman.TickAsync();
        await UntilAsync(doorman, record => record.Canary is null, "the canary is still there");
        Assert.Equal(VersionState.Rejected, doorman.Record.Find(second)!.State);
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            Assert.Equal(s_first, (await world.HomeAsync(TestWorld.Listener(i))).Version);
        }
    }

    [Fact]
    public async Task Restart_WithACanary_NobodyOnItGoesBack()
    {
        await using var world = await TestWorld.StartAsync();
        var second = (await SwapWorld.TrainAsync(world, seed: 2)).Version;
        await using (var doorman = await StartAsync(world))
        {
            await ServeCanaryAsync(doorman, second, 40);
        }

        await world.RestartAsync();
        AssertBuckets(await VersionsAsync(world), second, 40);
        await using var again = await StartAsync(world);
        await again.TickAsync();
        AssertBuckets(await VersionsAsync(world), second, 40);
    }

    [Fact]
    public async Task Restart_WithACanary_CountsGoOn()
    {
        await using var world = await TestWorld.StartAsync();
        var second = (await SwapWorld.TrainAsync(world, seed: 2)).Version;
        CanaryView before;
        await using (var doorman = await StartAsync(world))
        {
            await EngageAsync(world, _ => EventKind.Like, rounds: 1); // Before the canary: counts for neither.
            await ServeCanaryAsync(doorman, second, 40);
            await EngageAsync(world, user => CanaryBucket.Holds(user, 40) ? EventKind.Hide : EventKind.Listen, rounds: 2);
            before = doorman.Canary!;
        }

        Assert.True(before is { Control: { Plays: > 0, Hides: 0 }, Candidate: { Plays: 0, Hides: > 0 } }, $"{before}");
        await world.RestartAsync();
        await using var again = await StartAsync(world);
        await UntilAsync(again, _ => again.Canary!.Control == before.Control, $"what was counted is gone: {before.Control}, now {again.Canary!.Control}");
        Assert.Equal(before.Candidate, again.Canary!.Candidate);

        await EngageAsync(world, _ => EventKind.Listen, rounds: 1);
        Assert.Equal(before.Candidate.Impressions * 3 / 2, again.Canary!.Candidate.Impressions);
    }

    [Fact]
    public async Task Restart_WithADamagedCanary_EverybodyIsServedByTheCurrentVersion()
    {
        await using var world = await TestWorld.StartAsync();
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await using (var doorman = await StartAsync(world))
        {
            await ServeCanaryAsync(doorman, second.Version, 40);
        }

        await world.RestartAsync(whileDown: _ => SwapWorld.Damage(world, second, "user-vectors.f32"));
        Assert.All(await VersionsAsync(world), one => Assert.Equal(s_first, one.Version));
    }

    [Fact]
    public async Task Dispose_TakesTheNodeOffTheRecord_AndTheNextStartIsAdmittedAgain()
    {
        await using var world = await TestWorld.StartAsync();
        await using (var doorman = await StartAsync(world))
        {
            await UntilAsync(doorman, record => record.Nodes.Count == 1, "the node is not admitted");
        }

        var left = await world.Store.Doorman.ReadAsync(default);
        Assert.Empty(left.Nodes);
        Assert.Empty(left.Fencing);
        await world.RestartAsync();
        await using var again = await StartAsync(world);
        await UntilAsync(again, record => record.Nodes.Count == 1, "the next start is not admitted");
    }

    [Fact]
    public async Task Promote_ByTheToolInTheSameStore_IsFollowedWithoutARestart()
    {
        await using var world = await TestWorld.StartAsync();
        await using var doorman = await StartAsync(world);
        var second = (await SwapWorld.TrainAsync(world, seed: 2)).Version;
        await UntilAsync(doorman, record => record.Nodes.Count == 1, "it is not admitted"); // Two who write at one moment: one gives way.
        await ModelTrainer.PromoteAsync(world.Store, second, default);
        await doorman.TickAsync();
        await UntilServesAsync(doorman, second);
        Assert.Equal(second, (await world.HomeAsync(TestWorld.Listener(1))).Version);
    }

    private static IReadOnlyDictionary<string, double> Nothing { get; } = new Dictionary<string, double>();

    private static async Task<LocalDoorman> StartAsync(
        TestWorld world, CanaryRules? rules = null, Func<SnapshotVersion, SnapshotVersion, bool, CancellationToken, Task<GateOutcome>>? gates = null)
    {
        var doorman = new LocalDoorman(
            world.Runtime,
            world.Store,
            new LocalDoormanOptions { Gates = gates ?? ((_, _, _, _) => Task.FromResult(new GateOutcome([], Nothing))), CanaryRules = rules },
            world.Time);
        await doorman.StartAsync(default);
        return doorman;
    }

    private static Task<DoormanAnswer> ValidateAsync(LocalDoorman doorman, SnapshotVersion version) =>
        doorman.AskAsync((at, request) => new ValidateRequested(at, request, "a test", "", version), default);

    private static Task<DoormanAnswer> PromoteAsync(LocalDoorman doorman, SnapshotVersion version) =>
        doorman.AskAsync((at, request) => new RolloutRequested(at, request, "a test", "", version, RolloutGoal.Current), default);

    private static async Task LetInAsync(LocalDoorman doorman, SnapshotVersion version)
    {
        Assert.True((await ValidateAsync(doorman, version)).IsAccepted);
        Assert.True((await PromoteAsync(doorman, version)).IsAccepted);
        await UntilServesAsync(doorman, version);
    }

    private static async Task ServeCanaryAsync(LocalDoorman doorman, SnapshotVersion version, double percent)
    {
        await ValidateAsync(doorman, version);
        var answer = await doorman.AskAsync(
            (at, request) => new RolloutRequested(at, request, "a test", "", version, RolloutGoal.Canary, percent), default);
        Assert.True(answer.IsAccepted, answer.Message);
        await UntilAsync(doorman, _ => doorman.Canary is not null, "there is no canary");
    }

    /// <summary>Every listener sees ten cards a round, and does one thing.</summary>
    private static async Task EngageAsync(TestWorld world, Func<UserId, EventKind> kind, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            var playlist = Training.Synth.SyntheticWorld.PlaylistId(0);
            var events = Enumerable.Range(0, WorldTemplate.Listeners).Select(TestWorld.Listener).SelectMany(user => Enumerable.Range(0, 3)
                .Select(_ => world.Event(user, EventKind.Impression, playlist: playlist))
                .Append(world.Event(user, kind(user), TestWorld.Track(round)))).ToArray();
            await world.SendAsync(events);
        }

        await world.SettleAsync();
    }

    private static async Task<(UserId User, SnapshotVersion Version)[]> VersionsAsync(TestWorld world)
    {
        var versions = new (UserId, SnapshotVersion)[WorldTemplate.Listeners];
        for (var i = 0; i < versions.Length; i++)
        {
            versions[i] = (TestWorld.Listener(i), (await world.HomeAsync(TestWorld.Listener(i))).Version);
        }

        return versions;
    }

    private static void AssertBuckets((UserId User, SnapshotVersion Version)[] served, SnapshotVersion canary, double percent) =>
        Assert.All(served, one => Assert.Equal(CanaryBucket.Holds(one.User, percent) ? canary : s_first, one.Version));

    private static Task UntilServesAsync(LocalDoorman doorman, SnapshotVersion version) =>
        UntilAsync(doorman, record => record.Current == version && doorman.Serving == version && record.Rollout is null, $"version {version} does not serve");

    /// <summary>Waits for the doorman's own turns: each look is one more of them, behind whatever it was told.</summary>
    private static async Task UntilAsync(LocalDoorman doorman, Func<DoormanRecord, bool> isSo, string problem)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!isSo(doorman.Record))
        {
            Assert.False(patience.IsCancellationRequested, $"{problem}: {doorman.Record}");
            await doorman.TickAsync();
            await Task.Yield();
        }
    }
}
