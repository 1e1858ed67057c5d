using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Auto;

namespace Buddies.Training.Splits;

/// <summary>Trains on one half of a split and looks for the other.</summary>
public static class SplitEvaluation
{
    /// <summary>Trains and measures.</summary>
    /// <param name="trainer">The model.</param>
    /// <param name="split">What is known and what is to be found.</param>
    /// <param name="k">Places looked at, 1 or more.</param>
    /// <param name="run">Threads, seed, progress and cancellation.</param>
    /// <param name="time">Measures.</param>
    public static SplitResult Evaluate(IRankerTrainer trainer, InteractionSplit split, int k, RankerRun run, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(time);
        var started = time.GetTimestamp();
        var auto = (trainer as IChoosingTrainer)?.Choose(split.Training, run);
        var ranker = auto?.Ranker ?? trainer.Train(split.Training, run);
        var trained = time.GetElapsedTime(started);
        var judged = split.JudgedUsers;
        run.Tell($"ranking {split.Training.ColumnCount:N0} tracks for {judged.Length:N0} listeners");
        var lists = RankedLists.Make(ranker, BinaryRows.Select(split.Training, judged), k, run);
        return new SplitResult(
            trainer.Name,
            Mean(ListMetrics.Recall),
            Mean(ListMetrics.Ndcg),
            Mean(ListMetrics.Precision),
            k,
            judged.Length,
            split.Training.ColumnCount,
            split.Training.EntryCount,
            trained.TotalSeconds,
            time.GetElapsedTime(started).TotalSeconds,
            auto?.Parts);

        double Mean(ListMetric metric) =>
            Enumerable.Range(0, judged.Length).Average(i => metric(lists[i], split.Hidden[judged[i]], k));
    }

    private delegate double ListMetric(ReadOnlySpan<int> list, ReadOnlySpan<int> hidden, int k);
}

/// <summary>How well a model finds the hidden part of a split. All means are over the users with something to find.</summary>
/// <param name="Model">The trainer's name.</param>
/// <param name="Recall">Hits over all that was to be found.</param>
/// <param name="Ndcg">Discounted gain over the best possible.</param>
/// <param name="Precision">Hits over k.</param>
/// <param name="K">Places looked at.</param>
/// <param name="Users">Users with something to find.</param>
/// <param name="Tracks">Tracks ranked.</param>
/// <param name="Facts">Facts trained on.</param>
/// <param name="TrainingSeconds">How long the training took, choosing of parameters included.</param>
/// <param name="Seconds">Training and ranking.</param>
/// <param name="Chosen">What was chosen on the validation split; null for a model of fixed parameters.</param>
public sealed record SplitResult(
    string Model,
    double Recall,
    double Ndcg,
    double Precision,
    int K,
    int Users,
    int Tracks,
    int Facts,
    double TrainingSeconds,
    double Seconds,
    IReadOnlyList<AutoPartChoice>? Chosen);
