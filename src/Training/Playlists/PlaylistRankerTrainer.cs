using Buddies.Training.Checkpoints;
using Buddies.Training.Rankers.Bpr;

namespace Buddies.Training.Playlists;

/// <summary>
/// Bayesian personalised ranking (Rendle et al. 2009) of playlists for listeners whose vectors are given: a listener's score of
/// a playlist is u·q + b, where q is what the contents say and a learned difference, drawn to zero as by a normal belief.
/// </summary>
/// <remarks>
/// Only playlists learn. A listener's vector stays a function of the facts alone, so whoever comes later is ranked for in the
/// same way. Threads step on shared rows without locks; on one thread the same data, options and seed give the same bits.
/// </remarks>
public static class PlaylistRankerTrainer
{
    private const int Attempts = 8;

    /// <summary>Trains.</summary>
    /// <param name="data">Listeners, contents and pairs.</param>
    /// <param name="options">The constants.</param>
    /// <param name="keeper">Where epochs are kept; null for nowhere. On one thread the result is the same to the bit.</param>
    /// <param name="cancellationToken">Stops within an epoch; those before are kept.</param>
    /// <returns>The ranker; null with fewer pairs than <see cref="PlaylistRankerOptions.LeastPairs"/>.</returns>
    public static TrainedPlaylistRanker? Train(
        PlaylistRankerData data, PlaylistRankerOptions options, IEpochKeeper? keeper, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var state = new PlaylistRankerState(data, options);
        if (state.PairCount < options.LeastPairs)
        {
            return null;
        }

        var key = keeper is null ? "" : TrainingFingerprint.OfPlaylistRanker(data, options);
        var kept = keeper?.Find(key) is { } found && found.Epoch <= options.Epochs && found.Factors.Length == state.Rows.Length ? found : null;
        kept?.Factors.CopyTo(state.Rows, 0);
        var doubts = new List<double>(kept?.Objectives ?? []);
        var threads = state.PairCount <= options.PairsOfOneThread ? 1 : options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        var steps = ((state.PairCount - 1) / threads) + 1;
        for (var epoch = doubts.Count; epoch < options.Epochs; epoch++)
        {
            var parts = new double[threads];
            var now = epoch;
            Parallel.For(0, threads, parallel, thread => parts[thread] = Run(state, options, now, thread, steps, cancellationToken));
            doubts.Add(parts.Average());
            keeper?.Save(key, new EpochState(epoch + 1, doubts, state.Rows));
        }

        return new TrainedPlaylistRanker(state.ToCosines(), state.Scale, doubts, state.PairCount);
    }

    private static double Run(
        PlaylistRankerState state, PlaylistRankerOptions options, int epoch, int thread, int steps, CancellationToken cancellationToken)
    {
        var random = new Random(unchecked((((options.Seed * 1_000_003) + epoch) * 1_000_003) + thread));
        var rate = options.LearningRate * (1 - (0.9 * epoch / options.Epochs));
        var x = new float[state.Width];
        var doubts = 0.0;
        for (var i = 0; i < steps; i++)
        {
            if ((i & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var (listener, chosen) = state.DrawPair(random);
            var other = state.DrawOther(random, listener, options.PopularShare, Attempts);
            if (other < 0)
            {
                continue;
            }

            state.CopyListener(listener, x);
            var liked = state.RowOf(chosen);
            var passed = state.RowOf(other);
            var doubt = BprKernel.Doubt(BprKernel.Difference(x, liked, passed));
            BprKernel.StepFromHome(x, liked, state.HomeOf(chosen), (float)(rate * doubt), state.KeepOf(chosen, rate));
            if (state.IsChosen(other))
            {
                BprKernel.StepFromHome(x, passed, state.HomeOf(other), (float)(-rate * doubt), state.KeepOf(other, rate));
            }

            doubts += doubt;
        }

        return doubts / steps;
    }
}
