using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Training.Facts;
using Buddies.Training.Validation;

namespace Buddies.Training.Tests.Validation;

/// <summary>A registered version, looked at again.</summary>
public sealed class ModelValidationTests
{
    [Fact]
    public async Task Validate_ServedAsTrained_FindsNothingAndWritesBothReports()
    {
        await using var world = await ServedWorld.CreateAsync();
        await world.PlayAsync(800);
        var report = await ValidateAsync(world);
        Assert.True(report.IsValid, string.Join("\n", report.Anomalies.Select(one => one.Message)));
        Assert.Equal((800, true), (report.Comparisons[0].FoundPlays, report.Comparisons[0].IsJudged));
        Assert.True(report.Twins!.Listeners > 0);

        var files = new ValidationFiles(world.Folder);
        var html = await File.ReadAllTextAsync(files.HtmlPath(new SnapshotVersion(1)));
        Assert.Contains("<svg", html, StringComparison.Ordinal);
        Assert.Contains(">playedShare<", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.True(File.Exists(files.SchemaPath));
        Assert.Contains("\"playedShare\"", await File.ReadAllTextAsync(files.SchemaPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_NothingServed_CannotBeComputedAndFails()
    {
        await using var world = await ServedWorld.CreateAsync();
        var report = await ValidateAsync(world);
        Assert.Contains("Skew cannot be computed", Assert.Single(report.Anomalies).Message, StringComparison.Ordinal);
        Assert.False(report.IsValid);

        // What the gates read is what was looked at last.
        await world.TrainAsync();
        Assert.Empty(await world.AskAsync(2));
        var version = new SnapshotVersion(2);
        await ModelValidation.ValidateAsync(world.Store, world.Folder, version, new ModelValidationOptions(), DateTimeOffset.UnixEpoch, default);
        Assert.Contains("Skew cannot be computed", Assert.Single(await world.AskAsync(2)), StringComparison.Ordinal);
        var lenient = new ModelValidationOptions { AllowUnserved = true };
        Assert.True((await ModelValidation.ValidateAsync(world.Store, world.Folder, version, lenient, DateTimeOffset.UnixEpoch, default)).IsValid);
        Assert.Empty(await world.AskAsync(2));
    }

    [Fact]
    public async Task Validate_AVectorThatIsNotItsTwin_NamesTheListener()
    {
        await using var world = await ServedWorld.CreateAsync();
        var facts = await FactReader.ReadAsync(world.Store, TasteTransform.Default, default);
        var (right, wrong) = (facts.Users[3], facts.Users[4]);
        var unlike = new UserTaste(TasteTransform.Default);
        unlike.Apply(
            new UserEvent(new EventId("x"), wrong, EventKind.Like, facts.Catalogue.IdOf(new TrackIndex(5)), null, null, null, DateTimeOffset.UnixEpoch),
            new TrackIndex(5), null);
        await world.Store.Checkpoints.SaveAsync(
            [
                new UserCheckpoint(right, facts.Tastes[3].Save(facts.Catalogue), facts.Watermark),
                new UserCheckpoint(wrong, unlike.Save(facts.Catalogue), facts.Watermark),
            ],
            default);

        var twins = (await ValidateAsync(world)).Twins!;

        Assert.Equal(2, twins.FactsCompared);
        Assert.All(twins.Anomalies, anomaly => Assert.Contains(wrong.Value, anomaly.Message, StringComparison.Ordinal));
        Assert.All(twins.Anomalies, anomaly => Assert.DoesNotContain(right.Value, anomaly.Message, StringComparison.Ordinal));
        Assert.Equal(2, twins.Anomalies.Count);
    }

    private static Task<ValidationReport> ValidateAsync(ServedWorld world) =>
        ModelValidation.ValidateAsync(world.Store, world.Folder, null, new ModelValidationOptions(), DateTimeOffset.UnixEpoch, default);
}
