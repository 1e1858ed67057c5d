using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Storage;
using Buddies.Training.Als;
using Buddies.Training.Checkpoints;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Playlists;
using Buddies.Training.Tracking;
using Buddies.Training.Validation;

namespace Buddies.Training;

/// <summary>Turns a store's log into a registered snapshot.</summary>
public static class ModelTrainer
{
    /// <summary>Reads every fact, trains, writes the snapshot and registers it. It is not served before it is promoted.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataDirectory">The data directory; the snapshot goes into its <c>snapshots</c>.</param>
    /// <param name="options">The constants.</param>
    /// <param name="progress">Told a few times a second while the factors are trained.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops between rows; nothing is registered then.</param>
    /// <returns>What was registered.</returns>
    /// <exception cref="TrainingException">There are no facts to learn from.</exception>
    public static Task<TrainResult> TrainAsync(
        IStore store,
        string dataDirectory,
        TrainOptions options,
        IProgress<TrainProgress>? progress,
        TimeProvider time,
        CancellationToken cancellationToken) =>
        TrainAsync(store, dataDirectory, options, new TrainSupport { Progress = progress, Time = time }, cancellationToken);

    /// <summary>The same, with what goes along with it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataDirectory">The data directory; the snapshot goes into its <c>snapshots</c>.</param>
    /// <param name="options">The constants.</param>
    /// <param name="support">Progress, clock, and whether epochs are kept.</param>
    /// <param name="cancellationToken">Stops between rows; nothing is registered then, and what was kept stays.</param>
    /// <returns>What was registered.</returns>
    /// <exception cref="TrainingException">There are no facts to learn from.</exception>
    /// <exception cref="TrainingStoppedException">It was cancelled, and epochs are kept.</exception>
    public static async Task<TrainResult> TrainAsync(
        IStore store, string dataDirectory, TrainOptions options, TrainSupport support, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(support);
        options.Check();
        SnapshotWriter.RemoveLeftovers(SnapshotFolders.In(dataDirectory));
        using var folder = support.KeepEpochs ? TrainingFolder.TryOpen(dataDirectory, support.Note) : null;
        var run = TrackedRun.None;
        try
        {
            var (set, job) = await ReadAsync(store, options, folder, support, cancellationToken).ConfigureAwait(false);
            run = TrainingRecord.Begin(support, options, job);
            folder?.Begin(job with { Run = run.Id });
            var result = await TrainAsync(store, dataDirectory, set, options with { Keeper = folder ?? options.Keeper }, support, run, cancellationToken).ConfigureAwait(false);
            folder?.Clear();
            TrainingRecord.End(run, result, new ValidationFiles(dataDirectory));
            return result;
        }
        catch (Exception e) when (TrainingRecord.Fail(run, e))
        {
            throw; // Never reached: the run is told, and the exception goes its way.
        }
        catch (OperationCanceledException e) when (folder is { LastEpoch: > 0 })
        {
            // The ranker of playlists has epochs of its own, behind those of the factors.
            var kept = Math.Min(folder.LastEpoch, options.Als.Epochs);
            throw new TrainingStoppedException(
                $"Stopped. {kept} of {options.Als.Epochs} epochs are kept: --resume goes on from there, and --resume --epochs {kept} makes a model of them.", e);
        }
    }

