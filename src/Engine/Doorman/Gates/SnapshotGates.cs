using System.Globalization;
using Buddies.Engine.Snapshots;

namespace Buddies.Engine.Doorman.Gates;

/// <summary>Judges a snapshot before any node prepares it: whole files first, then what its manifest says of it.</summary>
public static class SnapshotGates
{
    /// <summary>Reads every byte of a snapshot and judges it.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <param name="expectedManifestSha256">The manifest's hash as the registry has it.</param>
    /// <param name="current">The manifest of the version that is served; null when none is.</param>
    /// <param name="serverFingerprint">The fingerprint of the taste transform of whoever is to serve it.</param>
    /// <param name="options">What it must reach.</param>
    /// <param name="pause">Called between pieces of work of well under a millisecond, and may rest; null for nobody.</param>
    /// <remarks>Hashes, shapes and numbers are those of <see cref="Snapshot.Open"/>; a damaged snapshot has that one reason.</remarks>
    public static GateVerdict Judge(
        string folder, string expectedManifestSha256, SnapshotManifest? current, string serverFingerprint, GateOptions options, Action? pause = null)
    {
        try
        {
            using var snapshot = Snapshot.Open(folder, expectedManifestSha256, pause);
            var verdict = JudgeManifest(snapshot.Manifest, current, serverFingerprint, options);
            return snapshot.Manifest.Metrics.ContainsKey(DataFindings.Metric)
                ? verdict with { Reasons = [.. verdict.Reasons, .. DataFindings.ReadErrors(folder)] }
                : verdict;
        }
        catch (SnapshotException damage)
        {
            return new GateVerdict([damage.Message], new Dictionary<string, double>());
        }
    }

    /// <summary>Judges what the manifest of a whole snapshot says.</summary>
    /// <param name="candidate">The manifest.</param>
    /// <param name="current">That of the version that is served; null when none is.</param>
    /// <param name="serverFingerprint">The fingerprint of the taste transform of whoever is to serve it.</param>
    /// <param name="options">What it must reach.</param>
    /// <remarks>What nobody measured or looked at is a reason, not a pass.</remarks>
    public static GateVerdict JudgeManifest(
        SnapshotManifest candidate, SnapshotManifest? current, string serverFingerprint, GateOptions options)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentException.ThrowIfNullOrEmpty(serverFingerprint);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var reasons = new List<string>();
        var metrics = new Dictionary<string, double>();
        if (candidate.TransformFingerprint != serverFingerprint)
        {
            reasons.Add($"It was trained with taste transform {candidate.TransformFingerprint}; this server has {serverFingerprint}. Train again.");
        }

        JudgeShapes(candidate, reasons);
        if (candidate.Watermark < current?.Watermark)
        {
            reasons.Add(Text($"Its watermark is stale: it has learned from events up to {candidate.Watermark}, and version {current.Version} from those up to {current.Watermark}."));
        }

        JudgeMetric(candidate, current, options, reasons, metrics);
        JudgeData(candidate, options, reasons, metrics);
        return new GateVerdict(reasons, metrics);
    }

    private static void JudgeShapes(SnapshotManifest candidate, List<string> reasons)
    {
        if (candidate.TrackCount == 0)
        {
            reasons.Add("It has no tracks.");
        }

        if (candidate.UserCount == 0)
        {
            reasons.Add("It has no listeners.");
        }
    }

    private static void JudgeMetric(
        SnapshotManifest candidate, SnapshotManifest? current, GateOptions options, List<string> reasons, Dictionary<string, double> metrics)
    {
        if (!candidate.Metrics.TryGetValue(options.Metric, out var value))
        {
            reasons.Add($"Its {options.Metric} was not measured: train with a held-out evaluation.");
            return;
        }

        metrics[options.Metric] = value;

        // Written so that NaN fails.
        if (!(value >= options.Floor))
        {
            reasons.Add(Text($"Its {options.Metric} is {value:0.####}; the least that is let through is {options.Floor:0.####}."));
        }

        if (candidate.Metrics.TryGetValue(GateMetrics.PopularityRecall, out var popularity) && options.Metric == GateMetrics.Recall)
        {
            metrics[GateMetrics.PopularityRecall] = popularity;
            if (options.BeatsPopularity && !(value > popularity))
            {
                reasons.Add(Text($"It has learned nothing of its listeners: its {options.Metric} is {value:0.####}, and that of what is popular with everybody {popularity:0.####}."));
            }
        }

        if (current is not null && current.Metrics.TryGetValue(options.Metric, out var before))
        {
            metrics[$"current.{options.Metric}"] = before;
            if (!options.AcceptsLower && !(value >= before - options.Margin))
            {
                reasons.Add(Text($"Its {options.Metric} is {value:0.####}, more than {options.Margin:0.####} below the {before:0.####} of version {current.Version}. Where both were measured on different data, an operator may accept it."));
            }
        }
    }

    private static void JudgeData(SnapshotManifest candidate, GateOptions options, List<string> reasons, Dictionary<string, double> metrics)
    {
        if (candidate.Validation is not { } report)
        {
            reasons.Add("Nobody has looked at the data that it was trained on: its manifest has no validation report.");
            return;
        }

        metrics["facts"] = report.Facts;
        metrics["knownTrackShare"] = report.KnownTrackShare;
        reasons.AddRange(report.Errors);
        if (!(report.KnownTrackShare >= options.LeastKnownTrackShare))
        {
            reasons.Add(Text($"The catalogue describes the tracks of {report.KnownTrackShare:0.####} of its facts; the least that is let through is {options.LeastKnownTrackShare:0.####}."));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
