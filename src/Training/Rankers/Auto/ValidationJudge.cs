using Buddies.Training.Evaluation;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Auto;

/// <summary>How well a ranker finds what was hidden of a sample of listeners: what parameters are chosen by.</summary>
/// <param name="facts">[sample × tracks], what is known.</param>
/// <param name="hidden">For each of the sample what is to be found, ascending.</param>
/// <param name="k">Places looked at.</param>
/// <param name="run">Threads and cancellation.</param>
internal sealed class ValidationJudge(SparseRows facts, int[][] hidden, int k, RankerRun run)
{
    /// <summary>How many judge; more takes longer, fewer chooses by chance.</summary>
    public const int Listeners = 3000;

    /// <summary>[sample × tracks].</summary>
    public SparseRows Facts => facts;

    /// <summary>What is to be found.</summary>
    public int[][] Hidden => hidden;

    /// <summary>Places looked at.</summary>
    public int K => k;

    /// <summary>The same judge with fewer listeners, evenly out of all: for rankers whose scores are dear.</summary>
    public ValidationJudge Thin(int listeners)
    {
        if (listeners >= hidden.Length)
        {
            return this;
        }

        int[] chosen = [.. Enumerable.Range(0, listeners).Select(i => (int)((long)i * hidden.Length / listeners))];
        return new ValidationJudge(BinaryRows.Select(facts, chosen), Array.ConvertAll(chosen, i => hidden[i]), k, run);
    }

    /// <summary>Mean over listeners of recall + NDCG.</summary>
    public double Judge(IRanker ranker)
    {
        var lists = RankedLists.Make(ranker, facts, k, run);
        var sum = 0.0;
        for (var listener = 0; listener < lists.Length; listener++)
        {
            sum += JudgeList(listener, lists[listener]);
        }

        return sum / lists.Length;
    }

    /// <summary>Recall + NDCG of one list.</summary>
    public double JudgeList(int listener, ReadOnlySpan<int> list) =>
        ListMetrics.Recall(list, hidden[listener], k) + ListMetrics.Ndcg(list, hidden[listener], k);

    /// <summary>Hides a share of the facts of a random sample, of at most half the listeners.</summary>
    /// <returns>The rows to train on, and the judge.</returns>
    /// <exception cref="TrainingException">Nobody has two facts.</exception>
    public static (SparseRows Training, ValidationJudge Judge) Carve(SparseRows rows, double share, int listeners, int k, RankerRun run)
    {
        var split = Splits.InteractionSplit.DrawSome(rows, share, Math.Min(listeners, (rows.RowCount + 1) / 2), run.Seed);
        var judged = split.JudgedUsers;
        if (judged.Length == 0)
        {
            throw new TrainingException("No listener has enough facts to hide one of them: there is nothing to choose parameters by.");
        }

        var judge = new ValidationJudge(
            BinaryRows.Select(split.Training, judged), Array.ConvertAll(judged, user => split.Hidden[user]), k, run);
        return (split.Training, judge);
    }
}
