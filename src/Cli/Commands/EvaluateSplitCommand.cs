using System.CommandLine;
using Buddies.Cli.Devices;
using Buddies.Training.Devices;
using Buddies.Training.Rankers;
using Buddies.Training.Splits;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies evaluate split</c>: a model on a public benchmark split, beside published tables.</summary>
internal static class EvaluateSplitCommand
{
    private static readonly Option<string> s_train = new("--train")
    {
        Description = "The training half: a line for each user, the user's number and the tracks' numbers, as LightGCN has it.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string> s_test = new("--test")
    {
        Description = "What is to be found, in the same format.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string> s_model = CreateModel();
    private static readonly Option<int> s_k = NumberOption.Whole("--k", "Tracks recommended to each user.", 20, 1, 1000);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Where everything random comes from.", 1, int.MinValue);
    private static readonly Option<int> s_threads = NumberOption.Whole("--threads", "Threads; 0 is one for each processor.", 0, 0, 1024);

    public static Command Create()
    {
        var command = new Command("split", "Train on one half of a public benchmark split and find the other. Needs no data directory.")
        {
            s_train, s_test, s_model, s_k, s_seed, s_threads,
        };
        DeviceOptionSet.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => Evaluate(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static Task Evaluate(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var device = DeviceOptionSet.Open(parsed);
        var steps = new StepDisplay();
        var k = parsed.GetValue(s_k);
        var split = SplitReader.Read(parsed.GetRequiredValue(s_train), parsed.GetRequiredValue(s_test));
        steps.Report($"{split.Training.RowCount:N0} users, {split.Training.ColumnCount:N0} tracks, {split.Training.EntryCount:N0} facts, {split.Hidden.Sum(hidden => hidden.Length):N0} to find");
        var run = new RankerRun(parsed.GetValue(s_threads), parsed.GetValue(s_seed), steps, cancellationToken);
        var result = SplitEvaluation.Evaluate(Create(parsed.GetRequiredValue(s_model), k, device), split, k, run, TimeProvider.System);
        var table = new Table().Border(TableBorder.Minimal)
            .AddColumn("").AddColumn($"recall@{k}").AddColumn($"NDCG@{k}").AddColumn($"precision@{k}").AddColumn("seconds");
        table.AddRow(result.Model, $"{result.Recall:0.0000}", $"{result.Ndcg:0.0000}", $"{result.Precision:0.0000}", $"{result.Seconds:0.0}");
        ToolRunner.People.Write(table);
        ToolRunner.PrintJson(parsed, result);
        return Task.CompletedTask;
    }

    private static IRankerTrainer Create(string model, int k, ITrainingDevice? device)
    {
        try
        {
            return device is null ? RankerCatalogue.Create(model, k) : RankerCatalogue.CreateOn(device, model);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--model: {e.Message}");
        }
    }

    private static Option<string> CreateModel()
    {
        var option = new Option<string>("--model")
        {
            Description = "Which model; auto is what the product would ship, its parameters chosen on a part of the training half.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "auto",
        };
        option.AcceptOnlyFromAmong([.. RankerCatalogue.Names]);
        return option;
    }
}
