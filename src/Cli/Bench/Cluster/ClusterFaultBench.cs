using System.Diagnostics;
using Buddies.Cli.Bench.Faults;
using Buddies.Cli.Server;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Cluster;

/// <summary>
/// Real silos over one PostgreSQL under real HTTP load, killed one after the other and at last restarted in turn; what is
/// left in the end is compared with an independent model of the acknowledged events.
/// </summary>
internal static class ClusterFaultBench
{
    private const int SilentListeners = 200;
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(50);

    public static async Task<ClusterFaultReport> RunAsync(ClusterFaultOptions options, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var store = await BenchStore.CreateAsync(StoreChoice.Postgres, options.Connection, options.WorkFolder, cancellationToken);
        await store.MakeWorldAsync(
            new SyntheticWorldOptions { Listeners = SilentListeners, Tracks = FaultEvents.Tracks, Artists = 40, Playlists = FaultEvents.Playlists, AsOf = now, Seed = 1 },
            new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 5 } },
            cancellationToken);
        var producers = Enumerable.Range(0, options.Producers)
            .Select(number => new FaultProducer(new FaultEvents(number, now, options.Seed), unchecked(options.Seed + (31 * number)), s_rest)).ToArray();
        var slots = Enumerable.Range(0, options.Silos).Select(number => new SiloSlot(number, options.Silo, store)).ToArray();
        try
        {
            var rounds = new ClusterFaultRounds(options, slots, producers);
            Say($"starting {options.Silos} silos");
            await rounds.StartAsync(cancellationToken);
            var load = new ClusterLoad(options, slots, producers);
            await load.RunAsync(rounds, cancellationToken);

            Say("killing one more silo, and looking for buddies");
            var judge = new FaultJudge(store, producers, Say);
            var recall = await RecallAsync(options, store, judge, slots, cancellationToken);

            Say("killing all, and comparing with the model");
            var served = await RecoverAsync(options, slots, cancellationToken);
            var (log, facts, vectors) = await judge.JudgeAsync(served, cancellationToken);
            return new ClusterFaultReport(
                options.Silos,
                Math.Round(options.Duration.TotalSeconds, 1),
                producers.Sum(producer => (long)producer.Acknowledged.Count),
                log.Lost,
                log.Doubled,
                load.Failed,
                Math.Round(load.LongestWait.TotalMilliseconds, 1),
                log.Altered,
                facts,
                vectors,
                judge.ListenerCount,
                load.Reads,
                Math.Round(load.FirstAnswers / (double)Math.Max(1, load.Reads), 5),
                load.WaitAt(0.5),
                load.WaitAt(0.99),
                Math.Round(load.LongestWrite.TotalMilliseconds, 1),
                producers.Sum(producer => producer.Repeated),
                rounds.Killed,
                rounds.Restarted,
                Math.Round(rounds.LongestStop.TotalMilliseconds, 1),
                Math.Round(rounds.LongestStart.TotalMilliseconds, 1),
                Math.Round(recall.Before, 4),
                ClusterFaultOptions.RecallFloor,
                recall.BackMs,
                options.Seed,
                MachineConditions.Of(store.Description, options.Silo));
        }
        finally
        {
            foreach (var slot in slots)
            {
                await slot.DisposeAsync();
            }
        }
    }

    /// <summary>The load is over, so what is to be served is known: how good it is, and how soon it is as good after a silo was lost.</summary>
    private static async Task<(double Before, double? BackMs)> RecallAsync(
        ClusterFaultOptions options, BenchStore bench, FaultJudge judge, SiloSlot[] slots, CancellationToken cancellationToken)
    {
        await using var store = await bench.Choice.OpenAsync(TimeProvider.System, cancellationToken);
        using var snapshot = await judge.OpenModelAsync(store, cancellationToken);
        var models = judge.Model(FaultListeners(options));
        var truth = new VectorJudge(snapshot, new Engine.Catalogue.MusicCatalogue(), models);
        var listeners = models.Keys.Concat(Enumerable.Range(0, SilentListeners).Select(number => SyntheticWorld.ListenerId(number).Value)).ToArray();
        var before = await SweepAsync(slots, listeners, truth, cancellationToken)
            ?? throw new BenchFailedException("Not every listener's buddies are served although nothing is killed any more.");
        var killed = slots[^1];
        var started = Stopwatch.GetTimestamp();
        await killed.KillAsync();
        var left = slots[..^1];
        while (left.Length > 0 && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1))
        {
            if (await SweepAsync(left, listeners, truth, cancellationToken) >= ClusterFaultOptions.RecallFloor)
            {
                return (before, Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 1));
            }

            await Task.Delay(100, cancellationToken);
        }

        return (before, null);
    }

    /// <returns>Mean recall; null where somebody's buddies are not served.</returns>
    private static async Task<double?> SweepAsync(SiloSlot[] slots, string[] listeners, VectorJudge truth, CancellationToken cancellationToken)
    {
        using var status = new Disposables<ServerStatus>(slots.Select(slot => new ServerStatus(slot.Url)));
        var sum = 0.0;
        foreach (var (listener, i) in listeners.Select((listener, i) => (listener, i)))
        {
            try
            {
                var served = await status.Items[i % slots.Length].ReadBuddiesAsync(listener, cancellationToken);
                sum += truth.RecallOf(listener, served, ClusterFaultOptions.BuddyCount);
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }

        return sum / listeners.Length;
    }

    /// <summary>Nothing is left of any silo: one that starts from the disk alone says what it serves.</summary>
    private static async Task<Dictionary<string, Served>> RecoverAsync(ClusterFaultOptions options, SiloSlot[] slots, CancellationToken cancellationToken)
    {
        foreach (var slot in slots[..^1])
        {
            await slot.KillAsync();
        }

        await slots[0].StartAsync(cancellationToken);
        using var status = new ServerStatus(slots[0].Url);
        var served = new Dictionary<string, Served>(StringComparer.Ordinal);
        foreach (var listener in FaultListeners(options))
        {
            served[listener] = new Served(
                await status.ReadEventCountAsync(listener, cancellationToken), await status.ReadBuddiesAsync(listener, cancellationToken));
        }

        await slots[0].StopAsync(cancellationToken);
        return served;
    }

    private static IEnumerable<string> FaultListeners(ClusterFaultOptions options) =>
        Enumerable.Range(0, options.Producers).SelectMany(FaultEvents.ListenersOf).Select(listener => listener.Value);

    private static void Say(string text) => Console.Error.WriteLine($"bench cluster-faults: {text}");

    private sealed class Disposables<T>(IEnumerable<T> items) : IDisposable
        where T : IDisposable
    {
        public T[] Items { get; } = [.. items];

        public void Dispose()
        {
            foreach (var item in Items)
            {
                item.Dispose();
            }
        }
    }
}
