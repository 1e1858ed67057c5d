using System.Diagnostics;
using Buddies.Cli.Server;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Faults;

/// <summary>
/// Sends numbered events to a server that is killed at random moments, and compares what is left in the end with an
/// independent model of the acknowledged ones: log, counts, facts, vectors.
/// </summary>
internal static class FaultBench
{
    public static async Task<FaultReport> RunAsync(FaultBenchOptions options, CancellationToken cancellationToken)
    {
        if (options.Target != FaultTarget.Server && (options.Store != StoreChoice.Postgres || options.Connection is not null))
        {
            throw new UsageException("--kill store and --kill both are for a PostgreSQL that the benchmark starts itself: --store postgres without a connection string.");
        }

        var started = Stopwatch.GetTimestamp();
        var now = TimeProvider.System.GetUtcNow();
        await using var store = await BenchStore.CreateAsync(options.Store, options.Connection, options.WorkFolder, cancellationToken);
        await store.MakeWorldAsync(
            new SyntheticWorldOptions { Listeners = 200, Tracks = FaultEvents.Tracks, Artists = 40, Playlists = FaultEvents.Playlists, AsOf = now, Seed = 1 },
            new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 5 } },
            cancellationToken);
        var producers = Enumerable.Range(0, options.Producers)
            .Select(number => new FaultProducer(new FaultEvents(number, now, options.Seed), unchecked(options.Seed + (31 * number)))).ToArray();
        var rounds = new FaultRounds(options, store, producers);
        await rounds.RunAsync(cancellationToken);

        Say("comparing with the model");
        var served = await FinishAsync(options, store, producers, cancellationToken);
        var judge = new FaultJudge(store, producers, Say);
        var (log, facts, vectors) = await judge.JudgeAsync(served, cancellationToken);
        return new FaultReport(
            options.Store,
            options.Rounds,
            producers.Sum(producer => (long)producer.Acknowledged.Count),
            log.Lost,
            log.Doubled,
            vectors,
            facts,
            log.Altered,
            judge.ListenerCount,
            rounds.KilledUnderLoad,
            rounds.KilledStarting,
            rounds.KilledStopping,
            rounds.StoreKilled,
            producers.Sum(producer => producer.Repeated),
            producers.Sum(producer => producer.KnownSent),
            Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 1),
            options.Seed,
            MachineConditions.Of(store.Description, options.Server));
    }

    /// <summary>Gets the last batches acknowledged, asks the recovered server what it serves, and stops it in order.</summary>
    private static async Task<Dictionary<string, Served>> FinishAsync(
        FaultBenchOptions options, BenchStore store, FaultProducer[] producers, CancellationToken cancellationToken)
    {
        var launch = new ServerLaunch(options.Server, store.Choice);
        await using (var last = await ServerProcess.StartReadyAsync(launch, cancellationToken))
        {
            await Task.WhenAll(producers.Select(producer => producer.SendAsync(last.Url, () => { }, new CancellationToken(canceled: true))));
            if (producers.Any(producer => producer.HasPending))
            {
                throw new BenchFailedException($"The last batches are not acknowledged although nothing is killed any more:{Environment.NewLine}{last.Output}");
            }

            await last.KillAsync();
        }

        // Once more from the disk alone: what is served now has been recovered.
        await using var server = await ServerProcess.StartReadyAsync(launch, cancellationToken);
        using var status = new ServerStatus(server.Url);
        var served = new Dictionary<string, Served>(StringComparer.Ordinal);
        foreach (var listener in Enumerable.Range(0, options.Producers).SelectMany(FaultEvents.ListenersOf))
        {
            served[listener.Value] = new Served(
                await status.ReadEventCountAsync(listener.Value, cancellationToken),
                await status.ReadBuddiesAsync(listener.Value, cancellationToken));
        }

        await server.StopAsync(cancellationToken);
        return served;
    }

    private static void Say(string text) => Console.Error.WriteLine($"bench faults: {text}");
}
