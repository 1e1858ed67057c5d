using Buddies.Engine.Doorman;
using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Storage.Doorman;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;

namespace Buddies.Training.Tests;

/// <summary>From a training to what is served, through the gates.</summary>
public sealed class PromotionTests
{
    private static readonly TrainOptions s_options = new()
    {
        Als = new AlsOptions { Dimension = 10, Epochs = 4 },
        Holdout = new HoldoutOptions(),
    };

    [Fact]
    public async Task Train_WithHoldout_WritesWhatTheGatesNeedAndIsPromoted()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var result = await TrainAsync(world, s_options);
        var set = TrainingSet.From(await FactReader.ReadAsync(world.Store, s_options.Transform, default));

        Assert.InRange(result.Manifest.Metrics[GateMetrics.Recall], 0.2, 1);
        Assert.True(result.Manifest.Metrics[GateMetrics.Listeners] > 0);
        var report = result.Manifest.Validation!;
        Assert.Equal(
            (set.Facts.EventCount, set.Users.Length, set.TrackCount, set.Playlists.Length, (long)set.Interactions.EntryCount),
            (report.Events, report.Listeners, report.Tracks, report.Playlists, report.Facts));
        Assert.Empty(report.Errors);
        Assert.True(report.EarliestFact <= report.LatestFact);

        var desk = Desk(world);
        Assert.True((await ValidateAsync(desk, 1)).IsAccepted);
        Assert.True((await desk.PromoteAsync(new SnapshotVersion(1), "ann", "test", default)).IsAccepted);
        Assert.Equal(1, (await world.Store.Models.CurrentAsync(default)).Version.Value);
        var journal = await world.Store.Doorman.ReadJournalAsync(0, 99, default);
        Assert.Equal([JournalAction.Registered, JournalAction.Validated, JournalAction.Current], journal.Select(entry => entry.Action));
        Assert.Equal(result.Manifest.Metrics[GateMetrics.Recall], journal[1].Metrics[GateMetrics.Recall]);
    }

    [Fact]
    public async Task Validate_TrainedWithoutHoldout_IsRejectedWithTheReason()
    {
        await using var world = await PlantedWorld.CreateAsync();
        await TrainAsync(world, s_options with { Holdout = null });

        var answer = await ValidateAsync(Desk(world), 1);

        Assert.False(answer.IsAccepted);
        Assert.Contains("was not measured", answer.Message, StringComparison.Ordinal);
        var version = (await world.Store.Doorman.ReadAsync(default)).Find(new SnapshotVersion(1))!;
        Assert.Equal(VersionState.Rejected, version.State);
        Assert.Contains("was not measured", Assert.Single(version.Reasons), StringComparison.Ordinal);
        Assert.False((await Desk(world).PromoteAsync(new SnapshotVersion(1), "ann", "", default)).IsAccepted);
        Assert.Equal(0, (await world.Store.Models.CurrentAsync(default)).Version.Value);
    }

    [Fact]
    public async Task Validate_FlippedByte_IsRejectedWithTheFile()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var result = await TrainAsync(world, s_options);
        var path = Path.Combine(SnapshotFolders.In(world.Folder), result.Model.Folder, "user-vectors.f32");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[5] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        Assert.Contains("user-vectors.f32", (await ValidateAsync(Desk(world), 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_WorseThanTheCurrentOne_IsRejected()
    {
        await using var world = await PlantedWorld.CreateAsync();
        await TrainAsync(world, s_options);
        await ValidateAsync(Desk(world), 1);
        await Desk(world).PromoteAsync(new SnapshotVersion(1), "ann", "", default);
        await TrainAsync(world, s_options with { Als = s_options.Als with { Epochs = 1, Regularization = 1e6 } });

        Assert.Contains("below the", (await ValidateAsync(Desk(world), 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promote_WhereANodeIsOnRecord_WaitsForIt()
    {
        await using var world = await PlantedWorld.CreateAsync();
        await TrainAsync(world, s_options);
        await ValidateAsync(Desk(world), 1);
        var before = await world.Store.Doorman.ReadAsync(default);
        var node = new Member(new NodeId("a"), 1);
        Assert.True(await world.Store.Doorman.TryWriteAsync(before.Epoch, before with { Epoch = before.Epoch + 1, Nodes = [node] }, [], default));

        Assert.True((await Desk(world).PromoteAsync(new SnapshotVersion(1), "ann", "go", default)).IsAccepted);

        var record = await world.Store.Doorman.ReadAsync(default);
        Assert.Equal((0, 1, "ann"), (record.Current.Value, record.Rollout!.Version.Value, record.Rollout.Who));
        Assert.Equal(VersionState.Preparing, record.Find(new SnapshotVersion(1))!.State);
    }

    [Fact]
    public async Task Ask_BesideOneWhoIsFaster_AsksAgain()
    {
        await using var world = await PlantedWorld.CreateAsync();
        await TrainAsync(world, s_options);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ValidateAsync(Desk(world), 1))));
        Assert.All(answers, answer => Assert.True(answer.IsAccepted, answer.Message));
        var record = await world.Store.Doorman.ReadAsync(default);
        Assert.Equal(VersionState.Validated, record.Find(new SnapshotVersion(1))!.State);

        // Whoever finds the very change made that was to be made has nothing left to do.
        Assert.InRange(record.Epoch, 1, 4);
        var journal = await world.Store.Doorman.ReadJournalAsync(0, 99, default);
        Assert.Equal(record.Epoch, journal.Count(entry => entry.Action == JournalAction.Validated));
    }

    private static Task<TrainResult> TrainAsync(PlantedWorld world, TrainOptions options) =>
        ModelTrainer.TrainAsync(world.Store, world.Folder, options, null, TimeProvider.System, default);

    private static Task<Answer> ValidateAsync(DoormanDesk desk, int version) =>
        desk.AskAsync((at, request) => new ValidateRequested(at, request, "ann", "test", new SnapshotVersion(version)), default);

    private static DoormanDesk Desk(PlantedWorld world) =>
        new(world.Store, SnapshotFolders.In(world.Folder), TasteTransform.Default.Fingerprint, new GateOptions(), TimeProvider.System);
}
