using System.CommandLine;
using Buddies.Cli.Bench;
using Buddies.Cli.Bench.Fuzz;
using Buddies.Cli.Server;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies bench fuzz</c>: hostile requests to every endpoint of a server of its own.</summary>
internal static class FuzzBenchCommand
{
    private static readonly Option<int> s_requests = NumberOption.Whole("--requests", "Requests.", 100_000, 10, 100_000_000);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Chooses the requests.", 1, int.MinValue);
    private static readonly Option<int> s_atOnce = NumberOption.Whole("--at-once", "Requests at one time.", 16, 1, 1000);

    public static Command Create()
    {
        var command = new Command("fuzz", "Send malformed, broken, huge and slow requests to every endpoint, and judge each answer and the server's memory.")
        {
            s_requests, s_seed, s_atOnce, BenchServerOptions.Server, BenchServerOptions.Work,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var report = await FuzzBench.RunAsync(
            new FuzzBenchOptions(
                parsed.GetRequiredValue(CommonOptions.Store),
                BenchServerOptions.ConnectionOf(parsed),
                ServerLocation.Find(parsed.GetValue(BenchServerOptions.Server)),
                BenchServerOptions.WorkOf(parsed),
                parsed.GetValue(s_requests),
                parsed.GetValue(s_seed),
                parsed.GetValue(s_atOnce)),
            cancellationToken);
        var summary = $"{report.Requests:N0} requests of seed {report.Seed}: {report.Faults} faults; memory {(report.IsMemoryLevel == true ? "level" : "not level")}, {report.RssBytes![0] >> 20} MiB after a tenth, {report.RssBytes[^1] >> 20} MiB at the end";
        Console.Error.WriteLine(summary);
        Console.Error.WriteLine(string.Join(", ", report.Statuses.Select(pair => $"{pair.Key}: {pair.Value:N0}")));
        foreach (var example in report.Examples)
        {
            Console.Error.WriteLine(example);
        }

        ToolRunner.PrintJson(parsed, report);
        if (report.Faults > 0 || report.IsMemoryLevel != true)
        {
            throw new BenchFailedException(summary);
        }
    }
}
