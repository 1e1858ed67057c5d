using System.CommandLine;
using Buddies.Engine.Doorman;
using Buddies.Engine.Ranking;
using Buddies.Engine.Snapshots;
using Buddies.Storage;
using Buddies.Training;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies snapshots</c>: what models there are, what is in one, and whether its files are whole.</summary>
internal static class SnapshotsCommand
{
    private static readonly Argument<int?> s_version = new("VERSION") { Description = "The version; the current one when absent.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var list = new Command("list", "Every registered model, oldest first.");
        list.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => ListAsync(parsed, cancellationToken), cancellationToken));
        var show = new Command("show", "The manifest of a model.") { s_version };
        show.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => ShowAsync(parsed, cancellationToken), cancellationToken));
        var verify = new Command("verify", "Read every byte of a model's files, and compare hashes, shapes and numbers.") { s_version };
        verify.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => VerifyAsync(parsed, cancellationToken), cancellationToken));
        return new Command("snapshots", "Look at the registered models.") { list, show, verify, SnapshotsDiffCommand.Create(), SnapshotsGcCommand.Create() };
    }

    private static async Task ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var record = await store.Doorman.ReadAsync(cancellationToken);
        SnapshotRow[] rows = [.. (await store.Models.ListAsync(cancellationToken)).Select(model => SnapshotRow.From(model, record))];
        var table = new Table().Border(TableBorder.Minimal).AddColumns("version", "created", "watermark", "folder", "state", "reasons");
        foreach (var row in rows)
        {
            table.AddRow(
                $"{row.Version}", $"{row.CreatedAt:u}", $"{row.Watermark:N0}", Markup.Escape(row.Folder), row.State, Markup.Escape(string.Join(" ", row.Reasons)));
        }

        ToolRunner.People.Write(table);
        ToolRunner.PrintJson(parsed, rows);
    }

    private static async Task ShowAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var model = await FindAsync(store, parsed, cancellationToken);
        var (manifest, _) = SnapshotManifestReader.Read(PathOf(parsed, model), model.ManifestSha256);
        var table = new Table().Border(TableBorder.Minimal).AddColumns($"version {manifest.Version}", "");
        table.AddRow("created", $"{manifest.CreatedAt:u}").AddRow("parent", $"{manifest.Parent}").AddRow("watermark", $"{manifest.Watermark:N0}");
        table.AddRow("transform", manifest.TransformFingerprint).AddRow("dimension", $"{manifest.Dimension}");
        table.AddRow("tracks", $"{manifest.TrackCount:N0}").AddRow("playlists", $"{manifest.PlaylistCount:N0}").AddRow("listeners", $"{manifest.UserCount:N0}");
        table.AddRow("unobserved weight", $"{manifest.UnobservedWeight}").AddRow("regularization", $"{manifest.Regularization}");
        table.AddRow("regularization exponent", $"{manifest.RegularizationExponent}").AddRow("bytes", $"{manifest.Files.Sum(file => file.Bytes):N0}");
        table.AddRow("links", manifest.Links is { } links
            ? $"{links.Entries:N0}, factor weight {links.FactorWeight:0.####}, fact power {links.FactPower}, length exponent {links.LengthExponent}"
            : "none");
        table.AddRow("playlist ranker", manifest.HasPlaylistRanker ? "trained" : "none");
        table.AddRow("ranking weights", manifest.Ranking?.Weights is { } weights
            ? string.Join(", ", RankingWeights.Names.Zip(weights.ToArray(), (name, weight) => $"{name} {weight:0.###}"))
            : "set by hand");
        foreach (var (name, value) in manifest.Metrics)
        {
            table.AddRow(Markup.Escape(name), $"{value}");
        }

        if (manifest.Validation is { } data)
        {
            table.AddRow("facts", $"{data.Facts:N0}, {data.EarliestFact:u} to {data.LatestFact:u}");
            table.AddRow("known tracks", $"{data.KnownTrackShare:P1} of the facts");
            table.AddRow("data errors", data.Errors.Count == 0 ? "none" : Markup.Escape(string.Join(" ", data.Errors)));
        }
        else
        {
            table.AddRow("data", "nobody looked");
        }

        ToolRunner.People.Write(table);
        ToolRunner.PrintJson(parsed, manifest);
    }

    private static async Task VerifyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var model = await FindAsync(store, parsed, cancellationToken);
        try
        {
            using var snapshot = Snapshot.Open(PathOf(parsed, model), model.ManifestSha256);
            var bytes = snapshot.Manifest.Files.Sum(file => file.Bytes);
            Console.Error.WriteLine($"Version {snapshot.Version} is whole: {snapshot.Manifest.Files.Count} files, {bytes:N0} bytes.");
            ToolRunner.PrintJson(parsed, new VerifyReport(snapshot.Version.Value, true, snapshot.Manifest.Files.Count, bytes, null));
        }
        catch (SnapshotException damage)
        {
            // A program reads the verdict, and the exit code says it too.
            ToolRunner.PrintJson(parsed, new VerifyReport(model.Version.Value, false, 0, 0, damage.Message));
            throw;
        }
    }

    private static async Task<RegisteredModel> FindAsync(IStore store, ParseResult parsed, CancellationToken cancellationToken) =>
        await FindAsync(store, parsed.GetValue(s_version), cancellationToken);

    /// <summary>A registered model; the current one when none is named.</summary>
    /// <exception cref="TrainingException">There is no such model; the message names those there are.</exception>
    internal static async Task<RegisteredModel> FindAsync(IStore store, int? version, CancellationToken cancellationToken)
    {
        var wanted = version ?? (await store.Models.CurrentAsync(cancellationToken)).Version.Value;
        if (wanted == 0)
        {
            throw new TrainingException("There is no current model. Train one first: buddies train --data DIR.");
        }

        var models = await store.Models.ListAsync(cancellationToken);
        return models.FirstOrDefault(model => model.Version.Value == wanted)
            ?? throw new TrainingException($"Version {wanted} is not registered. Registered: {(models.Count == 0 ? "none" : string.Join(", ", models.Select(model => model.Version)))}.");
    }

    /// <summary>Where a model's files are.</summary>
    internal static string PathOf(ParseResult parsed, RegisteredModel model) =>
        Path.Combine(SnapshotFolders.In(parsed.GetRequiredValue(CommonOptions.Data)), model.Folder);

    private sealed record VerifyReport(int Version, bool Whole, int Files, long Bytes, string? Error);

    private sealed record SnapshotRow(
        int Version, DateTimeOffset CreatedAt, long Watermark, string Folder, string ManifestSha256, bool Current, string State, IReadOnlyList<string> Reasons)
    {
        public static SnapshotRow From(RegisteredModel model, DoormanRecord record)
        {
            var known = record.Find(model.Version);
            return new(
                model.Version.Value,
                model.CreatedAt,
                model.Watermark,
                model.Folder,
                model.ManifestSha256,
                model.Version == record.Current,
                (known?.State ?? VersionState.Registered).ToString().ToLowerInvariant(),
                known?.Reasons ?? []);
        }
    }
}
