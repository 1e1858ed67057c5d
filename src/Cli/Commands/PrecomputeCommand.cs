using System.CommandLine;
using Buddies.Cli.Precompute;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Facts;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies precompute</c>: everybody's Home in one file.</summary>
internal static class PrecomputeCommand
{
    private static readonly Argument<string> s_output = new("FILE") { Description = "Where the pages go, one JSON object a line." };
    private static readonly Option<int> s_shelves = NumberOption.Whole("--shelves", "Most shelves of a page.", HomeRequest.Default.Shelves, 1, HomeRequest.MaxShelves);
    private static readonly Option<int> s_cards = NumberOption.Whole("--cards", "Most cards on a shelf.", HomeRequest.Default.Cards, 1, HomeRequest.MaxCards);
    private static readonly Option<int> s_buddies = NumberOption.Whole("--buddies", "Nearest listeners that a page is made of.", 50, 1, 100);

    public static Command Create()
    {
        var command = new Command("precompute", "Make the Home of every listener under the current model, one JSON object a line. Goes on with a file that was cut off.")
        {
            s_output, s_shelves, s_cards, s_buddies,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => PrecomputeAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task PrecomputeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = Path.GetFullPath(parsed.GetRequiredValue(s_output));
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var job = PrecomputeJob.Find(output);
        if (job is null && File.Exists(output))
        {
            throw new UsageException($"{output} is there and whole. Move it away to make it anew.");
        }

        job ??= new PrecomputeJob(
            (await store.Models.CurrentAsync(cancellationToken)).Version.Value,
            await store.Events.LastOffsetAsync(cancellationToken),
            TimeProvider.System.GetUtcNow(),
            parsed.GetValue(s_shelves),
            parsed.GetValue(s_cards),
            parsed.GetValue(s_buddies));
        using var snapshot = await OpenAsync(store, parsed.GetRequiredValue(CommonOptions.Data), job.SnapshotVersion, cancellationToken);
        var facts = await FactReader.ReadAsync(store, TasteTransform.Default, job.Watermark, cancellationToken);
        using var world = new PrecomputeWorld(facts, snapshot, job.Buddies, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        job.Begin(output);
        var (takenOver, made, seconds) = Write(world, job, output, cancellationToken);
        PrecomputeJob.End(output);
        Console.Error.WriteLine($"{output}: {made:N0} pages in {seconds:0.0} s, {made / Math.Max(seconds, 1e-9):N0}/s; {takenOver:N0} were there.");
        ToolRunner.PrintJson(parsed, new PrecomputeReport(output, job.SnapshotVersion, job.Watermark, job.At, takenOver, made, seconds));
    }

    private static (int TakenOver, int Made, double Seconds) Write(PrecomputeWorld world, PrecomputeJob job, string output, CancellationToken cancellationToken)
    {
        try
        {
            return PrecomputeRun.Write(world, job, output, Show, cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            throw new TrainingStoppedException($"Stopped. The pages so far are in {output}; the same command goes on.", e);
        }
    }

    private static void Show(int done, int all)
    {
        if (done == all || done % 8192 == 0)
        {
            Console.Error.WriteLine($"{done:N0} of {all:N0}");
        }
    }

    private static async Task<Snapshot> OpenAsync(IStore store, string data, int version, CancellationToken cancellationToken)
    {
        var model = (await store.Models.ListAsync(cancellationToken)).FirstOrDefault(model => model.Version == new SnapshotVersion(version))
            ?? throw new TrainingException("There is no current model. Train one first: buddies train --data DIR.");
        var snapshot = Snapshot.Open(Path.Combine(SnapshotFolders.In(data), model.Folder), model.ManifestSha256);
        if (snapshot.Manifest.TransformFingerprint == TasteTransform.Default.Fingerprint)
        {
            return snapshot;
        }

        snapshot.Dispose();
        throw new TrainingException($"Version {version} was trained with another taste transform than this tool has. Train again: buddies train --data DIR.");
    }

    private sealed record PrecomputeReport(string File, int SnapshotVersion, long Watermark, DateTimeOffset At, int TakenOver, int Made, double Seconds);
}
