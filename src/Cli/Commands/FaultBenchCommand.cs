using System.CommandLine;
using System.Globalization;
using Buddies.Cli.Bench;
using Buddies.Cli.Bench.Faults;
using Buddies.Cli.Server;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies bench faults</c>: kills a server under load, and looks for what was lost or counted twice.</summary>
internal static class FaultBenchCommand
{
    private static readonly Option<int> s_rounds = NumberOption.Whole("--rounds", "Kills under load.", 100, 1, 100_000);
    private static readonly Option<int> s_producers = NumberOption.Whole("--producers", "Producers, each with listeners of its own.", 4, 1, 100);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Chooses the events and the moments.", 1, int.MinValue);

    private static readonly Option<FaultTarget> s_kill = new("--kill")
    {
        Description = "What is killed: server, store (PostgreSQL under a server that stays), or both in turn.",
        HelpName = "server|store|both",
        DefaultValueFactory = _ => FaultTarget.Server,
    };

    public static Command Create()
    {
        var command = new Command("faults", "Kill a server under load with kill -9, and compare what is left with a model of the acknowledged events.")
        {
            s_rounds, s_producers, s_kill, s_seed, BenchServerOptions.Server, BenchServerOptions.Work,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new UsageException("bench faults needs signals; it does not run on Windows.");
        }

        var report = await FaultBench.RunAsync(
            new FaultBenchOptions(
                parsed.GetRequiredValue(CommonOptions.Store),
                BenchServerOptions.ConnectionOf(parsed),
                ServerLocation.Find(parsed.GetValue(BenchServerOptions.Server)),
                BenchServerOptions.WorkOf(parsed),
                parsed.GetValue(s_rounds),
                parsed.GetValue(s_producers),
                parsed.GetValue(s_kill),
                parsed.GetValue(s_seed)),
            cancellationToken);
        var summary = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Store}: {report.Rounds} rounds in {report.Seconds:0} s, {report.Acknowledged:N0} events acknowledged: {report.Lost} lost, {report.Doubled} doubled, {report.EventsAltered} altered; of {report.Listeners} listeners {report.FactsDiffer} with other facts, {report.VectorsDiffer} with other vectors");
        Console.Error.WriteLine(summary);
        Console.Error.WriteLine($"killed {report.KilledUnderLoad} times under load, {report.KilledStarting} while starting, {report.KilledStopping} while stopping, PostgreSQL {report.StoreKilled} times; {report.Repeated:N0} batches repeated, {report.KnownSent:N0} known events sent again; seed {report.Seed}");
        ToolRunner.PrintJson(parsed, report);
        if (!report.IsClean)
        {
            throw new BenchFailedException(summary);
        }
    }
}
