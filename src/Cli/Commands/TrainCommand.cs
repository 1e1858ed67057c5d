using System.CommandLine;
using Buddies.Cli.Devices;
using Buddies.Engine.Doorman;
using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Storage.Doorman;
using Buddies.Training;
using Buddies.Training.Evaluation;
using Buddies.Training.Tracking;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies train</c>: makes a model from the log and, if the gates let it through, the one that is served.</summary>
internal static class TrainCommand
{
    private const string Who = "tool";

    private static readonly GateOptions s_gates = new();

    private static readonly Option<bool> s_noPromote = new("--no-promote")
    {
        Description = "Only register the model. Without this, a finished model that the gates let through becomes the current one.",
    };

    private static readonly Option<bool> s_noHoldout = new("--no-holdout")
    {
        Description = "Leave out the held-out evaluation, which costs as much again as the training. The gates refuse such a model.",
    };

    private static readonly Option<bool> s_resume = new("--resume")
    {
        Description = "Go on with a training that did not end, with the events that it began with. Without this it is gone on with only where no event has come since.",
    };

    private static readonly Option<bool> s_acceptDrift = new("--accept-drift")
    {
        Description = "The data is meant to differ from what it was: anomalies are told, and the gates refuse nothing for them.",
    };

    private static readonly Option<bool> s_force = new("--force")
    {
        Description = "Promote whatever the gates say, where no server runs; the journal keeps their reasons.",
    };

    private static readonly Option<double> s_floor = NumberOption.Real(
        "--gate-floor", $"The least {GateMetrics.Recall} that the gates let through.", s_gates.Floor, 0, 1);

    private static readonly Option<double> s_margin = NumberOption.Real(
        "--gate-margin", $"How much less {GateMetrics.Recall} than the current model's the gates let through.", s_gates.Margin, 0, 1);

    public static Command Create()
    {
        var command = new Command("train", "Train a model on every event so far, register it, and make it the current one if the gates let it through.")
        {
            s_noPromote, s_noHoldout, s_resume, s_acceptDrift, s_force, s_floor, s_margin,
        };
        TrainOptionSet.AddTo(command);
        DeviceOptionSet.AddTo(command);
        command.Options.Add(TrackingOption.Place);
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => TrainAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task TrainAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var tracking = TrackingOption.Open(parsed, RunTracking.TrainExperiment);
        using var device = DeviceOptionSet.Open(parsed);
        var constants = TrainOptionSet.Read(parsed);
        var options = constants with
        {
            Als = constants.Als with { Device = device },
            Holdout = parsed.GetValue(s_noHoldout) ? null : new HoldoutOptions(),
        };
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var data = parsed.GetRequiredValue(CommonOptions.Data);
        var support = new TrainSupport
        {
            KeepEpochs = true,
            ResumeWithin = parsed.GetValue(s_resume) ? TimeSpan.MaxValue : null,
            AcceptDrift = parsed.GetValue(s_acceptDrift),
            Tracking = tracking,
            Note = ToolRunner.Note,
        };
        var result = await TrainingDisplay.ShowAsync((progress, steps) => ModelTrainer.TrainAsync(
            store, data, options with { Steps = steps }, support with { Progress = progress }, cancellationToken));

        // Not to be cancelled any more: the model is registered, and half of what was asked would be done.
        var outcome = parsed.GetValue(s_noPromote)
            ? new Outcome(false, "It is registered, and not served.", [])
            : await PromoteAsync(parsed, store, data, options, result.Model.Version);
        var manifest = result.Manifest;
        Console.Error.WriteLine($"Version {result.Model.Version}: {manifest.UserCount:N0} listeners, {manifest.TrackCount:N0} tracks, {manifest.PlaylistCount:N0} playlists, {manifest.Metrics["facts"]:N0} facts, {manifest.Links?.Entries ?? 0:N0} links; factors in {result.TrainingTime.TotalSeconds:0.00} s. {outcome.Message}");
        ToolRunner.PrintJson(parsed, new TrainReport(
            result.Model.Version.Value, outcome.IsPromoted, outcome.Reasons, result.Model.Folder, result.Model.Watermark, manifest.UserCount, manifest.TrackCount, manifest.PlaylistCount, manifest.Metrics));
        if (outcome.Reasons.Count > 0 && !outcome.IsPromoted)
        {
            throw new TrainingException("The gates refused the model; the current one stays.");
        }
    }

    private static async Task<Outcome> PromoteAsync(ParseResult parsed, IStore store, string data, TrainOptions options, SnapshotVersion version)
    {
        var gates = s_gates with { Floor = parsed.GetValue(s_floor), Margin = parsed.GetValue(s_margin) };
        var desk = new DoormanDesk(store, SnapshotFolders.In(data), options.Transform.Fingerprint, gates, TimeProvider.System);
        var verdict = await desk.AskAsync((at, request) => new ValidateRequested(at, request, Who, "train", version), CancellationToken.None);
        if (!verdict.IsAccepted)
        {
            var reasons = (await store.Doorman.ReadAsync(CancellationToken.None)).Find(version)?.Reasons ?? [verdict.Message];
            if (!parsed.GetValue(s_force))
            {
                return new Outcome(false, verdict.Message, reasons);
            }

            if ((await store.Doorman.ReadAsync(CancellationToken.None)).Nodes.Count > 0)
            {
                return new Outcome(false, "A server runs, or ended without saying so: what the gates refused cannot be forced on it.", reasons);
            }

            await ModelTrainer.PromoteAsync(store, version, CancellationToken.None);
            return new Outcome(true, $"It is the current model now, although: {string.Join(" ", reasons)}", reasons);
        }

        var answer = await desk.PromoteAsync(version, Who, "train", CancellationToken.None);
        var isCurrent = (await store.Models.CurrentAsync(CancellationToken.None)).Version == version;
        return new Outcome(isCurrent, isCurrent ? "It is the current model now." : answer.Message, []);
    }

    private sealed record Outcome(bool IsPromoted, string Message, IReadOnlyList<string> Reasons);

    private sealed record TrainReport(
        int Version,
        bool Promoted,
        IReadOnlyList<string> Reasons,
        string Folder,
        long Watermark,
        int Users,
        int Tracks,
        int Playlists,
        IReadOnlyDictionary<string, double> Metrics);
}
