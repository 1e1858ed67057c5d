using System.CommandLine;
using System.Globalization;
using Buddies.Cli.Bench;
using Buddies.Cli.Bench.Cluster;
using Buddies.Cli.Server;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies bench cluster</c>: the same load on one process and on clusters of several sizes.</summary>
internal static class ClusterBenchCommand
{
    private static readonly Option<string> s_silos = new("--silos")
    {
        Description = "Sizes of clusters, with commas between. All silos share this machine: more of them do not make it larger.",
        HelpName = "N,…",
        DefaultValueFactory = _ => "1,2,3",
    };

    private static readonly Option<double> s_duration = NumberOption.Real("--duration", "Seconds that each phase is measured.", 10, 1, 86_400);
    private static readonly Option<double> s_warmUp = NumberOption.Real("--warm-up", "Seconds of the same load before; it goes on for a minute at most while the processes compile. 0 for none at all.", 5, 0, 3_600);
    private static readonly Option<double> s_sample = NumberOption.Real("--sample", "Seconds of the same load after each phase in which stacks are sampled; 0 samples none.", 5, 0, 600);
    private static readonly Option<string?> s_stacks = new("--stacks") { Description = "A folder for the sampled stacks, as flame graphs are drawn from.", HelpName = "DIR" };
    private static readonly Option<int> s_listeners = NumberOption.Whole("--listeners", "Listeners of the synthetic world.", 2_000, 2, 1_000_000);
    private static readonly Option<int> s_producers = NumberOption.Whole("--producers", "Connections that send, each with one batch under way.", 4, 1, 1_000);
    private static readonly Option<int> s_batch = NumberOption.Whole("--batch", "Events in a batch.", 500, 1, 10_000);
    private static readonly Option<int> s_readers = NumberOption.Whole("--readers", "Connections that read pages, each with one under way.", 4, 1, 1_000);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Chooses the world and who plays what.", 1, int.MinValue);

    public static Command Create()
    {
        var command = new Command("cluster", "Events and pages a second and their price in processor time: one process, and clusters on the same machine.")
        {
            s_silos, s_duration, s_warmUp, s_sample, s_stacks, s_listeners, s_producers, s_batch, s_readers, s_seed,
            ClusterFaultBenchCommand.Silo, BenchServerOptions.Server, BenchServerOptions.Work,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var report = await ClusterBench.RunAsync(
            new ClusterBenchOptions(
                ServerLocation.Find(parsed.GetValue(BenchServerOptions.Server)),
                ServerLocation.FindSilo(parsed.GetValue(ClusterFaultBenchCommand.Silo)),
                parsed.GetValue(CommonOptions.Connection) ?? Environment.GetEnvironmentVariable(Storage.StoreChoice.ConnectionVariable),
                BenchServerOptions.WorkOf(parsed),
                SizesOf(parsed.GetRequiredValue(s_silos)),
                TimeSpan.FromSeconds(parsed.GetValue(s_duration)),
                TimeSpan.FromSeconds(parsed.GetValue(s_warmUp)),
                TimeSpan.FromSeconds(parsed.GetValue(s_sample)),
                parsed.GetValue(s_stacks),
                parsed.GetValue(s_listeners),
                parsed.GetValue(s_producers),
                parsed.GetValue(s_batch),
                parsed.GetValue(s_readers),
                parsed.GetValue(s_seed)),
            cancellationToken);
        foreach (var row in report.Rows)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Runtime} {row.Silos}: {row.EventsPerSecond:N0} events/s (p99 {row.AckP99Ms:0.0} ms), {row.CpuMicrosPerEvent:0.0} µs of processor an event, {row.CpuPerEventToEmbedded:0.00} times the embedded; {row.HomesPerSecond:N0} pages/s (p99 {row.HomeP99Ms:0.0} ms), {row.CpuMicrosPerHome:0} µs a page; {row.FailedHomes} failed"));
            foreach (var (what, shares) in new[] { ("events", row.EventShares), ("pages", row.HomeShares) })
            {
                if (shares is not null)
                {
                    Console.Error.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {what}: serialisation {shares.Serialisation:P1}, storage {shares.Storage:P1}, engine {shares.Engine:P1}, HTTP {shares.Http:P1}, Orleans {shares.Orleans:P1}, grains and runtime {shares.Runtime:P1}, other {shares.Other:P1}, collector {shares.Collector:P1}, compiler {shares.Compiler:P1}, kernel {shares.Kernel:P1} ({shares.Samples:N0} samples)"));
                }
            }
        }

        ToolRunner.PrintJson(parsed, report);
        if (report.Rows.Any(row => row.Rejected + row.FailedHomes > 0))
        {
            throw new BenchFailedException("Events were refused or taken for known, or pages not answered; none should have been.");
        }
    }

    private static int[] SizesOf(string text)
    {
        var sizes = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            sizes.Add(int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is > 0 and <= 16
                ? size
                : throw new UsageException($"--silos: expected numbers from 1 to 16 with commas between, got '{text}'."));
        }

        return [.. sizes];
    }
}
