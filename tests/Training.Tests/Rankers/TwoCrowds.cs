using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Splits;

namespace Buddies.Training.Tests.Rankers;

/// <summary>Listeners of two crowds, each with tracks of its own; a few tracks that both like, and some who like nothing.</summary>
internal static class TwoCrowds
{
    public const int Listeners = 120;
    public const int Tracks = 80;

    public static RankerRun Run(int threads = 2) => new(threads, 1, null, default);

    public static SparseRows Make(int seed)
    {
        var random = new Random(seed);
        var liked = new int[Listeners][];
        for (var listener = 0; listener < Listeners; listener++)
        {
            var own = listener % 2;
            liked[listener] = listener == 5
                ? []
                : [.. Enumerable.Range(0, Tracks).Where(track => random.NextDouble() < (track < 6 ? 0.5 : track % 2 == own ? 0.3 : 0.02))];
        }

        return BinaryRows.Make(listener => liked[listener], Listeners, Tracks);
    }

    /// <summary>Recall at 10 on a quarter of everybody's tracks.</summary>
    public static double RecallOf(IRankerTrainer trainer, RankerRun? run = null) =>
        SplitEvaluation.Evaluate(trainer, InteractionSplit.Draw(Make(seed: 4), 0.25, 2), 10, run ?? Run(), TimeProvider.System).Recall;

    /// <summary>All scores of all listeners.</summary>
    public static float[] ScoresOf(IRanker ranker, SparseRows facts)
    {
        var scores = new float[facts.RowCount * ranker.TrackCount];
        ranker.Score(facts, 0, facts.RowCount, scores);
        return scores;
    }
}
