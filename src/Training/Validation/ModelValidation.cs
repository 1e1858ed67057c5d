using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Training.Facts;

namespace Buddies.Training.Validation;

/// <summary>How a version's data is looked at.</summary>
public sealed record ModelValidationOptions
{
    /// <summary>At most so many listeners are compared with their twins. Default 1,000.</summary>
    public int Twins { get; init; } = 1000;

    /// <summary>Whether it is no error that too little was served to compare with. Default false.</summary>
    public bool AllowUnserved { get; init; }

    /// <summary>Whether differences are meant: they become warnings, and the gates let the version through. Default false.</summary>
    public bool Accept { get; init; }
}

/// <summary>
/// Looks at a registered version again: its training data beside what was served since, beside the training before and beside
/// the schema, and served vectors beside their twins. Writes the report that the gates read.
/// </summary>
public static class ModelValidation
{
    /// <summary>Looks.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="version">Which version; null for the current one.</param>
    /// <param name="options">How.</param>
    /// <param name="now">The time of the report.</param>
    /// <param name="cancellationToken">Stops between events.</param>
    /// <returns>The report, which is written.</returns>
    /// <exception cref="TrainingException">There is no such version, or its events are no longer kept.</exception>
    public static async Task<ValidationReport> ValidateAsync(
        IStore store, string dataDirectory, SnapshotVersion? version, ModelValidationOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        var files = new ValidationFiles(dataDirectory);
        var asked = version ?? (await store.Models.CurrentAsync(cancellationToken).ConfigureAwait(false)).Version;
        var model = (await store.Models.ListAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(model => model.Version == asked)
            ?? throw new TrainingException(asked.Value == 0 ? "There is no current model. Train one first: buddies train --data DIR." : $"Version {asked} is not registered.");
        using var snapshot = Snapshot.Open(Path.Combine(SnapshotFolders.In(dataDirectory), model.Folder), model.ManifestSha256);
        var facts = await FactReader.ReadAsync(store, TasteTransform.Default, cancellationToken).ConfigureAwait(false);
        var (notes, anomalies) = (new List<string>(), new List<Anomaly>());
        var schema = files.ReadSchema();
        var keys = (schema ?? DataSchema.Default).SliceKeys;
        var statistics = files.ReadStatistics(asked) ?? await CountAgainAsync(store, facts, model.Watermark, keys, cancellationToken).ConfigureAwait(false);
        schema ??= DataSchema.Infer(statistics);

        // What was served since, in the bins of the training.
        var served = new StatisticsCounter(Shape.Of(statistics, keys));
        await LogExamples.EachAsync(store, facts.Catalogue, statistics.Through, long.MaxValue, (example, _) => served.Add(example), cancellationToken).ConfigureAwait(false);
        var serving = served.Build(statistics.Through, facts.Watermark);
        var comparisons = new List<DataComparison> { DataValidator.Compare(statistics, serving, schema, "skew") };
        if (comparisons[0] is { IsJudged: false } unjudged)
        {
            var message = $"Skew cannot be computed: {unjudged.FoundPlays} plays were served since version {asked}, beside {unjudged.ExpectedPlays} in training; {schema.LeastExamples} are needed.";
            if (options.AllowUnserved)
            {
                notes.Add(message);
            }
            else
            {
                anomalies.Add(new Anomaly(Severity.Error, "skew", null, null, message));
            }
        }

        var parent = new SnapshotVersion(snapshot.Manifest.Parent);
        if (TrainingLook.ReadFormer(files, parent, notes, anomalies) is { } former)
        {
            var again = new StatisticsCounter(Shape.Of(former, keys));
            await LogExamples.EachAsync(store, facts.Catalogue, 0, statistics.Through, (example, _) => again.Add(example), cancellationToken).ConfigureAwait(false);
            comparisons.Add(DataValidator.Compare(former, again.Build(0, statistics.Through), schema, "drift"));
        }

        var twins = await TwinCheck.CheckAsync(store, facts, snapshot, options.Twins, cancellationToken).ConfigureAwait(false);
        anomalies.AddRange(DataValidator.Check(statistics, schema, "training"));
        anomalies.AddRange(serving.Plays >= schema.LeastExamples ? DataValidator.Check(serving, schema, "serving") : []);
        anomalies.AddRange(comparisons.SelectMany(one => one.Anomalies));
        anomalies.AddRange(twins.Anomalies);
        var report = new ValidationReport(
            asked.Value, parent.Value, now, comparisons, twins, [.. anomalies.OrderByDescending(one => one.Severity)], notes);
        report = options.Accept ? report.Accept() : report;
        files.Write(report);
        return report;
    }

    /// <summary>For a version from before statistics were kept.</summary>
    private static async Task<DataStatistics> CountAgainAsync(
        IStore store, FactSet facts, long through, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (await store.Events.DroppedThroughAsync(cancellationToken).ConfigureAwait(false) > 0)
        {
            throw new TrainingException("The version has no statistics, and events that it was trained on are no longer kept. Train again: buddies train --data DIR.");
        }

        var maker = new ShapeMaker(keys);
        await LogExamples.EachAsync(store, facts.Catalogue, 0, through, (example, _) => maker.Add(example), cancellationToken).ConfigureAwait(false);
        var counter = new StatisticsCounter(maker.Build());
        await LogExamples.EachAsync(store, facts.Catalogue, 0, through, (example, _) => counter.Add(example), cancellationToken).ConfigureAwait(false);
        return counter.Build(0, through);
    }
}
