using Buddies.Engine.Vectors;
using Buddies.Storage;
using Buddies.Training.Als;
using Buddies.Training.Facts;

namespace Buddies.Training.Evaluation;

/// <summary>
/// Whether a model trained on some facts finds the others: ranks the full catalogue for each listener, without the tracks
/// that stand in the training facts (Krichene and Rendle 2020, "On Sampled Metrics": never a sample of it).
/// </summary>
public static class HoldoutEvaluation
{
    /// <summary>Hides, trains and ranks; nothing is registered.</summary>
    /// <param name="store">The store.</param>
    /// <param name="train">What to train with. Playlists take no part: their owners saved what stands in them, hidden facts too.</param>
    /// <param name="options">What is hidden.</param>
    /// <param name="progress">Told a few times a second while the factors are trained.</param>
    /// <param name="time">Measures the rate.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <exception cref="TrainingException">There are too few facts.</exception>
    public static async Task<HoldoutResult> EvaluateAsync(
        IStore store,
        TrainOptions train,
        HoldoutOptions options,
        IProgress<TrainProgress>? progress,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(options);
        train.Check();
        options.Check();
        var set = await ModelTrainer.ReadAsync(store, train, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Evaluate(set, train, options, progress, time, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same on a training set.</summary>
    public static HoldoutResult Evaluate(
        TrainingSet set,
        TrainOptions train,
        HoldoutOptions options,
        IProgress<TrainProgress>? progress,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(options);
        var split = HoldoutSplit.Make(set.Interactions, options.Share, options.Seed);
        if (split.Hidden.All(hidden => hidden.Length == 0))
        {
            throw new TrainingException("No listener has enough facts to hide one of them.");
        }

        train = train with { PlaylistWeight = 0 };
        var factors = FactorTrainer.Train(set, split.Training, train, progress, time, cancellationToken);
        var plan = train.Links ? LinkTrainer.Search(set, split.Training, train with { Holdout = options }, time, cancellationToken) : null;
        var ranker = LinkTrainer.RankerOf(factors, LinkTrainer.Fit(plan, split.Training, train, cancellationToken), train);
        var popularity = Array.ConvertAll(split.Training.CountColumns(), count => (float)count);
        var (recalls, ndcgs) = Measure(
            split,
            options.K,
            (user, scores) => ranker.Score(split.Training, user, 1, scores),
            cancellationToken);
        var (popularRecalls, popularNdcgs) = Measure(split, options.K, (_, scores) => popularity.CopyTo(scores), cancellationToken);
        return new HoldoutResult(
            Bootstrap.Mean(recalls, options.Seed),
            Bootstrap.Mean(ndcgs, options.Seed),
            Bootstrap.Mean(popularRecalls, options.Seed),
            Bootstrap.Mean(popularNdcgs, options.Seed),
            options.K,
            options.Share,
            options.Seed,
            split.Hidden.Count(hidden => hidden.Length > 0),
            split.Hidden.Sum(hidden => hidden.Length),
            set.TrackCount)
        {
            Plan = plan,
        };
    }

    private static (double[] Recalls, double[] Ndcgs) Measure(
        HoldoutSplit split, int k, Action<int, Span<float>> score, CancellationToken cancellationToken)
    {
        var recalls = new double[split.Hidden.Length];
        var ndcgs = new double[split.Hidden.Length];
        Parallel.For(
            0,
            split.Hidden.Length,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => new float[split.Training.ColumnCount],
            (user, _, scores) =>
            {
                if (split.Hidden[user].Length == 0)
                {
                    (recalls[user], ndcgs[user]) = (double.NaN, double.NaN);
                    return scores;
                }

                score(user, scores);
                foreach (var known in split.Training.Columns.AsSpan(split.Training.RangeOf(user)))
                {
                    scores[known] = float.NaN;
                }

                (recalls[user], ndcgs[user]) = MeasureOne(split.Hidden[user], k, scores);
                return scores;
            },
            _ => { });
        return (recalls, ndcgs);
    }

    private static (double Recall, double Ndcg) MeasureOne(int[] hidden, int k, ReadOnlySpan<float> scores)
    {
        var found = new int[Math.Min(k, scores.Length)];
        var top = new TopK(found, new float[found.Length]);
        for (var track = 0; track < scores.Length; track++)
        {
            top.Offer(track, scores[track]);
        }

        var count = top.Sort();
        var best = Math.Min(k, hidden.Length);
        var (hits, gain, perfect) = (0, 0.0, 0.0);
        for (var rank = 0; rank < Math.Max(count, best); rank++)
        {
            var discounted = 1 / Math.Log2(rank + 2);
            perfect += rank < best ? discounted : 0;
            if (rank < count && Array.BinarySearch(hidden, found[rank]) >= 0)
            {
                hits++;
                gain += discounted;
            }
        }

        return (hits / (double)best, gain / perfect);
    }
}
