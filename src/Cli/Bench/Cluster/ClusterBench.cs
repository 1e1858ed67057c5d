using System.Diagnostics;
using Buddies.Cli.Bench.Ingest;
using Buddies.Cli.Server;
using Buddies.Cli.Simulate;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Cluster;

/// <summary>The same load on the runtime of one process and on clusters, one after the other: events to durable, then pages.</summary>
internal static class ClusterBench
{
    private const int Tracks = 5_000;

    public static async Task<ClusterBenchReport> RunAsync(ClusterBenchOptions options, CancellationToken cancellationToken)
    {
        var rows = new List<ClusterBenchRow>();
        var description = "";
        foreach (var silos in options.Silos.Prepend(0))
        {
            Say(silos == 0 ? "one process" : $"{silos} silos");
            await using var store = await BenchStore.CreateAsync(StoreChoice.Postgres, options.Connection, options.WorkFolder, cancellationToken);
            description = store.Description;
            var world = new SyntheticWorldOptions
            {
                Listeners = options.Listeners,
                Tracks = Tracks,
                Seed = options.Seed,
                AsOf = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
            };
            await store.MakeWorldAsync(world, new TrainOptions(), cancellationToken);
            rows.Add(silos == 0
                ? await MeasureEmbeddedAsync(options, store, cancellationToken)
                : await MeasureClusterAsync(options, store, silos, rows[0].CpuMicrosPerEvent, cancellationToken));
        }

        return new ClusterBenchReport(
            rows, options.Listeners, options.Duration.TotalSeconds, options.Producers, options.Batch, options.Readers, MachineConditions.Of(description, options.Silo));
    }

    private static async Task<ClusterBenchRow> MeasureEmbeddedAsync(ClusterBenchOptions options, BenchStore store, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartReadyAsync(new ServerLaunch(options.Server, store.Choice), cancellationToken);
        return await MeasureAsync(options, "embedded", [server.Url], () => server.ReadUsage().Cpu, null, cancellationToken);
    }

    private static async Task<ClusterBenchRow> MeasureClusterAsync(
        ClusterBenchOptions options, BenchStore store, int silos, double embedded, CancellationToken cancellationToken)
    {
        var slots = Enumerable.Range(0, silos).Select(number => new SiloSlot(number, options.Silo, store)).ToArray();
        try
        {
            foreach (var slot in slots)
            {
                await slot.StartAsync(cancellationToken);
            }

            return await MeasureAsync(
                options, "cluster", [.. slots.Select(slot => slot.Url)], () => slots.Aggregate(TimeSpan.Zero, (sum, slot) => sum + slot.ReadUsage().Cpu), embedded, cancellationToken);
        }
        catch (IOException e)
        {
            throw new IOException($"{e.Message}{Environment.NewLine}{string.Join(Environment.NewLine, slots.Select(slot => slot.Output))}", e);
        }
        finally
        {
            foreach (var slot in slots)
            {
                await slot.DisposeAsync();
            }
        }
    }

    private static async Task<ClusterBenchRow> MeasureAsync(
        ClusterBenchOptions options, string runtime, IReadOnlyList<Uri> servers, Func<TimeSpan> cpu, double? embedded, CancellationToken cancellationToken)
    {
        using var load = new LoadRun(servers, new LoadShape(options.Producers, options.Batch, 0, 0, options.Listeners, Tracks, options.Seed));
        _ = await load.RunAsync(options.WarmUp, new LoadTally(), cancellationToken);
        var (tally, before) = (new LoadTally(), cpu());
        var took = await load.RunAsync(options.Duration, tally, cancellationToken);
        await SettleAsync(servers, cancellationToken);
        var perEvent = (cpu() - before).TotalMicroseconds / Math.Max(1, tally.Accepted);

        _ = await ReadAsync(options, servers, options.WarmUp, new Quantiles(), cancellationToken);
        (var homes, before, var started) = (new Quantiles(), cpu(), Stopwatch.GetTimestamp());
        var failed = await ReadAsync(options, servers, options.Duration, homes, cancellationToken);
        var reading = Stopwatch.GetElapsedTime(started);
        return new ClusterBenchRow(
            runtime,
            servers.Count,
            Math.Round(tally.Accepted / took.TotalSeconds, 1),
            tally.Acks.At(0.5),
            tally.Acks.At(0.99),
            Math.Round(perEvent, 2),
            Math.Round(perEvent / (embedded ?? perEvent), 3),
            Math.Round(homes.Count / reading.TotalSeconds, 1),
            homes.At(0.5),
            homes.At(0.99),
            Math.Round((cpu() - before).TotalMicroseconds / Math.Max(1, homes.Count), 2),
            tally.Rejected,
            tally.Refused,
            failed);
    }

    /// <summary>What is acknowledged and not yet applied belongs to the price of these events.</summary>
    private static async Task SettleAsync(IReadOnlyList<Uri> servers, CancellationToken cancellationToken)
    {
        foreach (var server in servers)
        {
            using var status = new ServerStatus(server);
            await IngestBench.SettleAsync(status, cancellationToken);
        }
    }

    private static async Task<long> ReadAsync(
        ClusterBenchOptions options, IReadOnlyList<Uri> servers, TimeSpan duration, Quantiles times, CancellationToken cancellationToken)
    {
        var failed = await Task.WhenAll(Enumerable.Range(0, options.Readers).Select(reader => Task.Run(
            async () =>
            {
                using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1 }) { BaseAddress = servers[reader % servers.Count] };
                var (random, started, missed) = (new Random(options.Seed + reader), Stopwatch.GetTimestamp(), 0L);
                while (Stopwatch.GetElapsedTime(started) < duration)
                {
                    var asked = Stopwatch.GetTimestamp();
                    using var answer = await http.GetAsync(
                        new Uri($"/v1/users/{SyntheticWorld.ListenerId(random.Next(options.Listeners)).Value}/home", UriKind.Relative), cancellationToken);
                    _ = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
                    missed += answer.IsSuccessStatusCode ? 0 : 1;
                    times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                }

                return missed;
            },
            cancellationToken)));
        return failed.Sum();
    }

    private static void Say(string text) => Console.Error.WriteLine($"bench cluster: {text}");
}
