using System.Globalization;
using Buddies.Engine.Doorman;
using Buddies.Engine.Doorman.Gates;
using Buddies.Storage;
using Buddies.Storage.Doorman;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Synth;

namespace Buddies.Api.Startup;

/// <summary>
/// Fills an empty data directory with a small synthetic world and a model of it, so that a first start has something to
/// show. What it made is remembered, so that the crowd of a later start plays in the same world.
/// </summary>
internal static class FirstWorld
{
    private const string SeedSetting = "synth.seed";
    private const string AsOfSetting = "synth.asOf";
    private const string Who = "first start";
    private const int Seed = 1;

    /// <summary>Makes the world if the store is empty, and a first model if the store has none.</summary>
    /// <returns>The synthetic world that the store holds; null when it holds something else.</returns>
    public static async Task<SyntheticWorld?> MakeIfEmptyAsync(
        IStore store, string dataDirectory, TimeProvider time, Action<string> report, CancellationToken cancellationToken)
    {
        var world = await FindAsync(store, cancellationToken);
        if (world is null && await store.Events.LastOffsetAsync(cancellationToken) == 0 && await IsCatalogueEmptyAsync(store, cancellationToken))
        {
            world = await MakeAsync(store, time, report, cancellationToken);
        }

        if (world is not null && (await store.Models.CurrentAsync(cancellationToken)).Version.Value == 0)
        {
            await TrainAsync(store, dataDirectory, time, report, cancellationToken);
        }

        return world;
    }

    private static async Task<SyntheticWorld> MakeAsync(IStore store, TimeProvider time, Action<string> report, CancellationToken cancellationToken)
    {
        report("making a small synthetic world: 2,000 listeners, 5,000 tracks, 3,000 playlists");
        var asOf = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

        // Said before the rows are there: a crash in between leaves an empty store, and the next start makes the world then.
        await store.Settings.SetAsync(SeedSetting, Seed.ToString(CultureInfo.InvariantCulture), cancellationToken);
        await store.Settings.SetAsync(AsOfSetting, asOf.ToString("O", CultureInfo.InvariantCulture), cancellationToken);
        var world = Create(Seed, asOf);
        await using var session = await store.BeginImportAsync("synth", cancellationToken);
        await Task.Run(() => world.WriteTo(session, null, cancellationToken), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return world;
    }

    private static async Task TrainAsync(IStore store, string dataDirectory, TimeProvider time, Action<string> report, CancellationToken cancellationToken)
    {
        report("training the first model");
        var lastEpoch = -1;
        var progress = new ImmediateProgress<TrainProgress>(p =>
        {
            if (p.Epoch != lastEpoch)
            {
                lastEpoch = p.Epoch;
                report(p.Epoch > p.Epochs
                    ? "training the first model: placing listeners"
                    : string.Create(CultureInfo.InvariantCulture, $"training the first model: epoch {p.Epoch} of {p.Epochs}"));
            }
        });
        var options = new TrainOptions { Holdout = new HoldoutOptions() };
        var trained = await ModelTrainer.TrainAsync(store, dataDirectory, options, progress, time, cancellationToken);

        // The same gates as for every later version; there is no current one to compare it with.
        var desk = new DoormanDesk(store, SnapshotFolders.In(dataDirectory), options.Transform.Fingerprint, new GateOptions(), time);
        var version = trained.Model.Version;
        var verdict = await desk.AskAsync((at, request) => new ValidateRequested(at, request, Who, "", version), cancellationToken);
        var answer = verdict.IsAccepted ? await desk.PromoteAsync(version, Who, "The first model.", cancellationToken) : verdict;
        report(answer.Message);
    }

    private static async Task<SyntheticWorld?> FindAsync(IStore store, CancellationToken cancellationToken)
    {
        var seed = await store.Settings.GetAsync(SeedSetting, cancellationToken);
        var asOf = await store.Settings.GetAsync(AsOfSetting, cancellationToken);
        if (seed is null || asOf is null || await store.Events.LastOffsetAsync(cancellationToken) == 0)
        {
            return null;
        }

        // The settings alone may be left of a start that was cut short; what was imported since is not a synthetic world.
        var world = Create(int.Parse(seed, CultureInfo.InvariantCulture), DateTimeOffset.ParseExact(asOf, "O", CultureInfo.InvariantCulture));
        await foreach (var first in store.Catalogue.ReadTracksAsync(cancellationToken))
        {
            return first.Id == SyntheticWorld.TrackId(0) && first.Title == world.DescribeTrack(0).Title ? world : null;
        }

        return null;
    }

    private static SyntheticWorld Create(int seed, DateTimeOffset asOf) => SyntheticWorld.Create(new SyntheticWorldOptions { Seed = seed, AsOf = asOf });

    private static async Task<bool> IsCatalogueEmptyAsync(IStore store, CancellationToken cancellationToken)
    {
        await foreach (var _ in store.Catalogue.ReadTracksAsync(cancellationToken))
        {
            return false;
        }

        await foreach (var _ in store.Catalogue.ReadPlaylistsAsync(cancellationToken))
        {
            return false;
        }

        return true;
    }

    private sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
