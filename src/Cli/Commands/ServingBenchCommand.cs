using System.CommandLine;
using System.Globalization;
using Buddies.Cli.Bench;
using Buddies.Cli.Bench.Serving;
using Buddies.Cli.Precompute;
using Buddies.Engine.Home;
using Buddies.Engine.Taste;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies bench serving</c>: ways to serve pages, compared on the model of a data directory.</summary>
internal static class ServingBenchCommand
{
    private static readonly Option<double> s_seconds = NumberOption.Positive("--seconds", "How long each way is measured.", 5);
    private static readonly Option<double> s_coreHour = NumberOption.Positive("--core-hour", "What an hour of one core costs, in the currency of the answer.", 0.04);
    private static readonly Option<int> s_clients = NumberOption.Whole("--clients", "How many ask at the same time; a round with one alone comes before.", 16, 1, 256);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Who asks.", 1, int.MinValue);

    public static Command Create()
    {
        var command = new Command("serving", "Pages by request, gathered for 0, 2 and 5 ms, and all ahead of time: throughput, latency, cost.")
        {
            s_seconds, s_coreHour, s_clients, s_seed,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        using var snapshot = await CurrentSnapshot.OpenAsync(store, parsed.GetRequiredValue(CommonOptions.Data), cancellationToken);
        var facts = await FactReader.ReadAsync(store, TasteTransform.Default, cancellationToken);
        var job = new PrecomputeJob(
            snapshot.Version.Value, facts.Watermark, TimeProvider.System.GetUtcNow(), HomeRequest.Default.Shelves, HomeRequest.Default.Cards, 50);
        using var world = new PrecomputeWorld(facts, snapshot, job.Buddies, cancellationToken);
        var options = new ServingBenchOptions(
            facts.Users.Count, [.. new[] { 1, parsed.GetValue(s_clients) }.Distinct()], parsed.GetValue(s_seconds), parsed.GetValue(s_coreHour), parsed.GetValue(s_seed));
        var rows = ServingBench.Run(world, job, options, cancellationToken);
        var table = new Table().Border(TableBorder.Minimal).AddColumns("way", "window", "clients", "pages/s", "p50 ms", "p99 ms", "batch", "CPU ms", "a million");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Mode, Text($"{row.WindowMs}"), Text($"{row.Clients}"), Text($"{row.PagesPerSecond:N0}"), Text($"{row.P50Ms:0.00}"), Text($"{row.P99Ms:0.00}"),
                Text($"{row.MeanBatch:0.0}"), Text($"{row.CpuMsPerPage:0.00}"), Text($"{row.CostPerMillion:0.000}"));
        }

        ToolRunner.People.Write(table);
        ToolRunner.PrintJson(parsed, new ServingReport(
            BenchConditions.CpuName(), Environment.ProcessorCount, facts.Users.Count, facts.Catalogue.PlaylistCount, snapshot.Dimension, "cpu", parsed.GetValue(s_coreHour), rows));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record ServingReport(
        string Cpu, int Cores, int Listeners, int Playlists, int Dimension, string Device, double CoreHour, IReadOnlyList<ServingRow> Rows);
}
