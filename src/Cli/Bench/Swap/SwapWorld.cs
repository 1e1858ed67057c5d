using System.Text.Json;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Swap;

/// <summary>The store that <c>bench swap</c> works on: a synthetic world, a model of it that is current, and the versions to let in.</summary>
internal sealed class SwapWorld(SwapBenchOptions options, StoreChoice choice)
{
    /// <summary>Tracks of the world.</summary>
    public const int Tracks = 5_000;

    private const string Marker = "swap-world.json";

    /// <summary>Makes it, unless a run before has left one of the same kind in the folder.</summary>
    /// <returns>The versions, in the order in which they are let in.</returns>
    public async Task<IReadOnlyList<SnapshotVersion>> MakeAsync(Action<string> say, CancellationToken cancellationToken)
    {
        var marker = Path.Combine(options.Work, Marker);
        var kind = new Kind(options.Users, options.Swaps, options.Epochs, options.Seed);
        if (File.Exists(marker))
        {
            var found = JsonSerializer.Deserialize<Kind>(await File.ReadAllTextAsync(marker, cancellationToken));
            return found is not null && found.Swaps >= kind.Swaps && found with { Swaps = kind.Swaps } == kind
                ? await ListAsync(cancellationToken)
                : throw new UsageException($"{options.Work} holds a world of another kind: {found}, not {kind}.");
        }

        await WriteWorldAsync(say, cancellationToken);
        await WriteVersionsAsync(say, cancellationToken);
        await File.WriteAllTextAsync(marker, JsonSerializer.Serialize(kind), cancellationToken);
        return await ListAsync(cancellationToken);
    }

    /// <summary>From here on the world is used up: the versions are let in, and listeners listen.</summary>
    public void Use() => File.Delete(Path.Combine(options.Work, Marker));

    private async Task<IReadOnlyList<SnapshotVersion>> ListAsync(CancellationToken cancellationToken)
    {
        await using var store = await choice.OpenAsync(TimeProvider.System, cancellationToken);
        return [.. (await store.Models.ListAsync(cancellationToken)).Select(model => model.Version).Skip(1).Take(options.Swaps)];
    }

    private async Task WriteWorldAsync(Action<string> say, CancellationToken cancellationToken)
    {
        say($"a world of {options.Users:N0} listeners");
        var world = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = options.Users,
            Tracks = Tracks,
            Playlists = Math.Min(20_000, options.Users),
            EventsPerListener = options.Users > 100_000 ? 8 : 30,
            Seed = options.Seed,
            AsOf = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
        });
        await using var store = await choice.OpenAsync(TimeProvider.System, cancellationToken);
        await using (var session = await store.BeginImportAsync("synth", cancellationToken))
        {
            await Task.Run(() => world.WriteTo(session, null, cancellationToken), cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        say("training the first version");
        var train = new TrainOptions { Als = new AlsOptions { Epochs = options.Epochs }, Holdout = new HoldoutOptions() };
        var trained = await ModelTrainer.TrainAsync(store, options.Work, train, null, TimeProvider.System, cancellationToken);
        await ModelTrainer.PromoteAsync(store, trained.Model.Version, cancellationToken);
    }

    private async Task WriteVersionsAsync(Action<string> say, CancellationToken cancellationToken)
    {
        await using var store = await choice.OpenAsync(TimeProvider.System, cancellationToken);
        var first = (await store.Models.ListAsync(cancellationToken)).Single();
        using var snapshot = Snapshot.Open(Path.Combine(SnapshotFolders.In(options.Work), first.Folder), first.ManifestSha256);
        var writer = new RotatedVersions(snapshot, options.Seed);
        for (var i = 0; i < options.Swaps; i++)
        {
            _ = await writer.WriteAsync(store, options.Work, cancellationToken);
        }

        say($"{options.Swaps} versions written");
    }

    private sealed record Kind(int Users, int Swaps, int Epochs, int Seed);
}
