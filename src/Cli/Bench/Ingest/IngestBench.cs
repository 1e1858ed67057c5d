using System.Diagnostics;
using Buddies.Cli.Server;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>Starts a server on an empty store and measures what it takes over HTTP, beside plain inserts in the same run.</summary>
internal static class IngestBench
{
    private static readonly TimeSpan s_longestApply = TimeSpan.FromMinutes(2);

    public static async Task<IngestReport> RunAsync(IngestBenchOptions options, CancellationToken cancellationToken)
    {
        await using var store = await BenchStore.CreateAsync(options.Store, options.Connection, options.WorkFolder, cancellationToken);
        BareResult? bare = options.Baseline > TimeSpan.Zero ? await MeasureBaselineAsync(store, options, cancellationToken) : null;
        await using var server = await StartAsync(store, options, cancellationToken);
        using var load = new LoadRun(server.Url, options.Shape);
        await using var probes = new PushProbes(server.Url, options.Watch, IngestBenchOptions.Tracks, options.Seed);
        using var status = new ServerStatus(server.Url);
        await probes.OpenAsync(cancellationToken);
        Say($"warming up for {options.WarmUp.TotalSeconds:0.#} s");
        await LoadAsync(options.WarmUp, new LoadTally());

        probes.Clear();
        Say($"measuring for {options.Duration.TotalSeconds:0.#} s");
        var tally = new LoadTally();
        var freshness = await status.ReadFreshnessAsync(cancellationToken);
        var (server0, tool0) = (server.ReadUsage(), Environment.CpuUsage.TotalTime);
        var (took, appliedAfter, server1, tool1) = await LoadAsync(options.Duration, tally);

        freshness = (await status.ReadFreshnessAsync(cancellationToken)).Since(freshness);
        return new IngestReport
        {
            Store = options.Store,
            AcceptedPerSecond = Round(tally.Accepted / took.TotalSeconds),
            AppliedPerSecond = Round(tally.Accepted / appliedAfter.TotalSeconds),
            AckP50Ms = tally.Acks.At(0.5),
            AckP99Ms = tally.Acks.At(0.99),
            AckP999Ms = tally.Acks.At(0.999),
            PushP50Ms = probes.Pushes.At(0.5),
            PushP99Ms = probes.Pushes.At(0.99),
            PushP999Ms = probes.Pushes.At(0.999),
            Pushes = probes.Pushes.Count,
            PushesMissed = probes.Missed,
            FreshnessObjectiveMs = freshness.ObjectiveMs,
            FreshnessFresh = freshness.Fresh,
            FreshnessLate = freshness.Late,
            FreshnessFailed = freshness.Failed,
            BaselinePerSecond = Round(bare?.PerSecond),
            KeyedBaselinePerSecond = Round(bare?.KeyedPerSecond),
            RatioToBaseline = Ratio(tally.Accepted / took.TotalSeconds / bare?.PerSecond),
            RatioToKeyedBaseline = Ratio(tally.Accepted / took.TotalSeconds / bare?.KeyedPerSecond),
            RssBytes = server1.ResidentBytes,
            RssPeakBytes = server1.PeakResidentBytes,
            ServerCpuSeconds = Math.Round((server1.Cpu - server0.Cpu).TotalSeconds, 2),
            ToolCpuSeconds = Math.Round((tool1 - tool0).TotalSeconds, 2),
            Accepted = tally.Accepted,
            Rejected = tally.Rejected,
            Refused = tally.Refused,
            Seconds = Math.Round(took.TotalSeconds, 2),
            Producers = options.Producers,
            Batch = options.Batch,
            Rate = options.Rate,
            Listeners = options.Listeners,
            Watched = options.Watch,
            Conditions = MachineConditions.Of(store.Description, options.Server),
        };

        async Task<(TimeSpan Took, TimeSpan Applied, ServerUsage Server, TimeSpan Tool)> LoadAsync(TimeSpan duration, LoadTally counts)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var (before, started) = (await status.ReadAppliedAsync(cancellationToken), Stopwatch.GetTimestamp());
            var probing = probes.RunAsync(options.ProbesPerSecond, ending.Token);
            var time = await load.RunAsync(duration, counts, cancellationToken);
            var (ofServer, ofTool) = (server.ReadUsage(), Environment.CpuUsage.TotalTime);
            await ending.CancelAsync();
            var applied = await AwaitAppliedAsync(status, before + counts.Accepted + probes.Accepted, started, cancellationToken);
            await probing;
            return (time, applied, ofServer, ofTool);
        }
    }

    /// <summary>Makes the world and starts the server on it.</summary>
    public static async Task<ServerProcess> StartAsync(BenchStore store, IngestBenchOptions options, CancellationToken cancellationToken)
    {
        Say($"making a world of {options.Listeners:N0} listeners");
        var world = new SyntheticWorldOptions
        {
            Listeners = options.Listeners,
            Tracks = IngestBenchOptions.Tracks,
            Seed = options.Seed,
            AsOf = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
        };
        await store.MakeWorldAsync(world, new TrainOptions(), cancellationToken);

        // Its own probes of freshness come as often as they can, so that a short run has enough of them.
        var launch = new ServerLaunch(options.Server, store.Choice) { Environment = new Dictionary<string, string> { ["Buddies__FreshnessSeconds"] = "1" } };
        return await ServerProcess.StartReadyAsync(launch, cancellationToken);
    }

    /// <summary>Waits until so many events are applied.</summary>
    /// <returns>The time since <paramref name="started"/>.</returns>
    /// <exception cref="BenchFailedException">They never are.</exception>
    public static async Task<TimeSpan> AwaitAppliedAsync(ServerStatus status, long expected, long started, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (await status.ReadAppliedAsync(cancellationToken) is var applied && applied < expected)
        {
            if (Stopwatch.GetElapsedTime(since) > s_longestApply)
            {
                throw new BenchFailedException($"{expected:N0} events were to be applied; {applied:N0} are, and no more come.");
            }

            await Task.Delay(5, cancellationToken);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Waits until nothing is applied any more.</summary>
    public static async Task SettleAsync(ServerStatus status, CancellationToken cancellationToken)
    {
        for (var before = -1L; await status.ReadAppliedAsync(cancellationToken) is var applied && applied != before; before = applied)
        {
            await Task.Delay(200, cancellationToken);
        }
    }

    private static async Task<BareResult> MeasureBaselineAsync(BenchStore store, IngestBenchOptions options, CancellationToken cancellationToken)
    {
        Say($"bare inserts, {options.Baseline.TotalSeconds:0.#} s without a key and as long with one");
        return options.Store == StoreChoice.Sqlite
            ? await Task.Run(() => SqliteBaseline.Run(store.Choice.DataDirectory, options.Shape, options.Baseline, cancellationToken), cancellationToken)
            : await PostgresBaseline.RunAsync(store.Choice.Connection!, options.Shape, options.Baseline, cancellationToken);
    }

    private static double Round(double value) => Math.Round(value, 1);

    private static double? Round(double? value) => value is { } number ? Math.Round(number, 1) : null;

    private static double? Ratio(double? value) => value is { } number ? Math.Round(number, 3) : null;

    private static void Say(string text) => Console.Error.WriteLine($"bench ingest: {text}");
}
