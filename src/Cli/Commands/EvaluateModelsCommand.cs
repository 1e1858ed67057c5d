using System.CommandLine;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies evaluate models</c> and <c>evaluate playlists</c>: every model on the same splits of the store's own data.</summary>
internal static class EvaluateModelsCommand
{
    private static readonly Option<string?> s_models = new("--models")
    {
        Description = $"Which, with commas between, of {string.Join(", ", RankerCatalogue.Names)}; all but those with a number in their names when absent.",
        HelpName = "NAME,…",
    };

    private static readonly Option<int> s_splits = NumberOption.Whole("--splits", "Random splits.", new ComparisonOptions().Splits, 1, 100);
    private static readonly Option<double> s_share = NumberOption.Real("--share", "Share of each listener's facts that is hidden.", new ComparisonOptions().Share, 0.001, 0.999);
    private static readonly Option<int> s_k = NumberOption.Whole("--k", "Tracks recommended to each listener.", new ComparisonOptions().K, 1, 1000);
    private static readonly Option<double> s_test = NumberOption.Real("--test-share", "Share of the playlists that is held out.", new ContinuationOptions().TestShare, 0.001, 0.999);
    private static readonly Option<double> s_hidden = NumberOption.Real("--share", "Share of a held-out playlist's tracks that is hidden.", new ContinuationOptions().HiddenShare, 0.001, 0.999);
    private static readonly Option<int> s_places = NumberOption.Whole("--k", "Places of a continuation.", new ContinuationOptions().K, 1, 1000);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Where everything random comes from.", 1, int.MinValue);
    private static readonly Option<int> s_threads = NumberOption.Whole("--threads", "Threads; 0 is one for each processor.", 0, 0, 1024);

    public static Command CreateModels()
    {
        var command = new Command("models", "Every model on the same random splits of the listeners' facts. Registers nothing.") { s_models, s_splits, s_share, s_k, s_seed, s_threads };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => CompareAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    public static Command CreatePlaylists()
    {
        var command = new Command("playlists", "Hold playlists out, hide a share of each, and see which model finds it again. Registers nothing.") { s_models, s_test, s_hidden, s_places, s_seed, s_threads };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => ContinueAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task CompareAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new ComparisonOptions
        {
            Models = ModelsOf(parsed),
            Splits = parsed.GetValue(s_splits),
            Share = parsed.GetValue(s_share),
            K = parsed.GetValue(s_k),
        };
        var set = await ReadAsync(parsed, cancellationToken);
        var result = ModelComparison.Compare(BinaryRows.From(set.Interactions), options, RunOf(parsed, cancellationToken), TimeProvider.System);
        var table = new Table().Border(TableBorder.Minimal).AddColumn("").AddColumn($"recall@{result.K}").AddColumn($"NDCG@{result.K}")
            .AddColumn("coverage").AddColumn("novelty").AddColumn("diversity").AddColumn("lift").AddColumn("seconds");
        foreach (var row in result.Models)
        {
            table.AddRow(
                row.Model, Show(row.Recall), Show(row.Ndcg), $"{row.Coverage:0.000}", $"{row.Novelty:0.00}", $"{row.Diversity:0.000}", $"{row.PopularityLift:0.00}", $"{row.TrainingSeconds:0.0}");
        }

        ToolRunner.People.Write(table);
        Console.Error.WriteLine($"{result.Listeners:N0} listeners, {result.Tracks:N0} tracks, {result.Facts:N0} facts; means of {result.Splits} splits with {result.Share:0.##} hidden.");
        ToolRunner.PrintJson(parsed, result);
    }

    private static async Task ContinueAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new ContinuationOptions
        {
            Models = ModelsOf(parsed),
            TestShare = parsed.GetValue(s_test),
            HiddenShare = parsed.GetValue(s_hidden),
            K = parsed.GetValue(s_places),
        };
        var set = await ReadAsync(parsed, cancellationToken);
        var playlists = BinaryRows.Make(i => Array.ConvertAll(set.Playlists[i].Ascending, track => set.RowOfTrack[track]), set.Playlists.Length, set.TrackCount);
        var result = PlaylistContinuation.Evaluate(playlists, options, RunOf(parsed, cancellationToken), TimeProvider.System);
        var table = new Table().Border(TableBorder.Minimal).AddColumn("").AddColumn("R-precision").AddColumn($"NDCG@{result.K}")
            .AddColumn("behind the first").AddColumn("clicks").AddColumn($"recall@{result.K}").AddColumn("seconds");
        foreach (var row in result.Models)
        {
            table.AddRow(row.Model, Show(row.RPrecision), Show(row.Ndcg), Show(row.NdcgBehind), $"{row.Clicks.Value:0.00}", $"{row.Recall.Value:0.0000}", $"{row.TrainingSeconds:0.0}");
        }

        ToolRunner.People.Write(table);
        Console.Error.WriteLine($"{result.TestPlaylists:N0} playlists continued after {result.TrainingPlaylists:N0} others, {result.Tracks:N0} tracks.");
        ToolRunner.PrintJson(parsed, result);
    }

    private static async Task<TrainingSet> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using IStore store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var facts = await FactReader.ReadAsync(store, TasteTransform.Default, cancellationToken);
        var set = TrainingSet.From(facts);
        return set.Interactions.EntryCount > 0
            ? set
            : throw new TrainingException("No event says anything about a track: there is nothing to compare models on. Import a dataset first.");
    }

    private static RankerRun RunOf(ParseResult parsed, CancellationToken cancellationToken) =>
        new(parsed.GetValue(s_threads), parsed.GetValue(s_seed), new StepDisplay(), cancellationToken);

    private static IReadOnlyList<string> ModelsOf(ParseResult parsed)
    {
        if (parsed.GetValue(s_models) is not { } text)
        {
            return RankerCatalogue.Compared;
        }

        string[] names = [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        var unknown = names.FirstOrDefault(name => !RankerCatalogue.Names.Contains(name));
        return names.Length > 0 && unknown is null
            ? names
            : throw new UsageException($"--models: expected some of {string.Join(", ", RankerCatalogue.Names)}, got '{unknown ?? text}'.");
    }

    private static string Show(MeanInterval mean) => $"{mean.Value:0.0000} ({mean.Low:0.0000} to {mean.High:0.0000})";
}
