using System.CommandLine;
using System.Globalization;
using Buddies.Engine.Taste;
using Buddies.Training;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Tracking;
using Buddies.Training.Tuning;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies tune</c>: searches the constants of the training.</summary>
internal static class TuneCommand
{
    private const int Shown = 10;
    private const string Friends = "friends";

    private static readonly TuneOptions s_defaults = new();
    private static readonly Option<int> s_trials = NumberOption.Whole("--trials", "Trials in the first round; the first has the defaults.", s_defaults.Trials, 1, 100_000);
    private static readonly Option<int> s_keep = NumberOption.Whole("--keep", "One trial in this many goes on to the next round.", s_defaults.Keep, 2, 100);
    private static readonly Option<int> s_first = NumberOption.Whole("--first-epochs", "Epochs of the first round.", s_defaults.FirstEpochs, 1, 1000);
    private static readonly Option<int> s_most = NumberOption.Whole("--most-epochs", "Epochs of the last round.", s_defaults.MostEpochs, 1, 1000);
    private static readonly Option<int> s_parallel = NumberOption.Whole("--parallel", "Trials at the same time; each holds its own factors.", s_defaults.Parallel, 1, 64);
    private static readonly Option<int> s_k = NumberOption.Whole("--k", "Tracks recommended to each listener.", s_defaults.Holdout.K, 1, 1000);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Where the trials come from.", s_defaults.Seed, int.MinValue);

    private static readonly Option<double> s_within = NumberOption.Real("--within", "How near to the defaults trials are drawn, in shares of each axis to either side; 1 is the whole space.", s_defaults.Within, 0.001, 1);
    private static readonly Option<string> s_judge = CreateJudge();
    private static readonly Option<int> s_buddies = NumberOption.Whole("--friends-k", "Nearest tastes among which friends are looked for.", 50, 1, 10_000);
    private static readonly Option<double> s_slack = NumberOption.Real("--recall-slack", "How much recall of hidden tracks more friends may cost.", s_defaults.RecallSlack, 0, 1);

    private static readonly Option<string?> s_journal = new("--journal")
    {
        Description = "Where finished trials are kept; tune.jsonl in the data directory when absent. A search that was stopped goes on from there.",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var command = new Command("tune", "Search the constants of the training: random trials, of which the better ones go on for longer. Registers nothing; resumes.")
        {
            s_trials, s_keep, s_first, s_most, s_parallel, s_k, s_seed, s_within, s_judge, s_buddies, s_slack, s_journal, TrackingOption.Place,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => TuneAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task TuneAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = s_defaults with
        {
            Trials = parsed.GetValue(s_trials),
            Keep = parsed.GetValue(s_keep),
            FirstEpochs = parsed.GetValue(s_first),
            MostEpochs = parsed.GetValue(s_most),
            Parallel = parsed.GetValue(s_parallel),
            Seed = parsed.GetValue(s_seed),
            Within = parsed.GetValue(s_within),
            Holdout = s_defaults.Holdout with { K = parsed.GetValue(s_k) },
        };
        if (options.MostEpochs < options.FirstEpochs)
        {
            throw new UsageException($"--most-epochs: expected {options.FirstEpochs} or more, got {options.MostEpochs}.");
        }

        var tracking = TrackingOption.Open(parsed, RunTracking.TuneExperiment);
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var set = TrainingSet.From(await FactReader.ReadAsync(store, TasteTransform.Default, cancellationToken));
        if (set.Interactions.EntryCount == 0)
        {
            throw new TrainingException("No event says anything about a track: there is nothing to learn from. Import a dataset first.");
        }

        if (parsed.GetRequiredValue(s_judge) == Friends)
        {
            var graph = await FriendshipGraph.ReadAsync(store.Friendships, cancellationToken);
            options = options with { Friends = new FriendJudge(graph, parsed.GetValue(s_buddies)), RecallSlack = parsed.GetValue(s_slack) };
        }

        var path = parsed.GetValue(s_journal) ?? Path.Combine(parsed.GetRequiredValue(CommonOptions.Data), "tune.jsonl");
        var journal = TuneJournal.Open(path, Tuner.Describe(set, options));
        var done = journal.Results.Count;
        if (done > 0)
        {
            Console.Error.WriteLine($"{path}: {done} finished trials are taken over.");
        }

        var record = TuneRecord.Begin(tracking, Tuner.Describe(set, options), TimeProvider.System, ToolRunner.Note);
        journal.Added = record is null ? null : record.Add;
        IReadOnlyList<TrialResult> results = [];
        try
        {
            results = Tuner.Run(set, new TrainOptions(), options, journal, new StepDisplay(), TimeProvider.System, cancellationToken);
        }
        finally
        {
            record?.End(results);
        }

        var table = new Table().Border(TableBorder.Minimal).AddColumn("trial").AddColumn("epochs").AddColumn($"NDCG@{options.Holdout.K}").AddColumn($"recall@{options.Holdout.K}").AddColumn("friends").AddColumn("options of buddies train");
        foreach (var result in results.Take(Shown))
        {
            table.AddRow($"{result.Trial}", $"{result.Epochs}", $"{result.Ndcg:0.0000}", $"{result.Recall:0.0000}", $"{result.Friends:0.0000}", Markup.Escape(OptionsOf(result)));
        }

        ToolRunner.People.Write(table);
        if (record is { Id.Length: > 0 })
        {
            Console.Error.WriteLine($"Tracked as run {record.Id}.");
        }

        ToolRunner.PrintJson(parsed, new TuneReport(path, done, record?.Id, results));
    }

    private static Option<string> CreateJudge()
    {
        var option = new Option<string>("--judge")
        {
            Description = "What trials are ranked by: hidden tracks that are found, or friends of one half of the listeners among the nearest tastes.",
            DefaultValueFactory = _ => "tracks",
        };
        option.AcceptOnlyFromAmong("tracks", Friends);
        return option;
    }

    private static string OptionsOf(TrialResult result) => result.Values.Count == 0
        ? "(the defaults)"
        : string.Join(' ', result.Values.Select(pair => string.Create(CultureInfo.InvariantCulture, $"--{pair.Key} {pair.Value}")));

    private sealed record TuneReport(string Journal, int TakenOver, string? Run, IReadOnlyList<TrialResult> Trials);
}
