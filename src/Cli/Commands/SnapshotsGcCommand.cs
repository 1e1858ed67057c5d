using System.CommandLine;
using Buddies.Engine.Doorman;
using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage;
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
        var snapshots = SnapshotFolders.In(parsed.GetRequiredValue(CommonOptions.Data));
        var desk = new DoormanDesk(store, snapshots, TasteTransform.Default.Fingerprint, new GateOptions(), TimeProvider.System);
        var models = (await store.Models.ListAsync(cancellationToken)).ToDictionary(model => model.Version);
        var record = await store.Doorman.ReadAsync(cancellationToken);
        var (removed, inUse) = (new List<int>(), new List<int>());

        // What a former run gave up on record and could not delete any more.
        foreach (var version in record.Versions.Where(version => version.State == VersionState.Collected).Select(version => version.Version))
        {
            await RemoveAsync(version, isOnRecord: true);
        }

        foreach (var version in Retention.Collectable(record, parsed.GetValue(s_keep)))
        {
            await RemoveAsync(version, isOnRecord: false);
        }

        var isDry = parsed.GetValue(s_dryRun);
        Console.Error.WriteLine($"{(isDry ? "Would remove" : "Removed")} {Names(removed)}; somebody reads {Names(inUse)}.");
        ToolRunner.PrintJson(parsed, new GcReport(isDry, removed, inUse));

        async Task RemoveAsync(SnapshotVersion version, bool isOnRecord)
        {
            var folder = Path.Combine(snapshots, models[version].Folder);
            if (!Directory.Exists(folder) && isOnRecord)
            {
                return;
            }

            // Nobody can begin to read it between the word on record and the removal.
            using var hold = SnapshotHold.TryTakeAlone(folder);
            if (hold is null && Directory.Exists(folder))
            {
                inUse.Add(version.Value);
                return;
            }

            if (!parsed.GetValue(s_dryRun))
            {
                if (!isOnRecord)
                {
                    await GiveUpAsync(desk, version, cancellationToken);
                }

                hold?.Remove();
            }

            removed.Add(version.Value);
        }
    }

    private static async Task GiveUpAsync(DoormanDesk desk, SnapshotVersion version, CancellationToken cancellationToken)
    {
        var answer = await desk.AskAsync((at, request) => new CollectRequested(at, request, "tool", "snapshots gc", version), cancellationToken);
        if (!answer.IsAccepted)
        {
            throw new StoreException(answer.Message);
        }
    }

    private static string Names(List<int> versions) => versions.Count == 0 ? "none" : string.Join(", ", versions);

    private sealed record GcReport(bool DryRun, IReadOnlyList<int> Removed, IReadOnlyList<int> InUse);
}
