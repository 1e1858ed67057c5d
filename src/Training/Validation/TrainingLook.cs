using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Training.Facts;

namespace Buddies.Training.Validation;

/// <summary>Looks at the data of a training before a model is made of it.</summary>
internal static class TrainingLook
{
    /// <summary>Reads the log twice: to fix the bins, and to count.</summary>
    /// <param name="store">The store.</param>
    /// <param name="files">Schema and statistics of the data directory; a schema is made where there is none.</param>
    /// <param name="facts">What is trained on.</param>
    /// <param name="parent">The version that is current; 0 for none.</param>
    /// <param name="acceptDrift">Whether somebody has said that differences are meant.</param>
    /// <param name="now">The time of the report.</param>
    /// <param name="cancellationToken">Stops between events.</param>
    /// <returns>The statistics, and the report, whose version is still 0.</returns>
    public static async Task<(DataStatistics Statistics, ValidationReport Report)> LookAsync(
        IStore store, ValidationFiles files, FactSet facts, SnapshotVersion parent, bool acceptDrift, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var schema = files.ReadSchema();
        var keys = (schema ?? DataSchema.Default).SliceKeys;
        var through = facts.Watermark;
        var maker = new ShapeMaker(keys);
        await LogExamples.EachAsync(store, facts.Catalogue, 0, through, (example, _) => maker.Add(example), cancellationToken).ConfigureAwait(false);

        var notes = new List<string>();
        var anomalies = new List<Anomaly>();
        var former = ReadFormer(files, parent, notes, anomalies);
        var own = new StatisticsCounter(maker.Build());
        var formerShape = former is null ? null : Shape.Of(former, keys);
        var drift = formerShape is null ? null : new StatisticsCounter(formerShape);
        var skew = formerShape is null ? null : new StatisticsCounter(formerShape);
        await LogExamples.EachAsync(store, facts.Catalogue, 0, through, Count, cancellationToken).ConfigureAwait(false);

        var statistics = own.Build(0, through);
        if (schema is null)
        {
            schema = DataSchema.Infer(former ?? statistics);
            files.Write(schema);
        }

        var comparisons = new List<DataComparison>();
        if (former is not null)
        {
            comparisons.Add(DataValidator.Compare(former, skew!.Build(former.Through, through), schema, "skew"));
            comparisons.Add(DataValidator.Compare(former, drift!.Build(0, through), schema, "drift"));
        }

        notes.AddRange(comparisons.Where(one => !one.IsJudged).Select(one => $"{one.Against}: {one.FoundPlays} plays beside {one.ExpectedPlays} are too few to judge; {schema.LeastExamples} are needed."));
        anomalies.AddRange(DataValidator.Check(statistics, schema, "training"));
        anomalies.AddRange(comparisons.SelectMany(one => one.Anomalies));
        var report = new ValidationReport(0, parent.Value, now, comparisons, null, [.. anomalies.OrderByDescending(one => one.Severity)], notes);
        return (statistics, acceptDrift ? report.Accept() : report);

        void Count(Example example, long offset)
        {
            own.Add(example);
            drift?.Add(example);
            if (offset > former?.Through)
            {
                skew!.Add(example);
            }
        }
    }

    /// <summary>The statistics of the version before. None at all is told; such as cannot be read are an error.</summary>
    internal static DataStatistics? ReadFormer(ValidationFiles files, SnapshotVersion parent, List<string> notes, List<Anomaly> anomalies)
    {
        if (parent.Value == 0)
        {
            return null;
        }

        try
        {
            var former = files.ReadStatistics(parent);
            if (former is null)
            {
                notes.Add($"Version {parent} has no statistics to compare with.");
            }

            return former;
        }
        catch (TrainingException e)
        {
            anomalies.Add(new Anomaly(Severity.Error, "drift", null, null, $"The data of version {parent} cannot be compared with: {e.Message}"));
            return null;
        }
    }
}

/// <summary>The events of the log as examples.</summary>
internal static class LogExamples
{
    /// <summary>Hands over each event of a stretch, with its offset. The example is the same object each time.</summary>
    public static async Task EachAsync(
        IStore store, MusicCatalogue catalogue, long after, long through, Action<Example, long> take, CancellationToken cancellationToken)
    {
        var example = new Example();
        await foreach (var logged in store.Events.ReadAsync(new EventRange(after, through), cancellationToken).ConfigureAwait(false))
        {
            example.Read(logged.Event, catalogue);
            take(example, logged.Offset);
        }
    }
}
