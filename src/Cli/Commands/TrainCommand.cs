using System.CommandLine;
using Buddies.Training;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies train</c>: makes a model from the log, and by default the one that is served.</summary>
internal static class TrainCommand
{
    private static readonly Option<bool> s_noPromote = new("--no-promote")
    {
        Description = "Only register the model. Without this, a finished model becomes the current one at once.",
    };

    public static Command Create()
    {
        var command = new Command("train", "Train a model on every event so far, register it, and make it the current one.") { s_noPromote };
        TrainOptionSet.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => TrainAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task TrainAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = TrainOptionSet.Read(parsed);
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var result = await TrainingDisplay.ShowAsync(progress => ModelTrainer.TrainAsync(
            store, parsed.GetRequiredValue(CommonOptions.Data), options, progress, TimeProvider.System, cancellationToken));
        var isPromoted = !parsed.GetValue(s_noPromote);
        if (isPromoted)
        {
            // Not to be cancelled any more: the model is registered, and half of what was asked would be done.
            await ModelTrainer.PromoteAsync(store, result.Model.Version, CancellationToken.None);
        }

        var manifest = result.Manifest;
        Console.Error.WriteLine($"Version {result.Model.Version}: {manifest.UserCount:N0} listeners, {manifest.TrackCount:N0} tracks, {manifest.PlaylistCount:N0} playlists, {manifest.Metrics["facts"]:N0} facts; factors in {result.TrainingTime.TotalSeconds:0.00} s. {(isPromoted ? "It is the current model now." : "It is registered, and not served.")}");
        ToolRunner.PrintJson(parsed, new TrainReport(
            result.Model.Version.Value, isPromoted, result.Model.Folder, result.Model.Watermark, manifest.UserCount, manifest.TrackCount, manifest.PlaylistCount, manifest.Metrics));
    }

    private sealed record TrainReport(
        int Version, bool Promoted, string Folder, long Watermark, int Users, int Tracks, int Playlists, IReadOnlyDictionary<string, double> Metrics);
}
