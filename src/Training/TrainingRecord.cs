using System.Globalization;
using Buddies.Training.Checkpoints;
using Buddies.Training.Tracking;
using Buddies.Training.Validation;

namespace Buddies.Training;

/// <summary>What is tracked of a training.</summary>
internal static class TrainingRecord
{
    /// <summary>Begins the run, or goes on with that of a training that did not end.</summary>
    public static TrackedRun Begin(TrainSupport support, TrainOptions options, TrainingJob job)
    {
        if (support.Tracking is not { } tracking)
        {
            return TrackedRun.None;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"to offset {job.Watermark}");
        var run = TrackedRun.Begin(tracking.Store, tracking.Experiment, name, job.Run, support.Time, support.Note);
        if (run.Id != job.Run)
        {
            run.LogParameters(Describe(options));
        }

        run.SetTags(new Dictionary<string, string>
        {
            ["buddies.data"] = job.Data,
            ["buddies.watermark"] = job.Watermark.ToString(CultureInfo.InvariantCulture),
            ["buddies.transform"] = options.Transform.Fingerprint,
        });
        return run;
    }

    /// <summary>Ends a run that came to a model.</summary>
    public static void End(TrackedRun run, TrainResult result, ValidationFiles files)
    {
        if (run.Id.Length == 0)
        {
            return;
        }

        var version = result.Model.Version;
        run.SetTags(new Dictionary<string, string>
        {
            ["buddies.snapshot"] = version.ToString(),
            ["buddies.manifest"] = result.Model.ManifestSha256,
        });
        run.LogMetrics(result.Manifest.Metrics.Where(metric => metric.Key != "objective"), (long)result.Manifest.Metrics["epochs"]);
        foreach (var path in new[] { files.StatisticsPath(version), files.ReportPath(version), files.HtmlPath(version), files.ManifestPath(version) })
        {
            run.LogArtifact(Path.GetFileName(path), File.ReadAllBytes(path));
        }

        run.End(RunStatus.Finished);
    }

    /// <summary>Ends a run that came to none.</summary>
    /// <returns>False: as a filter it handles nothing.</returns>
    public static bool Fail(TrackedRun run, Exception reason)
    {
        if (run.Id.Length > 0)
        {
            run.SetTags(new Dictionary<string, string> { ["buddies.failure"] = reason.Message });
            run.End(reason is OperationCanceledException ? RunStatus.Killed : RunStatus.Failed);
        }

        return false;
    }

    /// <summary>Every constant of a training by the name of its option.</summary>
    internal static Dictionary<string, string> Describe(TrainOptions options)
    {
        var als = options.Als;
        return new Dictionary<string, object>
        {
            ["trainer"] = options.Links ? TrainOptions.WithLinks : TrainOptions.FactorsAlone,
            ["dimension"] = als.Dimension,
            ["epochs"] = als.Epochs,
            ["unobserved-weight"] = als.UnobservedWeight,
            ["regularization"] = als.Regularization,
            ["regularization-exponent"] = als.RegularizationExponent,
            ["initial-deviation"] = als.InitialStdDev,
            ["rarity-exponent"] = options.RarityExponent,
            ["tag-weight"] = options.TagWeight,
            ["playlist-weight"] = options.PlaylistWeight,
            ["maker-weight"] = options.MakerWeight,
            ["playlist-shrinkage"] = options.PlaylistRanker.Shrinkage,
            ["seed"] = als.Seed,
            ["threads"] = als.Threads,
            ["device"] = als.Device?.Name ?? "processors",
            ["holdout-k"] = options.Holdout?.K ?? 0,
            ["holdout-share"] = options.Holdout?.Share ?? 0,
        }.ToDictionary(one => one.Key, one => Convert.ToString(one.Value, CultureInfo.InvariantCulture)!);
    }
}