    private static async Task<TrainResult> TrainAsync(
        IStore store, string dataDirectory, TrainingSet set, TrainOptions options, TrainSupport support, TrackedRun run, CancellationToken cancellationToken)
    {
        var time = support.Time;
        var progress = RunTracking.Follow(run, "", support.Progress);
        var version = await store.Models.ReserveVersionAsync(cancellationToken).ConfigureAwait(false);
        var parent = (await store.Models.CurrentAsync(cancellationToken).ConfigureAwait(false)).Version;
        var files = new ValidationFiles(dataDirectory);
        var (statistics, data) = await TrainingLook.LookAsync(
            store, files, set.Facts, parent, support.AcceptDrift, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        var start = time.GetTimestamp();
        var factors = await Task.Run(
            () => FactorTrainer.Train(set, set.Interactions, options, progress, time, cancellationToken), cancellationToken).ConfigureAwait(false);
        var trainingTime = time.GetElapsedTime(start);
        var holdout = await MeasureAsync(set, options, RunTracking.Follow(run, "holdout.", support.Progress), time, cancellationToken).ConfigureAwait(false);

        // Chosen once, without what the judge has hidden: a second search would take as long, and mend little.
        var plan = options.Links && holdout is null
            ? await Task.Run(() => LinkTrainer.Search(set, set.Interactions, options, time, cancellationToken), cancellationToken).ConfigureAwait(false)
            : holdout?.Plan;
        var links = await Task.Run(() => LinkTrainer.Fit(plan, set.Interactions, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        var playlistFactors = PlaylistVectors.Solve(PlaylistVectors.Flatten(set), factors, options, cancellationToken);
        var ranking = await Task.Run(() => RankingTrainer.Train(set, factors, playlistFactors, links, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        support.Note(ranking.Tell());
        var contents = SnapshotAssembly.MakeContents(set, factors, links, playlistFactors, ranking, options);
        cancellationToken.ThrowIfCancellationRequested();
        var createdAt = time.GetUtcNow();
        var template = SnapshotAssembly.MakeManifest(version, parent, createdAt, set, factors, plan, options, trainingTime, holdout, ranking, data);
        var folder = SnapshotFolders.NameOf(version);
        var written = SnapshotWriter.Write(SnapshotFolders.In(dataDirectory), folder, contents, template);
        files.Write(version, statistics);
        files.Write(data with { Version = version.Value });
        var model = new RegisteredModel(version, folder, createdAt, written.ManifestSha256, set.Facts.Watermark);

        // The files are there: from here on it is carried through.
        await store.Models.RegisterAsync(model, CancellationToken.None).ConfigureAwait(false);
        return new TrainResult(model, written.Manifest, trainingTime);
    }

    /// <summary>Reads the facts of a training that did not end, where it is to be gone on with; else those up to now.</summary>
    private static async Task<(TrainingSet Set, TrainingJob Job)> ReadAsync(
        IStore store, TrainOptions options, TrainingFolder? folder, TrainSupport support, CancellationToken cancellationToken)
    {
        var parameters = TrainingFingerprint.Describe(options);
        var former = folder?.Interrupted() is { } interrupted && interrupted.Parameters == parameters ? interrupted : null;
        if (former is not null && support.Time.GetUtcNow() - former.StartedAt <= support.ResumeWithin)
        {
            var formerSet = await ReadAsync(store, options, former.Watermark, cancellationToken).ConfigureAwait(false);
            if (TrainingFingerprint.OfData(formerSet) == former.Data)
            {
                return (formerSet, former);
            }

            support.Note("The data of the training that did not end has changed since; this one begins anew.");
        }

        var set = await ReadAsync(store, options, cancellationToken).ConfigureAwait(false);
        var data = folder is null && support.Tracking is null ? "" : TrainingFingerprint.OfData(set);
        return (set, data == former?.Data ? former : new TrainingJob(set.Facts.Watermark, data, parameters, support.Time.GetUtcNow()));
    }

    /// <summary>Makes a registered model the one that is served, without the gates and where no node serves.</summary>
    /// <param name="store">The store.</param>
    /// <param name="version">The model.</param>
    /// <param name="cancellationToken">Cancels before the effect.</param>
    /// <exception cref="TrainingException">Another version was promoted in the meantime; that one stays.</exception>
    public static async Task PromoteAsync(IStore store, SnapshotVersion version, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var current = await store.Models.CurrentAsync(cancellationToken).ConfigureAwait(false);
        if (!await store.Models.TryCommitAsync(current.Epoch, version, cancellationToken).ConfigureAwait(false))
        {
            throw new TrainingException($"Another version was promoted at the same moment; version {version} stays registered and is not served.");
        }
    }

    /// <summary>Hides facts, trains on the rest and looks for them; where too few can be hidden, nothing is measured.</summary>
    private static async Task<HoldoutResult?> MeasureAsync(
        TrainingSet set, TrainOptions options, IProgress<TrainProgress>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.Holdout is not { } holdout)
        {
            return null;
        }

        try
        {
            return await Task.Run(
                () => HoldoutEvaluation.Evaluate(set, options, holdout, progress, time, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (TrainingException)
        {
            // The gates say so: what was not measured is refused.
            return null;
        }
    }

    /// <summary>Reads the facts, and refuses to go on without any.</summary>
    internal static Task<TrainingSet> ReadAsync(IStore store, TrainOptions options, CancellationToken cancellationToken) =>
        ReadAsync(store, options, long.MaxValue, cancellationToken);

    private static async Task<TrainingSet> ReadAsync(IStore store, TrainOptions options, long throughOffset, CancellationToken cancellationToken)
    {
        var facts = await FactReader.ReadAsync(store, options.Transform, throughOffset, cancellationToken).ConfigureAwait(false);
        if (facts.EventCount == 0)
        {
            throw new TrainingException("The event log is empty: there is nothing to learn from. Import a dataset first, or send events.");
        }

        var set = TrainingSet.From(facts);
        return set.Interactions.EntryCount > 0
            ? set
            : throw new TrainingException($"None of the {facts.EventCount} events says anything about a track: there is nothing to learn from.");
    }
}

/// <summary>A finished training.</summary>
/// <param name="Model">As it stands in the registry.</param>
/// <param name="Manifest">As it stands in the snapshot.</param>
/// <param name="TrainingTime">How long the factors took.</param>
public sealed record TrainResult(RegisteredModel Model, SnapshotManifest Manifest, TimeSpan TrainingTime);
