using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Tests.Snapshots;

namespace Buddies.Engine.Tests.Doorman;

public sealed class SnapshotGatesTests : IDisposable
{
    private static readonly string s_fingerprint = TasteTransform.Default.Fingerprint;
    private static readonly DataReport s_report = new(10, 4, 7, 3, 9, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 1, 2, 0, 0, 7, 0.9, []);
    private readonly SnapshotSample _sample = new();

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void Judge_WholeSnapshotThatMeetsAll_IsLetThroughWithItsNumbers()
    {
        var written = _sample.Write(template: Template(0.30));
        var verdict = SnapshotGates.Judge(written.Folder, written.ManifestSha256, Manifest(0.31), s_fingerprint, new GateOptions());
        Assert.Empty(verdict.Reasons);
        Assert.Equal(0.30, verdict.Metrics[GateMetrics.Recall]);
        Assert.Equal(0.31, verdict.Metrics["current." + GateMetrics.Recall]);
    }

    [Fact]
    public void Judge_FlippedByteOrAnotherManifest_IsRefusedWithTheFile()
    {
        var written = _sample.Write(template: Template(0.30));
        Assert.Contains("manifest.json", Judge(written.Folder, new string('0', 64)), StringComparison.Ordinal);
        File.AppendAllText(Path.Combine(written.Folder, "user-vectors.f32"), "x");
        Assert.Contains("user-vectors.f32", Judge(written.Folder, written.ManifestSha256), StringComparison.Ordinal);

        static string Judge(string folder, string hash) =>
            Assert.Single(SnapshotGates.Judge(folder, hash, null, s_fingerprint, new GateOptions()).Reasons);
    }

    [Fact]
    public void JudgeManifest_AnotherTransform_IsRefusedWithBothFingerprints()
    {
        var reason = Assert.Single(SnapshotGates.JudgeManifest(Manifest(0.3), null, "other", new GateOptions()).Reasons);
        Assert.Contains(s_fingerprint, reason, StringComparison.Ordinal);
        Assert.Contains("other", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.29, 0.30, null)]
    [InlineData(0.281, 0.30, null)]
    [InlineData(0.279, 0.30, "more than 0.02 below the 0.3 of version")]
    [InlineData(0.30, double.NaN, "more than 0.02 below")]
    [InlineData(double.NaN, 0.01, "the least that is let through is 0.02")]
    [InlineData(0.019, 0.01, "the least that is let through is 0.02")]
    [InlineData(0.02, 0.03, null)]
    public void JudgeManifest_MetricBesideTheCurrentOne_NeedsTheFloorAndTheMargin(double value, double current, string? because)
    {
        var reasons = SnapshotGates.JudgeManifest(Manifest(value), Manifest(current), s_fingerprint, new GateOptions()).Reasons;
        if (because is null)
        {
            Assert.Empty(reasons);
        }
        else
        {
            Assert.Contains(reasons, reason => reason.Contains(because, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(0.2447, 0.2962, null)]
    [InlineData(0.019, 0.2962, "the least that is let through is 0.02")]
    public void JudgeManifest_LowerAccepted_LeavesEveryOtherGate(double value, double current, string? because)
    {
        var options = new GateOptions { AcceptsLower = true };
        var reasons = SnapshotGates.JudgeManifest(Manifest(value), Manifest(current), s_fingerprint, options).Reasons;
        Assert.Equal(because is null ? 0 : 1, reasons.Count);
        Assert.All(reasons, reason => Assert.Contains(because!, reason, StringComparison.Ordinal));
        var other = SnapshotGates.JudgeManifest(Manifest(value) with { Validation = null }, Manifest(current), "another", options).Reasons;
        Assert.Equal(reasons.Count + 2, other.Count); // The fingerprint, and that nobody looked at the data.
    }

    [Fact]
    public void JudgeManifest_CurrentWithoutTheMetric_LeavesTheFloor()
    {
        Assert.Empty(SnapshotGates.JudgeManifest(Manifest(0.1), Manifest(null), s_fingerprint, new GateOptions()).Reasons);
        Assert.NotEmpty(SnapshotGates.JudgeManifest(Manifest(0.01), Manifest(null), s_fingerprint, new GateOptions()).Reasons);
    }

    [Fact]
    public void JudgeManifest_NobodyMeasuredOrLooked_IsRefusedForBoth()
    {
        var reasons = SnapshotGates.JudgeManifest(Manifest(null) with { Validation = null }, null, s_fingerprint, new GateOptions()).Reasons;
        Assert.Equal(2, reasons.Count);
        Assert.Contains("was not measured", reasons[0], StringComparison.Ordinal);
        Assert.Contains("no validation report", reasons[1], StringComparison.Ordinal);
    }

    [Fact]
    public void JudgeManifest_DataWithErrors_IsRefusedWithEach()
    {
        var candidate = Manifest(0.3) with { Validation = s_report with { Errors = ["one", "two"] } };
        Assert.Equal(["one", "two"], SnapshotGates.JudgeManifest(candidate, null, s_fingerprint, new GateOptions()).Reasons);
    }

    [Fact]
    public void JudgeManifest_TooFewKnownTracks_IsRefusedWhereThatIsAsked()
    {
        Assert.Empty(SnapshotGates.JudgeManifest(Manifest(0.3), null, s_fingerprint, new GateOptions { LeastKnownTrackShare = 0.9 }).Reasons);
        Assert.NotEmpty(SnapshotGates.JudgeManifest(Manifest(0.3), null, s_fingerprint, new GateOptions { LeastKnownTrackShare = 0.91 }).Reasons);
    }

    [Fact]
    public void JudgeManifest_ModelOfNothing_IsRefused() =>
        Assert.Equal(2, SnapshotGates.JudgeManifest(Manifest(0.3) with { TrackCount = 0, UserCount = 0 }, null, s_fingerprint, new GateOptions()).Reasons.Count);

    private static SnapshotManifest Manifest(double? recall) => Template(recall) with { TrackCount = 7, UserCount = 4 };

    private static SnapshotManifest Template(double? recall) => SnapshotSample.MakeTemplate() with
    {
        Metrics = recall is { } value ? new Dictionary<string, double> { [GateMetrics.Recall] = value } : [],
        Validation = s_report,
    };
}
