using System.Globalization;
using Spectre.Console;

namespace Buddies.Cli.Bench;

/// <summary>Shows people the rows, and how ours compare with each peer.</summary>
internal static class BenchTable
{
    public static void Show(BenchReport report)
    {
        var table = new Table().Border(TableBorder.Minimal);
        table.AddColumn("engine");
        foreach (var column in new[] { "n", "threads", "own/s", "recall", "all/s", "recall", "B/user", "build s" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var row in report.Rows)
        {
            table.AddRow(
                Markup.Escape(row.Engine),
                Number(row.N, "N0"),
                Number(row.Threads, "N0"),
                Number(row.OwnPerSecond, "N0"),
                Number(row.RecallOwn, "0.000"),
                Number(row.AllPerSecond, "N0"),
                Number(row.RecallAll, "0.000"),
                Number(row.BytesPerUser, "N0"),
                Number(row.BuildSeconds, "N1"));
        }

        ToolRunner.People.Write(table);
        foreach (var row in report.Rows.Where(row => row.Absent is not null))
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Engine} at {row.N:N0}: absent: {row.Absent}"));
        }

        ShowRatios(report.Rows);
        var conditions = report.Conditions;
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{conditions.Cpu}, {conditions.Cores} cores, {conditions.VectorBits}-bit vectors; {conditions.Runtime}; d = {conditions.Dimension}, k = {conditions.K}, at most {conditions.Moves:N0} moves and {conditions.Seconds:0.#} s a phase, seed {conditions.Seed}; {conditions.Date:yyyy-MM-dd}"));
    }

    private static void ShowRatios(IReadOnlyList<BenchRow> rows)
    {
        foreach (var ours in rows.Where(row => !row.IsPeer))
        {
            foreach (var peer in rows.Where(row => row.N == ours.N && row.Engine != ours.Engine && (row.IsPeer || row.Engine == "exact")))
            {
                if (peer.OwnPerSecond is not null || peer.AllPerSecond is not null)
                {
                    Console.Error.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{ours.N:N0}: {ours.Engine} against {peer.Engine}: own {Ratio(ours.OwnPerSecond, peer.OwnPerSecond)}, all {Ratio(ours.AllPerSecond, peer.AllPerSecond)}"));
                }
            }
        }
    }

    private static string Ratio(double? ours, double? theirs) =>
        ours / theirs is { } ratio ? $"{ratio.ToString("0.0#", CultureInfo.InvariantCulture)} times" : "–";

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
