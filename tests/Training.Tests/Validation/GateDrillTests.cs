using Buddies.Engine.Identifiers;
using Buddies.Training.Validation;

namespace Buddies.Training.Tests.Validation;

/// <summary>What must never be let in, each refused with a reason that names it.</summary>
public sealed class GateDrillTests
{
    [Fact]
    public async Task Gates_NothingUnusual_LetTheNextVersionThrough()
    {
        await using var world = await ServedWorld.CreateAsync();
        await world.PlayAsync(1500);
        await world.TrainAsync();
        var reasons = await world.AskAsync(2);
        Assert.True(reasons.Count == 0, string.Join("\n", reasons));
    }

    [Fact]
    public async Task Gates_ASkewedFeature_IsNamedWithItsWorstBin()
    {
        await using var world = await ServedWorld.CreateAsync();

        // A client that has begun to tell seconds for milliseconds.
        await world.PlayAsync(1500, play => play with { PlayedMs = play.PlayedMs / 1000 });
        await world.TrainAsync();
        var reason = Assert.Single(await world.AskAsync(2), reason => reason.Contains("Skew in playedMs", StringComparison.Ordinal));
        Assert.Contains("'below ", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gates_ASkewInOneSliceAlone_IsNamedWithTheSlice()
    {
        await using var world = await ServedWorld.CreateAsync();
        await world.PlayAsync(3000, play => play.Context!.Contains("premium", StringComparison.Ordinal) ? play with { PlayedMs = null } : play);
        await world.TrainAsync();
        var reasons = await world.AskAsync(2);
        Assert.Contains(reasons, reason => reason.Contains("context.tier=premium", StringComparison.Ordinal) && reason.Contains("'missing'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gates_ADroppedSlice_IsNamed()
    {
        await using var world = await ServedWorld.CreateAsync();
        await world.PlayAsync(1500, play => play.Context!.Contains("premium", StringComparison.Ordinal) ? null : play);
        await world.TrainAsync();
        Assert.Contains(await world.AskAsync(2), reason => reason.StartsWith("The slice context.tier=premium is", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gates_ASliceThatTrainingNeverSaw_IsNamed()
    {
        await using var world = await ServedWorld.CreateAsync();
        await world.PlayAsync(1500, play => play.Id.Value.EndsWith('3') ? play with { Context = """{"tier":"family"}""" } : play);
        await world.TrainAsync();
        Assert.Contains(await world.AskAsync(2), reason => reason.Contains("The slice context.tier=family is", StringComparison.Ordinal) && reason.Contains("and none of 2400 plays in training", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gates_ShuffledLabels_AreRefusedForWhatTheyTeach()
    {
        await using var world = await ServedWorld.CreateAsync();
        var random = new Random(3);
        await world.PlayAsync(12_000, play => play with { Track = ServedWorld.AnyTrack(random) });
        await world.TrainAsync();
        var reasons = await world.AskAsync(2);
        Assert.Contains(reasons, reason => reason.Contains("holdoutRecall", StringComparison.Ordinal) && reason.Contains("below the", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gates_ShuffledLabelsWithNothingToCompareWith_DoNotBeatPopularity()
    {
        await using var world = await ServedWorld.CreateEmptyAsync();
        var random = new Random(4);
        await world.PlayAsync(3000, play => play with { Track = ServedWorld.AnyTrack(random) });
        await world.TrainAsync();
        Assert.StartsWith("It has learned nothing of its listeners", Assert.Single(await world.AskAsync(1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gates_AStaleWatermark_IsNamed()
    {
        await using var world = await ServedWorld.CreateAsync();

        // Trained before, and judged after a version that has learned from more.
        await world.TrainAsync();
        await world.PlayAsync(600);
        await world.TrainAsync();
        Assert.Empty(await world.AskAsync(3));
        Assert.True((await world.Desk().PromoteAsync(new SnapshotVersion(3), "ann", "test", default)).IsAccepted);
        var reason = Assert.Single(await world.AskAsync(2), reason => reason.Contains("watermark", StringComparison.Ordinal));
        Assert.Contains("events up to 2400, and version 3 from those up to 3000", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gates_WithoutTheReportOrWithADamagedOne_Refuse()
    {
        await using var world = await ServedWorld.CreateAsync();
        await world.PlayAsync(600);
        await world.TrainAsync();
        var path = new ValidationFiles(world.Folder).ReportPath(new SnapshotVersion(2));
        var report = await File.ReadAllTextAsync(path);
        File.Delete(path);
        Assert.Contains("report about its data", Assert.Single(await world.AskAsync(2)), StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, report[..^20]);
        Assert.Contains("report about its data", Assert.Single(await world.AskAsync(2)), StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, report);
        Assert.Empty(await world.AskAsync(2));
    }

    [Fact]
    public async Task Gates_DriftThatIsMeant_IsLetThroughAndStaysTold()
    {
        await using var world = await ServedWorld.CreateAsync();
        await world.PlayAsync(1500, play => play with { PlayedMs = play.PlayedMs / 1000 });
        await world.TrainAsync();
        Assert.Contains(await world.AskAsync(2), IsAboutData);
        var options = new ModelValidationOptions { Accept = true };
        var report = await ModelValidation.ValidateAsync(world.Store, world.Folder, new SnapshotVersion(2), options, DateTimeOffset.UnixEpoch, default);
        Assert.Contains(report.Anomalies, anomaly => anomaly is { Feature: "playedMs", Severity: Severity.Warning });
        Assert.DoesNotContain(await world.AskAsync(2), IsAboutData);

        await world.TrainAsync(new TrainSupport { AcceptDrift = true });
        Assert.DoesNotContain(await world.AskAsync(3), IsAboutData);

        static bool IsAboutData(string reason) => reason.Contains("playedMs", StringComparison.Ordinal);
    }
}
