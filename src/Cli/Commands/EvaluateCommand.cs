using System.CommandLine;
using Buddies.Training.Evaluation;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies evaluate</c>: measures models against what is known to be true.</summary>
internal static class EvaluateCommand
{
    private static readonly Option<int> s_buddies = NumberOption.Whole("--k", "Buddies looked at for each listener.", 50, 1);

    private static readonly Option<int> s_tracks = NumberOption.Whole("--k", "Tracks recommended to each listener.", new HoldoutOptions().K, 1);

    private static readonly Option<double> s_share = NumberOption.Real("--share", "Share of each listener's facts that is hidden.", new HoldoutOptions().Share, 0.001, 0.999);

    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Where the random baseline and the interval come from.", 1, int.MinValue);

    public static Command Create() => new("evaluate", "Measure models against what is known to be true.")
    {
        CreateFriends(),
        CreateHoldout(),
        EvaluatePolicyCommand.Create(),
        EvaluateSplitCommand.Create(),
        EvaluateModelsCommand.CreateModels(),
        EvaluateModelsCommand.CreatePlaylists(),
        EvaluateRankingCommand.Create(),
    };

    private static Command CreateFriends()
    {
        var command = new Command("friends", "How many of a listener's friends are among the k nearest tastes under the current model.") { s_buddies, s_seed };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => EvaluateFriendsAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static Command CreateHoldout()
    {
        var command = new Command("holdout", "Hide a share of each listener's facts, train on the rest, and see how many come back. Registers nothing.") { s_tracks, s_share };
        TrainOptionSet.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => EvaluateHoldoutAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task EvaluateFriendsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var result = await FriendsEvaluation.EvaluateAsync(
            store, parsed.GetRequiredValue(CommonOptions.Data), parsed.GetValue(s_buddies), parsed.GetValue(s_seed), cancellationToken);
        var table = new Table().Border(TableBorder.Minimal).AddColumn($"version {result.SnapshotVersion}").AddColumn($"recall@{result.K}");
        table.AddRow("served vectors", $"{result.Recall:0.0000} (95 %: {result.Low:0.0000} to {result.High:0.0000})");
        table.AddRow("of them, the tuning half", Show(result.TuningHalf));
        table.AddRow("of them, the other half", Show(result.OtherHalf));
        table.AddRow("weighted mean of track factors", $"{result.Baselines.WeightedMean:0.0000}");
        table.AddRow("log-TF-IDF of play counts", $"{result.Baselines.LogTfIdf:0.0000}");
        table.AddRow("popularity", $"{result.Baselines.Popularity:0.0000}");
        table.AddRow("random", $"{result.Baselines.Random:0.0000}");
        ToolRunner.People.Write(table);
        Console.Error.WriteLine($"AUC {result.Auc:0.0000}; {result.Listeners:N0} listeners with friends, each ranked within a pool of {result.Pool:N0}.");
        ToolRunner.PrintJson(parsed, result);
    }

    private static async Task EvaluateHoldoutAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new HoldoutOptions { K = parsed.GetValue(s_tracks), Share = parsed.GetValue(s_share), Seed = parsed.GetValue(TrainOptionSet.Seed) };
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var result = await TrainingDisplay.ShowAsync((progress, steps) => HoldoutEvaluation.EvaluateAsync(
            store, TrainOptionSet.Read(parsed) with { Steps = steps }, options, progress, TimeProvider.System, cancellationToken));
        var table = new Table().Border(TableBorder.Minimal).AddColumn("").AddColumn($"recall@{result.K}").AddColumn($"NDCG@{result.K}");
        table.AddRow("model", Show(result.Recall), Show(result.Ndcg));
        table.AddRow("popularity", Show(result.PopularityRecall), Show(result.PopularityNdcg));
        ToolRunner.People.Write(table);
        Console.Error.WriteLine($"{result.Listeners:N0} listeners, {result.Hidden:N0} hidden facts, {result.Tracks:N0} tracks.");
        ToolRunner.PrintJson(parsed, result);
    }

    private static string Show(MeanInterval mean) => $"{mean.Value:0.0000} (95 %: {mean.Low:0.0000} to {mean.High:0.0000})";
}
