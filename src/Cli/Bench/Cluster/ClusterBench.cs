using System.Diagnostics;
using System.Globalization;
using Buddies.Cli.Bench.Ingest;
using Buddies.Cli.Bench.Profile;
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

    /// <summary>Who spends less than this on compiling is warm.</summary>
    private const double WarmShare = 0.05;

    /// <summary>At most a minute more.</summary>
    private const int MostSlices = 30;
    private static readonly TimeSpan s_slice = TimeSpan.FromSeconds(2);

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
        var processes = new Processes("embedded", [server.Url], [server.Id], () => server.ReadUsage().Cpu);
        return await MeasureAsync(options, processes, null, cancellationToken);
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

            var processes = new Processes(
                "cluster",
                [.. slots.Select(slot => slot.Url)],
                [.. slots.Select(slot => slot.ProcessId)],
                () => slots.Aggregate(TimeSpan.Zero, (sum, slot) => sum + slot.ReadUsage().Cpu));
            return await MeasureAsync(options, processes, embedded, cancellationToken);
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
        ClusterBenchOptions options, Processes processes, double? embedded, CancellationToken cancellationToken)
    {
        var (servers, cpu) = (processes.Servers, processes.Cpu);
        using var load = new LoadRun(servers, new LoadShape(options.Producers, options.Batch, 0, 0, options.Listeners, Tracks, options.Seed));
        await WarmUpAsync(options, processes, time => load.RunAsync(time, new LoadTally(), cancellationToken));
        var (tally, before) = (new LoadTally(), cpu());
        var took = await load.RunAsync(options.Duration, tally, cancellationToken);
        await SettleAsync(servers, cancellationToken);
        var perEvent = (cpu() - before).TotalMicroseconds / Math.Max(1, tally.Accepted);
        var eventShares = await SampleAsync(options, processes, "events", time => load.RunAsync(time, new LoadTally(), cancellationToken), cancellationToken);

        await WarmUpAsync(options, processes, time => ReadAsync(options, servers, time, new Quantiles(), cancellationToken));
        (var homes, before, var started) = (new Quantiles(), cpu(), Stopwatch.GetTimestamp());
        var failed = await ReadAsync(options, servers, options.Duration, homes, cancellationToken);
        var (reading, perHome) = (Stopwatch.GetElapsedTime(started), (cpu() - before).TotalMicroseconds / Math.Max(1, homes.Count));
        var homeShares = await SampleAsync(
            options, processes, "homes", time => ReadAsync(options, servers, time, new Quantiles(), cancellationToken), cancellationToken);
        return new ClusterBenchRow(
            processes.Runtime,
            servers.Count,
            Math.Round(tally.Accepted / took.TotalSeconds, 1),
            tally.Acks.At(0.5),
            tally.Acks.At(0.99),
            Math.Round(perEvent, 2),
            Math.Round(perEvent / (embedded ?? perEvent), 3),
            Math.Round(homes.Count / reading.TotalSeconds, 1),
            homes.At(0.5),
            homes.At(0.99),
            Math.Round(perHome, 2),
            tally.Rejected,
            tally.Refused,
            failed,
            eventShares,
            homeShares);
    }

    /// <summary>
    /// The load for as long as was asked for, and on until the processes have nearly done with compiling: each silo compiles
    /// for itself, and on a machine that they share more of them take longer to get warm.
    /// </summary>
    private static async Task WarmUpAsync(ClusterBenchOptions options, Processes processes, Func<TimeSpan, Task> load)
    {
        await load(options.WarmUp);
        for (var slice = 0; options.WarmUp > TimeSpan.Zero && slice < MostSlices; slice++)
        {
            var before = ThreadTimes.Of(processes.Ids);
            await load(s_slice);
            var times = ThreadTimes.Of(processes.Ids) - before;
            if (times.Compiler <= WarmShare * times.Total)
            {
                return;
            }
        }
    }

    /// <summary>The same load once more, under observation: sampling has a price of its own, which is in no other figure.</summary>
    private static async Task<ProcessorShares?> SampleAsync(
        ClusterBenchOptions options, Processes processes, string what, Func<TimeSpan, Task> load, CancellationToken cancellationToken)
    {
        if (options.Sample == TimeSpan.Zero)
        {
            return null;
        }

        var loading = load(options.Sample);
        var profile = await ProcessorProfile.SampleAsync(processes.Ids, options.Sample, cancellationToken);
        await loading;
        await SettleAsync(processes.Servers, cancellationToken);
        if (options.Stacks is { } folder)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllLinesAsync(
                Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{processes.Runtime}-{processes.Ids.Count}-{what}.txt")), profile.Folded(), cancellationToken);
        }

        return profile.Shares();
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

    /// <summary>One runtime under measurement.</summary>
    private sealed record Processes(string Runtime, IReadOnlyList<Uri> Servers, IReadOnlyList<int> Ids, Func<TimeSpan> Cpu);

    private static void Say(string text) => Console.Error.WriteLine($"bench cluster: {text}");
}
