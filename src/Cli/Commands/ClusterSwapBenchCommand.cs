using System.CommandLine;
using System.Globalization;
using Buddies.Cli.Bench;
using Buddies.Cli.Bench.Cluster;
using Buddies.Cli.Server;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies bench cluster-swap</c>: versions let into a cluster under load, while silos are stopped and killed.</summary>
internal static class ClusterSwapBenchCommand
{
    private static readonly Option<int> s_silos = NumberOption.Whole("--silos", "Silos, each a process.", 3, 3, 16);
    private static readonly Option<int> s_users = NumberOption.Whole("--users", "Listeners.", 2_000, 100, 1_000_000);
    private static readonly Option<int> s_swaps = NumberOption.Whole("--swaps", "How many versions are let in: one in peace, one while a silo is stopped, one while one is killed, one after one was killed, and again.", 8, 1, 1000);
    private static readonly Option<double> s_patience = NumberOption.Real("--patience", "Seconds after which a request counts as failed: until then the client asks one silo after the other, each for 2 s at most.", 15, 1, 600);
    private static readonly Option<double> s_reads = NumberOption.Real("--reads", "Pages and lists of buddies asked for a second.", 60, 1, 100_000);
    private static readonly Option<double> s_events = NumberOption.Real("--events", "Events sent a second.", 20, 0.1, 100_000);
    private static readonly Option<int> s_streams = NumberOption.Whole("--streams", "Live pages that are watched.", 10, 0, 1000);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Chooses the world and who does what.", 1, int.MinValue);

    public static Command Create()
    {
        var command = new Command("cluster-swap", "Let versions into silos on one PostgreSQL under reads, listens and live pages while silos are stopped and killed, and compare every answer with what it has to be.")
        {
            s_silos, s_users, s_swaps, s_patience, s_reads, s_events, s_streams, s_seed, ClusterFaultBenchCommand.Silo, BenchServerOptions.Work,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new UsageException("bench cluster-swap needs signals; it does not run on Windows.");
        }

        var options = new ClusterSwapOptions(
            ServerLocation.FindSilo(parsed.GetValue(ClusterFaultBenchCommand.Silo)),
            parsed.GetValue(CommonOptions.Connection) ?? Environment.GetEnvironmentVariable(Storage.StoreChoice.ConnectionVariable),
            BenchServerOptions.WorkOf(parsed),
            parsed.GetValue(s_silos),
            parsed.GetValue(s_users),
            parsed.GetValue(s_swaps),
            TimeSpan.FromSeconds(parsed.GetValue(s_patience)),
            parsed.GetValue(s_reads),
            parsed.GetValue(s_events),
            parsed.GetValue(s_streams),
            parsed.GetValue(s_seed));
        var report = await new ClusterSwapBench(options).RunAsync(cancellationToken);
        foreach (var problem in report.Problems)
        {
            Console.Error.WriteLine(problem);
        }

        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Swaps} swaps, {report.Silos} silos, {report.Stopped} stopped and {report.KilledInSwap} killed in mid-swap, {report.KilledInLoad} between: {report.Responses:N0} responses, {report.Failed} failed, {report.Mixed} mixed, {report.Backwards} backwards, {report.MissingListens} without an acknowledged listen; {report.Checked:N0} numbers compared; flip skew {report.FlipSkewP50Ms:0.0} ms (p50), {report.FlipSkewMaxMs:0.0} ms (longest); a swap {report.SwapP50Ms:0} ms (p50), {report.SwapMaxMs:0} ms (longest)"));
        ToolRunner.PrintJson(parsed, report);
        if (!report.IsClean)
        {
            throw new BenchFailedException("A promise does not hold.");
        }
    }
}
