using Buddies.Training.Evaluation;
using Buddies.Training.Facts;

namespace Buddies.Training.Tuning;

/// <summary>Searches the constants of the training. The same data, options and seed try the same trials.</summary>
public static class Tuner
{
    /// <summary>What a search is of: the journal of another one is not gone on with.</summary>
    public static string Describe(TrainingSet set, TuneOptions options)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(options);
        var search = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"watermark {set.Facts.Watermark}, {set.Interactions.EntryCount} facts, {options.Trials} trials, one in {options.Keep}, {options.FirstEpochs} to {options.MostEpochs} epochs, seed {options.Seed}, share {options.Holdout.Share}, k {options.Holdout.K}");
        search += options.Within < 1 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $", within {options.Within}") : "";
        return options.Friends is { } friends
            ? search + string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $", friends among {friends.K} of {friends.Listeners} listeners, recall slack {options.RecallSlack}")
            : search;
    }

    /// <summary>The constants of a trial.</summary>
    /// <param name="trial">Its number; 0 has the defaults.</param>
    /// <param name="seed">The search's seed.</param>
    /// <param name="defaults">What is not searched.</param>
    /// <param name="within">How near to them, in shares of each axis to either side; 1 for the whole space.</param>
    public static (TrainOptions Options, IReadOnlyDictionary<string, double> Values) Draw(int trial, int seed, TrainOptions defaults, double within = 1)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        var values = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var random = new Random(unchecked((seed * 1_000_003) + trial));
        foreach (var axis in trial == 0 ? [] : TuneAxis.All)
        {
            values.Add(axis.Name, axis.Draw(random, defaults, within));
        }

        var options = TuneAxis.All.Where(axis => values.ContainsKey(axis.Name)).Aggregate(defaults, (made, axis) => axis.Apply(made, values[axis.Name]));
        return (options, values);
    }

    /// <summary>Searches, or goes on with a search.</summary>
    /// <param name="set">The facts.</param>
    /// <param name="defaults">What is not searched, and the first trial.</param>
    /// <param name="options">How.</param>
    /// <param name="journal">Finished trials; new ones are added.</param>
    /// <param name="progress">Told of each trial; may be null.</param>
    /// <param name="time">Measures.</param>
    /// <param name="cancellationToken">Stops between rows; finished trials stay in the journal.</param>
    /// <returns>The last results of every trial, best first: those that went further stand above those that did not.</returns>
    public static IReadOnlyList<TrialResult> Run(
        TrainingSet set, TrainOptions defaults, TuneOptions options, TuneJournal journal, IProgress<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(defaults);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(time);
        options.Check();
        var latest = new SortedDictionary<int, TrialResult>();
        int[] alive = [.. Enumerable.Range(0, options.Trials)];
        for (var epochs = options.FirstEpochs; ; epochs *= options.Keep)
        {
            epochs = Math.Min(epochs, options.MostEpochs);
            var results = new TrialResult[alive.Length];
            var (round, now) = (alive, epochs);
            Parallel.For(0, round.Length, new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken }, i =>
            {
                results[i] = journal.Find(round[i], now) ?? Try(set, defaults, options, round[i], now, journal, time, cancellationToken);
                progress?.Report($"trial {round[i]}, {now} epochs: NDCG {results[i].Ndcg:0.0000}, recall {results[i].Recall:0.0000}{(results[i].Friends is { } found ? $", friends {found:0.0000}" : "")}");
            });
            foreach (var result in results)
            {
                latest[result.Trial] = result;
            }

            int[] best = [.. Rank(results, options).Take(Math.Max(1, alive.Length / options.Keep)).Select(result => result.Trial)];

            // Without the defaults beside it nobody could say what a trial cost the recall.
            alive = [.. best.Union(options.Friends is null ? [] : [0]).Order()];
            if (epochs == options.MostEpochs)
            {
                return [.. latest.Values.GroupBy(result => result.Epochs).OrderByDescending(same => same.Key).SelectMany(same => Rank([.. same], options))];
            }
        }
    }

    /// <summary>Best first, of results after as many epochs.</summary>
    private static IEnumerable<TrialResult> Rank(TrialResult[] results, TuneOptions options)
    {
        var least = options.Friends is null ? double.NegativeInfinity : (Array.Find(results, result => result.Trial == 0)?.Recall ?? 0) - options.RecallSlack;
        return results.OrderByDescending(result => result.Recall >= least)
            .ThenByDescending(result => options.Friends is null ? result.Ndcg : result.Friends)
            .ThenBy(result => result.Trial);
    }

    private static TrialResult Try(
        TrainingSet set, TrainOptions defaults, TuneOptions options, int trial, int epochs, TuneJournal journal, TimeProvider time, CancellationToken cancellationToken)
    {
        var (train, values) = Draw(trial, options.Seed, defaults, options.Within);
        var started = time.GetTimestamp();
        train = train with { Als = train.Als with { Epochs = epochs } };
        var held = HoldoutEvaluation.Evaluate(set, train, options.Holdout, null, time, cancellationToken);
        var friends = options.Friends?.Measure(set, train, time, cancellationToken);
        var result = new TrialResult(trial, epochs, values, held.Recall.Value, held.Ndcg.Value, time.GetElapsedTime(started).TotalSeconds, friends);
        journal.Add(result);
        return result;
    }
}
