using System.Diagnostics;
using Buddies.Cli.Precompute;

namespace Buddies.Cli.Bench.Serving;

/// <summary>Pages one by one as they are asked for, gathered for a moment, or all at once ahead of time: what each costs.</summary>
internal static class ServingBench
{
    /// <summary>Pages of a scheduled batch that are made at once, as <c>buddies precompute</c> makes them.</summary>
    private const int ScheduledBatch = 256;

    private static readonly double[] s_windowsMs = [0, 2, 5];

    public static List<ServingRow> Run(PrecomputeWorld world, PrecomputeJob job, ServingBenchOptions options, CancellationToken cancellationToken)
    {
        var rows = new List<ServingRow>();
        MeasureScheduled(world, job, options, cancellationToken); // So that no way pays for compiling the code of all.
        foreach (var clients in options.Clients.Order())
        {
            using (var server = new SingleServer(world, job))
            {
                rows.Add(Measure("request", null, clients, options, server, cancellationToken));
            }

            foreach (var window in s_windowsMs)
            {
                using var server = new BatchingServer(world, job, TimeSpan.FromMilliseconds(window), cancellationToken);
                rows.Add(Measure("dynamic", window, clients, options, server, cancellationToken));
            }
        }

        rows.Add(MeasureScheduled(world, job, options, cancellationToken));
        return rows;
    }

    /// <summary>Clients that ask for the next page as soon as they have one, for a time and one page at least; the first tenth is not counted.</summary>
    private static ServingRow Measure(string mode, double? window, int clients, ServingBenchOptions options, IPageServer server, CancellationToken cancellationToken)
    {
        var users = options.Users;
        var (warm, end) = (TimeSpan.FromSeconds(options.Seconds / 10), TimeSpan.FromSeconds(options.Seconds * 1.1));
        var latencies = new List<double>[clients];
        var start = Stopwatch.GetTimestamp();
        var cpu = TimeSpan.Zero;
        var threads = Enumerable.Range(0, clients).Select(client => new Thread(() =>
        {
            var random = new Random(options.Seed + client);
            var own = latencies[client] = [];
            while (Stopwatch.GetElapsedTime(start) is var from && (from < end || own.Count == 0) && !cancellationToken.IsCancellationRequested)
            {
                server.Serve(random.Next(users));
                if (from >= warm)
                {
                    own.Add((Stopwatch.GetElapsedTime(start) - from).TotalMilliseconds);
                }
            }
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        // The process's own time is read when the first tenth is over; the clients need no help. This thread is the
        // measurement's own and sleeps: asynchronous, it would go on when a pool finds time, with both cores taken.
        var rest = warm - Stopwatch.GetElapsedTime(start);
        Thread.Sleep(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        cpu = Environment.CpuUsage.TotalTime;
        var measured = Stopwatch.GetTimestamp();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        var seconds = Stopwatch.GetElapsedTime(measured).TotalSeconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        cancellationToken.ThrowIfCancellationRequested();
        double[] all = [.. latencies.SelectMany(one => one).Order()];
        return ServingRow.Of(mode, window, clients, all.Length, seconds, cpu, options.CoreHour, At(all, 0.5), At(all, 0.99), server.MeanBatch);
    }

    private static ServingRow MeasureScheduled(PrecomputeWorld world, PrecomputeJob job, ServingBenchOptions options, CancellationToken cancellationToken)
    {
        using var makers = new ThreadLocal<PageMaker>(() => new PageMaker(world, job));
        var count = 0;
        var cpu = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        for (var from = 0; count == 0 || Stopwatch.GetElapsedTime(start).TotalSeconds < options.Seconds; from = (from + ScheduledBatch) % options.Users)
        {
            int[] users = [.. Enumerable.Range(from, Math.Min(ScheduledBatch, options.Users - from))];
            var buddies = world.FindBuddies(users);
            Parallel.For(0, users.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => makers.Value!.Make(users[i], buddies[i]));
            count += users.Length;
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return ServingRow.Of("scheduled", null, 0, count, seconds, Environment.CpuUsage.TotalTime - cpu, options.CoreHour, null, null, ScheduledBatch);
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}

/// <summary>How it is measured.</summary>
/// <param name="Users">Listeners of the world.</param>
/// <param name="Clients">How many ask at the same time, for each round.</param>
/// <param name="Seconds">How long each round takes.</param>
/// <param name="CoreHour">What an hour of one core costs.</param>
/// <param name="Seed">Who asks.</param>
internal sealed record ServingBenchOptions(int Users, IReadOnlyList<int> Clients, double Seconds, double CoreHour, int Seed);

/// <summary>One way of serving, measured.</summary>
/// <param name="Mode"><c>request</c>, <c>dynamic</c> or <c>scheduled</c>.</param>
/// <param name="WindowMs">How long requests are gathered.</param>
/// <param name="Clients">How many asked at the same time.</param>
/// <param name="Pages">Pages made.</param>
/// <param name="PagesPerSecond">The rate.</param>
/// <param name="P50Ms">Median time to a page.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="MeanBatch">Pages made together, on average.</param>
/// <param name="CpuMsPerPage">Processor time of the process a page.</param>
/// <param name="CostPerMillion">Of a million pages, at the price of an hour of a core.</param>
internal sealed record ServingRow(
    string Mode, double? WindowMs, int Clients, int Pages, double PagesPerSecond, double? P50Ms, double? P99Ms, double MeanBatch, double CpuMsPerPage, double CostPerMillion)
{
    public static ServingRow Of(
        string mode, double? window, int clients, int pages, double seconds, TimeSpan cpu, double coreHour, double? p50, double? p99, double meanBatch)
    {
        var perPage = cpu.TotalMilliseconds / Math.Max(1, pages);
        return new ServingRow(mode, window, clients, pages, pages / seconds, p50, p99, meanBatch, perPage, perPage * 1_000_000 / TimeSpan.FromHours(1).TotalMilliseconds * coreHour);
    }
}
