using System.Globalization;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Splits;

namespace Buddies.Training.Evaluation;

/// <summary>What playlists are continued with.</summary>
public sealed record ContinuationOptions
{
    /// <summary>Which models, by the names of <see cref="RankerCatalogue"/>.</summary>
    public IReadOnlyList<string> Models { get; init; } = RankerCatalogue.Compared;

    /// <summary>Share of the playlists that is held out, above 0 and below 1. Default 0.1.</summary>
    public double TestShare { get; init; } = 0.1;

    /// <summary>Share of a held-out playlist's tracks that is hidden, above 0 and below 1. Default 0.5.</summary>
    public double HiddenShare { get; init; } = 0.5;

    /// <summary>Places looked at. Default 500, as in the challenge.</summary>
    public int K { get; init; } = 500;
}

/// <summary>
/// Finding the hidden half of a playlist that no model was trained on, from its other half: the task of the RecSys
/// Challenge 2018 with its metrics, over the tracks of the training playlists. Playlists stand where listeners do.
/// </summary>
public static class PlaylistContinuation
{
    /// <summary>Places that count where a model chooses parameters.</summary>
    private const int ChoosingK = 100;

    /// <summary>Splits, trains and measures.</summary>
    /// <param name="playlists">[playlists × tracks].</param>
    /// <param name="options">Models and shares.</param>
    /// <param name="run">Threads, seed, progress and cancellation.</param>
    /// <param name="time">Measures.</param>
    public static ContinuationResult Evaluate(SparseRows playlists, ContinuationOptions options, RankerRun run, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(playlists);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(time);
        int[] order = [.. Enumerable.Range(0, playlists.RowCount)];
        new Random(run.Seed).Shuffle(order);
        var testCount = (int)Math.Round(options.TestShare * order.Length);
        if (testCount == 0 || testCount == order.Length)
        {
            throw new TrainingException($"Expected enough playlists to hold some out, got {order.Length}.");
        }

        var test = InteractionSplit.Draw(BinaryRows.Select(playlists, order[..testCount]), options.HiddenShare, run.Seed);
        var judged = test.JudgedUsers;
        var facts = BinaryRows.Select(test.Training, judged);
        var training = BinaryRows.Select(playlists, order[testCount..]);
        var rows = new List<ContinuationRow>();
        var (firstPrecisions, firstNdcgs) = (Array.Empty<double>(), Array.Empty<double>());
        foreach (var model in options.Models)
        {
            run.Tell($"continuation: {model}");
            var started = time.GetTimestamp();
            var ranker = RankerCatalogue.Create(model, ChoosingK, options.HiddenShare).Train(training, run);
            var seconds = time.GetElapsedTime(started).TotalSeconds;
            var lists = RankedLists.Make(ranker, facts, options.K, run);
            var precisions = ValuesOf(lists, ListMetrics.RPrecision);
            var ndcgs = ValuesOf(lists, (list, hidden) => ListMetrics.Ndcg(list, hidden, options.K));
            if (rows.Count == 0)
            {
                (firstPrecisions, firstNdcgs) = (precisions, ndcgs);
            }

            rows.Add(new ContinuationRow(
                model,
                Bootstrap.Mean(precisions, run.Seed),
                Bootstrap.Mean(ndcgs, run.Seed),
                Bootstrap.Mean(ValuesOf(lists, ListMetrics.Clicks), run.Seed),
                Bootstrap.Mean(ValuesOf(lists, (list, hidden) => ListMetrics.Recall(list, hidden, options.K)), run.Seed),
                Behind(firstPrecisions, precisions),
                Behind(firstNdcgs, ndcgs),
                seconds));
            run.Tell(Describe(rows[^1]));
        }

        return new ContinuationResult(rows, training.RowCount, judged.Length, playlists.ColumnCount, options.K, options.HiddenShare);

        double[] ValuesOf(int[][] lists, Metric metric) =>
            [.. Enumerable.Range(0, judged.Length).Select(i => metric(lists[i], test.Hidden[judged[i]]))];

        MeanInterval Behind(double[] first, double[] values) => Bootstrap.Mean([.. first.Zip(values, (a, b) => a - b)], run.Seed);
    }

    /// <summary>A row in a line, told when it is known: the models after it may take long.</summary>
    private static string Describe(ContinuationRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"continuation: {row.Model}: R-precision {Show(row.RPrecision)}, NDCG {Show(row.Ndcg)}, clicks {Show(row.Clicks)}, recall {Show(row.Recall)}, behind the first by NDCG {Show(row.NdcgBehind)}, by R-precision {Show(row.RPrecisionBehind)}, {row.TrainingSeconds:0} s");

    private static string Show(MeanInterval mean) =>
        string.Create(CultureInfo.InvariantCulture, $"{mean.Value:0.0000} ({mean.Low:0.0000} to {mean.High:0.0000})");

    private delegate double Metric(ReadOnlySpan<int> list, ReadOnlySpan<int> hidden);
}

/// <summary>All models side by side.</summary>
/// <param name="Models">A row for each.</param>
/// <param name="TrainingPlaylists">Playlists trained on.</param>
/// <param name="TestPlaylists">Playlists continued.</param>
/// <param name="Tracks">Tracks ranked.</param>
/// <param name="K">Places looked at.</param>
/// <param name="HiddenShare">Share of a playlist that is hidden.</param>
public sealed record ContinuationResult(
    IReadOnlyList<ContinuationRow> Models, int TrainingPlaylists, int TestPlaylists, int Tracks, int K, double HiddenShare);

/// <summary>One model. Intervals are of 95 %, by bootstrap over playlists.</summary>
/// <param name="Model">Its name.</param>
/// <param name="RPrecision">Hits in as many places as there were tracks to find.</param>
/// <param name="Ndcg">Discounted gain over the best possible, in all places.</param>
/// <param name="Clicks">How often ten more must be asked for until one is right; less is better.</param>
/// <param name="Recall">Hits over all that was to be found, in all places.</param>
/// <param name="RPrecisionBehind">The first model's R-precision less this one's, playlist by playlist.</param>
/// <param name="NdcgBehind">The first model's NDCG less this one's, playlist by playlist.</param>
/// <param name="TrainingSeconds">How long the training took.</param>
public sealed record ContinuationRow(
    string Model,
    MeanInterval RPrecision,
    MeanInterval Ndcg,
    MeanInterval Clicks,
    MeanInterval Recall,
    MeanInterval RPrecisionBehind,
    MeanInterval NdcgBehind,
    double TrainingSeconds);
