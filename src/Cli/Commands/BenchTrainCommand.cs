using System.CommandLine;
using Buddies.Cli.Bench;
using Buddies.Cli.Devices;
using Buddies.Training.Splits;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies bench train</c>: how fast factors are trained.</summary>
internal static class BenchTrainCommand
{
    private static readonly Option<int> s_listeners = NumberOption.Whole("--listeners", "Listeners of the synthetic rows.", 20_000, 10, 5_000_000);
    private static readonly Option<int> s_tracks = NumberOption.Whole("--tracks", "Their tracks.", 20_000, 100, 5_000_000);
    private static readonly Option<int> s_facts = NumberOption.Whole("--facts-each", "Draws for each listener.", 60, 2, 10_000);
    private static readonly Option<int> s_dimension = NumberOption.Whole("--dimension", "Length of the factors, a multiple of 8.", 64, 8, 1024);
    private static readonly Option<int> s_epochs = NumberOption.Whole("--epochs", "Epochs of ALS; the first is not counted.", 4, 2, 1000);
    private static readonly Option<int> s_threads = NumberOption.Whole("--threads", "Threads.", Environment.ProcessorCount, 1, 1024);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Where everything random comes from.", 1, int.MinValue);

    private static readonly Option<string?> s_split = new("--train")
    {
        Description = "Rows to train on instead of synthetic ones, in the format of evaluate split.",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var command = new Command("train", "Seconds an epoch of ALS and BPR, with the recall that was reached; beside implicit where python3 has it, and beside libtorch where --trainer names it.")
        {
            s_listeners, s_tracks, s_facts, s_split, s_dimension, s_epochs, s_threads, s_seed,
        };
        DeviceOptionSet.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new TrainBenchOptions(parsed.GetValue(s_dimension), parsed.GetValue(s_epochs), parsed.GetValue(s_threads), parsed.GetValue(s_seed));
        if (options.Dimension % 8 != 0)
        {
            throw new UsageException($"--dimension: expected a multiple of 8, got {options.Dimension}.");
        }

        using var device = DeviceOptionSet.Open(parsed);
        var rows = parsed.GetValue(s_split) is { } path
            ? SplitReader.Read(path, path).Training
            : TrainWorld.Make(parsed.GetValue(s_listeners), parsed.GetValue(s_tracks), parsed.GetValue(s_facts), options.Seed);
        var report = await TrainBench.RunAsync(rows, options, device, cancellationToken);
        var table = new Table().Border(TableBorder.Minimal).AddColumn($"d = {report.Dimension}, {report.Threads} threads").AddColumn("s/epoch").AddColumn("facts/s").AddColumn("GFLOP/s").AddColumn("of peak").AddColumn($"recall@{report.K}");
        foreach (var row in report.Rows)
        {
            table.AddRow(
                row.Trainer, $"{row.SecondsPerEpoch:0.000}", $"{row.InteractionsPerSecond:N0}", row.Gflops is { } rate ? $"{rate:0.0}" : "", row.ShareOfPeak is { } share ? $"{share:P0}" : "", $"{row.Recall:0.0000}");
        }

        ToolRunner.People.Write(table);
        Console.Error.WriteLine($"{report.Listeners:N0} listeners, {report.Tracks:N0} tracks, {report.Facts:N0} facts; {report.Cpu}, {report.Cores} processors, peak {report.PeakGflops:0} GFLOP/s.");
        if (report.PeerAbsent is { } why)
        {
            Console.Error.WriteLine($"implicit is absent: {why}");
        }

        ToolRunner.PrintJson(parsed, report);
    }
}
