using System.CommandLine;
using System.Globalization;
using Buddies.Cli.Bench.Swap;
using Buddies.Cli.Server;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies bench swap</c>: does anybody notice when models are exchanged under load?</summary>
internal static class SwapBenchCommand
{
    private static readonly Option<int> s_users = NumberOption.Whole("--users", "Listeners.", 20_000, 100, 5_000_000);
    private static readonly Option<int> s_swaps = NumberOption.Whole("--swaps", "How many versions are let in, one after the other.", 100, 1, 1000);
    private static readonly Option<double> s_reads = NumberOption.Real("--reads", "Pages and lists of buddies asked for a second.", 200, 1, 100_000);
    private static readonly Option<double> s_events = NumberOption.Real("--events", "Events sent a second.", 40, 0.1, 100_000);
    private static readonly Option<int> s_streams = NumberOption.Whole("--streams", "Live pages that are watched.", 20, 0, 1000);
    private static readonly Option<double> s_quiet = NumberOption.Real("--quiet", "Seconds of reads without a swap, to compare with.", 20, 1, 3600);
    private static readonly Option<int> s_first = NumberOption.Whole("--first", "Swaps that come before --quiet is measured once more: they compile what swaps run, and are told apart.", 2, 0, 1000);
    private static readonly Option<double> s_every = NumberOption.Real("--every", "Seconds from one swap to the next at least; 0 for back to back.", 0, 0, 3600);
    private static readonly Option<string?> s_world = new("--world") { Description = "A folder that a run with --setup has left; a run uses it up.", HelpName = "DIR" };
    private static readonly Option<bool> s_setup = new("--setup") { Description = "Only makes the world, in the folder of --world." };
    private static readonly Option<int> s_epochs = NumberOption.Whole("--epochs", "Rounds of training of the first version.", 3, 1, 100);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Chooses the world and who does what.", 1, int.MinValue);

    public static Command Create()
    {
        var command = new Command("swap", "Let versions into a server under reads, listens and live pages, and compare every answer with what it has to be.")
        {
            s_users, s_swaps, s_reads, s_events, s_streams, s_quiet, s_first, s_every, s_epochs, s_seed, BenchServerOptions.Server, BenchServerOptions.Work, s_world, s_setup,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var isSetupOnly = parsed.GetValue(s_setup);
        if (isSetupOnly && parsed.GetValue(s_world) is null)
        {
            throw new UsageException("--setup needs --world: where the world is to stay.");
        }

        var work = parsed.GetValue(s_world) ?? Path.Combine(BenchServerOptions.WorkOf(parsed), $"swap-{Guid.NewGuid():N}");
        var options = new SwapBenchOptions(
            parsed.GetValue(s_users),
            parsed.GetValue(s_swaps),
            ServerLocation.Find(parsed.GetValue(BenchServerOptions.Server)),
            Path.GetFullPath(work),
            isSetupOnly,
            TimeSpan.FromSeconds(parsed.GetValue(s_every)),
            parsed.GetValue(s_reads),
            parsed.GetValue(s_events),
            parsed.GetValue(s_streams),
            TimeSpan.FromSeconds(parsed.GetValue(s_quiet)),
            parsed.GetValue(s_first),
            parsed.GetValue(s_epochs),
            parsed.GetValue(s_seed));
        try
        {
            if (await new SwapBench(options).RunAsync(cancellationToken) is not { } report)
            {
                return;
            }

            foreach (var problem in report.Problems)
            {
                Console.Error.WriteLine(problem);
            }

            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Swaps} swaps, {report.Users:N0} listeners: {report.Responses:N0} responses, {report.Failed} failed, {report.Mixed} mixed, {report.Backwards} backwards, {report.MissingListens} without an acknowledged listen; flips {report.FlipP99Ms:0.0} ms (p99), reads {report.ReadP99MsQuiet:0.0} ms without and {report.ReadP99MsSwapping:0.0} ms beside a swap (p99), rollback {report.RollbackMs:0} ms; a version takes {report.VersionBytes >> 20} MB, and while they were exchanged there was {report.MemoryRatio:0.00} times that of two, after the first swaps {report.SettledMemoryRatio:0.00}"));
            ToolRunner.PrintJson(parsed, report);
            if (report is not { Failed: 0, Mixed: 0, Backwards: 0, MissingListens: 0 })
            {
                throw new IOException("A promise does not hold.");
            }
        }
        finally
        {
            if (!isSetupOnly)
            {
                Directory.Delete(options.Work, recursive: true);
            }
        }
    }
}
