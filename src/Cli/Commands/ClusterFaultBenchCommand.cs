using System.CommandLine;
using System.Globalization;
using Buddies.Cli.Bench;
using Buddies.Cli.Bench.Cluster;
using Buddies.Cli.Server;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies bench cluster-faults</c>: kills and restarts silos under load, and looks for what was lost, counted twice, or not answered.</summary>
internal static class ClusterFaultBenchCommand
{
    private static readonly Option<int> s_silos = NumberOption.Whole("--silos", "Silos, each a process.", 3, 2, 16);
    private static readonly Option<double> s_seconds = NumberOption.Real("--seconds", "How long there is load: kills in the first two thirds, then each silo is stopped in order and started again.", 180, 30, 86_400);
    private static readonly Option<double> s_every = NumberOption.Real("--every", "Seconds from one kill -9 to the next; the killed silo is started again at once, at its old addresses.", 20, 5, 3_600);
    private static readonly Option<double> s_patience = NumberOption.Real("--patience", "Seconds after which a read counts as failed: until then the client asks one silo after the other, each for 2 s at most.", 10, 1, 600);
    private static readonly Option<int> s_producers = NumberOption.Whole("--producers", "Producers, each with listeners of its own.", 4, 1, 100);
    private static readonly Option<int> s_readers = NumberOption.Whole("--readers", "Clients that read pages, buddies and tastes.", 4, 1, 1_000);
    private static readonly Option<double> s_reads = NumberOption.Real("--reads", "Reads a second of all clients together.", 100, 0.1, 100_000);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Chooses the events and who is killed.", 1, int.MinValue);

    /// <summary>Where the silo is.</summary>
    public static readonly Option<string?> Silo = new("--silo")
    {
        Description = "The built silo, Buddies.Silo.dll; when absent beside the tool, else in the build output of src/Silo.",
        HelpName = "PATH",
    };

    public static Command Create()
    {
        var command = new Command(
            "cluster-faults",
            "Silos on one PostgreSQL under load, killed with kill -9 and restarted in turn; what is left is compared with a model of the acknowledged events. A failed read is one that no silo answered within --patience.")
        {
            s_silos, s_seconds, s_every, s_patience, s_producers, s_readers, s_reads, s_seed, Silo, BenchServerOptions.Work,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new UsageException("bench cluster-faults needs signals; it does not run on Windows.");
        }

        var report = await ClusterFaultBench.RunAsync(
            new ClusterFaultOptions(
                ServerLocation.FindSilo(parsed.GetValue(Silo)),
                parsed.GetValue(CommonOptions.Connection) ?? Environment.GetEnvironmentVariable(Storage.StoreChoice.ConnectionVariable),
                BenchServerOptions.WorkOf(parsed),
                parsed.GetValue(s_silos),
                TimeSpan.FromSeconds(parsed.GetValue(s_seconds)),
                TimeSpan.FromSeconds(parsed.GetValue(s_every)),
                TimeSpan.FromSeconds(parsed.GetValue(s_patience)),
                parsed.GetValue(s_producers),
                parsed.GetValue(s_readers),
                parsed.GetValue(s_reads),
                parsed.GetValue(s_seed)),
            cancellationToken);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {report.Silos} silos, {report.Seconds:0} s of load, {report.Killed} killed, {report.Restarted} restarted in order; {report.Acknowledged:N0} events acknowledged: {report.Lost} lost, {report.Doubled} doubled, {report.EventsAltered} altered; of {report.Listeners} listeners {report.FactsDiffer} with other facts, {report.VectorsDiffer} with other vectors
            {report.Reads:N0} reads: {report.FailedReads} failed, {report.FirstAnswers:P3} answered by the silo asked first, within {report.ReadP50Ms:0.0} ms (p99 {report.ReadP99Ms:0.0}), the longest after {report.LongestGapMs:N0} ms; the longest write after {report.LongestWriteGapMs:N0} ms, {report.Repeated:N0} batches repeated
            stopped within {report.LongestStopMs:N0} ms, started within {report.LongestStartMs:N0} ms; recall@20 {report.RecallBefore:0.000}, back over {report.RecallFloor:0.0} {(report.RecallBackMs is { } back ? string.Create(CultureInfo.InvariantCulture, $"{back:N0} ms after a kill") : "never")}; seed {report.Seed}
            """));
        ToolRunner.PrintJson(parsed, report);
        if (!report.IsClean)
        {
            throw new BenchFailedException("Not every promise held.");
        }
    }
}
