using System.CommandLine;
using Buddies.Engine.Ranking;
using Buddies.Engine.Snapshots;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies snapshots diff</c>: what one model has that another has not.</summary>
internal static class SnapshotsDiffCommand
{
    private static readonly Argument<int> s_from = new("FROM") { Description = "A version." };
    private static readonly Argument<int?> s_to = new("TO") { Description = "Another; the current one when absent.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new Command("diff", "Compare two models: what each was made with and of.") { s_from, s_to };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => DiffAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task DiffAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var (first, second) = (
            await SnapshotsCommand.FindAsync(store, parsed.GetValue(s_from), cancellationToken),
            await SnapshotsCommand.FindAsync(store, parsed.GetValue(s_to), cancellationToken));
        using var from = Snapshot.Open(SnapshotsCommand.PathOf(parsed, first), first.ManifestSha256);
        using var to = Snapshot.Open(SnapshotsCommand.PathOf(parsed, second), second.ManifestSha256);
        var report = new DiffReport(
            from.Version.Value,
            to.Version.Value,
            from.Manifest.TransformFingerprint == to.Manifest.TransformFingerprint,
            from.Dimension == to.Dimension,
            to.Manifest.Watermark - from.Manifest.Watermark,
            Change.Of(from.TrackCount, row => from.TrackId(row).Value, to.TrackCount, row => to.TrackId(row).Value),
            Change.Of(from.PlaylistCount, row => from.PlaylistId(row).Value, to.PlaylistCount, row => to.PlaylistId(row).Value),
            Change.Of(from.UserCount, row => from.UserId(row).Value, to.UserCount, row => to.UserId(row).Value),
            from.Manifest.Links,
            to.Manifest.Links,
            CompareMetrics(from.Manifest, to.Manifest));
        Show(report);
        ToolRunner.PrintJson(parsed, report);
    }

    private static SortedDictionary<string, MetricChange> CompareMetrics(SnapshotManifest from, SnapshotManifest to)
    {
        var metrics = new SortedDictionary<string, MetricChange>(StringComparer.Ordinal);
        foreach (var name in from.Metrics.Keys.Union(to.Metrics.Keys))
        {
            metrics[name] = new MetricChange(Find(from, name), Find(to, name));
        }

        return metrics;

        static double? Find(SnapshotManifest manifest, string name) => manifest.Metrics.TryGetValue(name, out var value) ? value : null;
    }

    private static void Show(DiffReport report)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumns("", $"version {report.From}", $"version {report.To}");
        table.AddRow("same taste transform", report.SameTransform ? "yes" : "no", "").AddRow("same dimension", report.SameDimension ? "yes" : "no", "");
        table.AddRow("later by events", "", $"{report.WatermarkStep:N0}");
        foreach (var (name, change) in new[] { ("tracks", report.Tracks), ("playlists", report.Playlists), ("listeners", report.Listeners) })
        {
            table.AddRow(name, $"{change.Removed:N0} only here", $"{change.Added:N0} only here, {change.Common:N0} in both");
        }

        table.AddRow("links", $"{report.FromLinks?.Entries ?? 0:N0}", $"{report.ToLinks?.Entries ?? 0:N0}");
        foreach (var (name, change) in report.Metrics)
        {
            table.AddRow(Markup.Escape(name), $"{change.From}", $"{change.To}");
        }

        ToolRunner.People.Write(table);
    }

    private sealed record DiffReport(
        int From,
        int To,
        bool SameTransform,
        bool SameDimension,
        long WatermarkStep,
        Change Tracks,
        Change Playlists,
        Change Listeners,
        LinkParameters? FromLinks,
        LinkParameters? ToLinks,
        SortedDictionary<string, MetricChange> Metrics);

    private sealed record MetricChange(double? From, double? To);

    private sealed record Change(int Removed, int Added, int Common)
    {
        public static Change Of(int fromCount, Func<int, string> from, int toCount, Func<int, string> to)
        {
            var before = Enumerable.Range(0, fromCount).Select(from).ToHashSet(StringComparer.Ordinal);
            var common = Enumerable.Range(0, toCount).Count(row => before.Contains(to(row)));
            return new Change(fromCount - common, toCount - common, common);
        }
    }
}
