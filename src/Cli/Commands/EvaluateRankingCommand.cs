using System.CommandLine;
using Buddies.Engine.Taste;
using Buddies.Training;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Playlists;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies evaluate ranking</c>: hides playlists from some listeners, and compares ways to rank Home's candidates.</summary>
internal static class EvaluateRankingCommand
{
    private static readonly Option<double> s_shrinkage = NumberOption.Positive(
        "--playlist-shrinkage", "How strongly the ranker of playlists is drawn to what their contents say.", new PlaylistRankerOptions().Shrinkage);

    public static Command Create()
    {
        var command = new Command("ranking", "Hide some of the playlists that listeners chose, and see how the ranker and each of its parts find them again. Registers nothing.") { s_shrinkage };
        TrainOptionSet.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => EvaluateAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task EvaluateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = TrainOptionSet.Read(parsed) with { PlaylistRanker = new PlaylistRankerOptions { Shrinkage = parsed.GetValue(s_shrinkage) } };
        FactSet facts;
        await using (var store = await StoreFactory.OpenAsync(parsed, cancellationToken))
        {
            facts = await FactReader.ReadAsync(store, TasteTransform.Default, cancellationToken);
        }

        var result = await TrainingDisplay.ShowAsync((progress, steps) => Task.Run(
            () => RankingTrainer.Evaluate(facts, options with { Steps = steps }, progress, cancellationToken), cancellationToken));
        Console.Error.WriteLine(result.Tell());
        if (result.Judgement is not { } judgement)
        {
            throw new TrainingException($"Listeners chose {result.Pairs:N0} playlists of others, and under {RankingTrainer.LeastListeners} of them could be asked: too few to judge by.");
        }

        var table = new Table().Border(TableBorder.Minimal).AddColumn("").AddColumn("NDCG@10").AddColumn("recall@10").AddColumn("NDCG over by hand").AddColumn("over learned");
        foreach (var row in judgement.Rows)
        {
            table.AddRow(row.Name, Show(row.Ndcg), Show(row.Recall), Show(row.Gain), Show(row.GainOverLearned));
        }

        ToolRunner.People.Write(table);
        Console.Error.WriteLine($"{judgement.Listeners:N0} listeners, {judgement.Hidden:N0} playlists hidden, {judgement.Found:P0} of them among {judgement.Candidates:N0} candidates; {result.Pairs:N0} choices, a cosine is {result.Scale:0.0} logits.");
        ToolRunner.PrintJson(parsed, new { result.Pairs, result.Scale, result.Doubt, result.Ranking, judgement });
    }

    private static string Show(MeanInterval mean) => $"{mean.Value:0.0000} ({mean.Low:0.0000} to {mean.High:0.0000})";
}
