using System.Diagnostics;
using Buddies.Cli.Server;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>
/// Offers a server ten times what it takes: first by producers that are deaf to its refusals, then by as many that obey
/// them. What was accepted must have had its effect once, memory must stay level, and who obeys must be taken.
/// </summary>
internal static class OverloadBench
{
    private const double Factor = 10;

    /// <summary>Together a million events under way, ten times what may wait.</summary>
    private const int Producers = 400;
    private const int Batch = 2_500;

    public static async Task<OverloadReport> RunAsync(IngestBenchOptions options, CancellationToken cancellationToken)
    {
        await using var store = await BenchStore.CreateAsync(options.Store, options.Connection, options.WorkFolder, cancellationToken);
        await using var server = await IngestBench.StartAsync(store, options, cancellationToken);
        using var status = new ServerStatus(server.Url);
        var capacity = await MeasureCapacityAsync(server.Url, options, cancellationToken);
        await IngestBench.SettleAsync(status, cancellationToken);
        var before = await ReadCountsAsync(status, options.Listeners, cancellationToken);
        var applied = await status.ReadAppliedAsync(cancellationToken);

        var tally = new OverloadTally(options.Listeners);
        var shape = new LoadShape(Producers, Batch, capacity * Factor, 0, options.Listeners, IngestBenchOptions.Tracks, options.Seed + 1);
        // Numbers of producers stand in event ids; those of the capacity run must not come again.
        var producers = Enumerable.Range(options.Producers, Producers).Select(number => new OverloadProducer(server.Url, shape, number, tally)).ToArray();
        try
        {
            var rssBefore = server.ReadUsage().ResidentBytes;
            using var sampling = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var samples = SampleAsync(server, sampling.Token);
            Say($"{Producers} producers offer {capacity * Factor:N0} events/s, deaf to refusals, for {options.Duration.TotalSeconds:0.#} s");
            var deaf = await TimeAsync(producers, producer => producer.PushAsync(options.Duration, cancellationToken));
            var (offered, accepted) = (tally.Offered, tally.Accepted);
            Say($"the same obey Retry-After for {options.Duration.TotalSeconds:0.#} s");
            var obedient = await TimeAsync(producers, producer => producer.ObeyAsync(options.Duration, cancellationToken));
            await sampling.CancelAsync();
            var rss = await samples;
            await IngestBench.AwaitAppliedAsync(status, applied + tally.Accepted, Stopwatch.GetTimestamp(), cancellationToken);
            var after = await ReadCountsAsync(status, options.Listeners, cancellationToken);
            return new OverloadReport(
                options.Store,
                Math.Round(capacity, 1),
                Math.Round(offered / options.Duration.TotalSeconds, 1), // Begun in that time; the last answers come later.
                Math.Round(offered / options.Duration.TotalSeconds / capacity, 2),
                Math.Round(accepted / deaf.TotalSeconds, 1),
                tally.TooMany,
                tally.Unavailable,
                tally.WithoutRetryAfter,
                Math.Round((tally.Accepted - accepted) / obedient.TotalSeconds, 1),
                tally.Obeyed,
                tally.ObeyedTaken,
                tally.Accepted,
                Enumerable.Range(0, options.Listeners).Count(n => after[n] - before[n] != tally.AcceptedOf(n)),
                rssBefore,
                [.. Enumerable.Range(0, 4).Select(q => rss.Skip(q * rss.Count / 4).Take(Math.Max(1, rss.Count / 4)).Max())],
                Producers,
                Batch,
                Math.Round(options.Duration.TotalSeconds, 1),
                MachineConditions.Of(store.Description, options.Server));
        }
        finally
        {
            foreach (var producer in producers)
            {
                producer.Dispose();
            }
        }
    }

    private static async Task<double> MeasureCapacityAsync(Uri server, IngestBenchOptions options, CancellationToken cancellationToken)
    {
        Say($"measuring what it takes for {options.WarmUp.TotalSeconds + (options.Duration.TotalSeconds / 2):0.#} s");
        using var load = new LoadRun(server, options.Shape);
        await load.RunAsync(options.WarmUp, new LoadTally(), cancellationToken);
        var tally = new LoadTally();
        var took = await load.RunAsync(options.Duration / 2, tally, cancellationToken);
        return tally.Accepted / took.TotalSeconds;
    }

    private static async Task<long[]> ReadCountsAsync(ServerStatus status, int listeners, CancellationToken cancellationToken)
    {
        var counts = new long[listeners];
        for (var n = 0; n < listeners; n++)
        {
            counts[n] = await status.ReadEventCountAsync(SyntheticWorld.ListenerId(n).Value, cancellationToken);
        }

        return counts;
    }

    private static async Task<TimeSpan> TimeAsync(OverloadProducer[] producers, Func<OverloadProducer, Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(producers.Select(producer => Task.Run(() => work(producer))));
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<List<long>> SampleAsync(ServerProcess server, CancellationToken cancellationToken)
    {
        var samples = new List<long>();
        try
        {
            while (true)
            {
                samples.Add(server.ReadUsage().ResidentBytes);
                await Task.Delay(100, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return samples;
        }
    }

    private static void Say(string text) => Console.Error.WriteLine($"bench ingest: {text}");
}
