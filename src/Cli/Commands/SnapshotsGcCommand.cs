using System.CommandLine;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Doorman;
using Buddies.Training;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies snapshots gc</c>: removes the files of models that nobody needs and nobody reads.</summary>
internal static class SnapshotsGcCommand
{
    private static readonly Option<int> s_keep = NumberOption.Whole(
        "--keep", "How many models keep their files, those that are served or waiting included.", Retention.Least, Retention.Least);

    private static readonly Option<bool> s_dryRun = new("--dry-run") { Description = "Only say what would go." };

    public static Command Create()
    {
        var command = new Command("gc", "Remove the files of old models, never of one that somebody reads or that a rollback may need.") { s_keep, s_dryRun };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => CollectAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task CollectAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var collector = new SnapshotCollector(store, SnapshotFolders.In(parsed.GetRequiredValue(CommonOptions.Data)), TimeProvider.System);
        var isDry = parsed.GetValue(s_dryRun);
        var done = await collector.CollectAsync(parsed.GetValue(s_keep), isDry, "tool", cancellationToken);
        var (removed, inUse) = (Numbers(done.Removed), Numbers(done.Left));
        Console.Error.WriteLine($"{(isDry ? "Would remove" : "Removed")} {Names(removed)}; somebody reads {Names(inUse)}.");
        ToolRunner.PrintJson(parsed, new GcReport(isDry, removed, inUse));
    }

    private static List<int> Numbers(IReadOnlyList<SnapshotVersion> versions) => [.. versions.Select(version => version.Value)];

    private static string Names(List<int> versions) => versions.Count == 0 ? "none" : string.Join(", ", versions);

    private sealed record GcReport(bool DryRun, IReadOnlyList<int> Removed, IReadOnlyList<int> InUse);
}
