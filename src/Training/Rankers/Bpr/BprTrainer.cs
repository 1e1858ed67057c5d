using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Bpr;

/// <summary>
/// Bayesian personalised ranking of matrix factors (Rendle et al. 2009) by stochastic gradient steps on many threads
/// without locks. The last of a track's factors is its bias: the listeners' last is held at 1.
/// </summary>
/// <remarks>On one thread the same rows, options and seed give the same bits.</remarks>
public sealed class BprTrainer(BprOptions options) : IRankerTrainer
{
    private const int Attempts = 8;

    /// <inheritdoc/>
    public string Name => "bpr";

    /// <inheritdoc/>
    public IRanker Train(SparseRows rows, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(run);
        options.Check();
        if (rows.EntryCount == 0)
        {
            throw new TrainingException("There are no facts to learn from.");
        }

        var state = new State(Sorted(rows), options, run.Seed);
        var threads = run.Parallel.MaxDegreeOfParallelism;
        var time = TimeProvider.System;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var started = time.GetTimestamp();
            var doubts = new double[threads];
            var now = epoch;
            Parallel.For(0, threads, run.Parallel, thread =>
                doubts[thread] = RunSteps(state, now, thread, ((rows.EntryCount - 1) / threads) + 1, run.CancellationToken));
            run.Tell($"BPR: epoch {epoch + 1} of {options.Epochs}, mean doubt {doubts.Average():0.0000}, {rows.EntryCount / Math.Max(1e-9, time.GetElapsedTime(started).TotalSeconds):N0} facts/s");
        }

        return new BprRanker(state.Tracks, rows.CountColumns(), options, run.Seed);
    }

    private double RunSteps(State state, int epoch, int thread, int count, CancellationToken cancellationToken)
    {
        var random = new Random(unchecked((((state.Seed * 1_000_003) + epoch) * 1_000_003) + thread));
        var rate = options.LearningRate * (1 - (0.9 * epoch / options.Epochs));
        var keep = (float)(1 - (rate * options.Regularization));
        var d = options.Dimension;
        var doubts = 0.0;
        for (var i = 0; i < count; i++)
        {
            if ((i & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var entry = random.Next(state.Rows.EntryCount);
            var listener = state.ListenerOf[entry];
            var negative = state.DrawNegative(random, listener, options.PopularShare);
            if (negative < 0)
            {
                continue;
            }

            var x = state.Listeners.AsSpan(listener * d, d);
            var y = state.Tracks.AsSpan(state.Rows.Columns[entry] * d, d);
            var z = state.Tracks.AsSpan(negative * d, d);
            var doubt = BprKernel.Doubt(BprKernel.Difference(x, y, z));
            BprKernel.Step(x, y, z, (float)(rate * doubt), keep);
            x[^1] = 1;
            doubts += doubt;
        }

        return doubts / count;
    }

    /// <summary>Rows with ascending tracks, so that a listener's own can be searched.</summary>
    private static SparseRows Sorted(SparseRows rows)
    {
        var columns = (int[])rows.Columns.Clone();
        for (var row = 0; row < rows.RowCount; row++)
        {
            Array.Sort(columns, rows.Offsets[row], rows.CountOf(row));
        }

        return new SparseRows(rows.ColumnCount, rows.Offsets, columns, rows.Confidences, rows.Preferences);
    }

    private sealed class State
    {
        public State(SparseRows rows, BprOptions options, int seed)
        {
            Rows = rows;
            Seed = seed;
            ListenerOf = new int[rows.EntryCount];
            for (var row = 0; row < rows.RowCount; row++)
            {
                Array.Fill(ListenerOf, row, rows.Offsets[row], rows.CountOf(row));
            }

            (Listeners, Tracks) = BprStart.Draw(rows, options, seed);
        }

        public SparseRows Rows { get; }

        public int Seed { get; }

        public int[] ListenerOf { get; }

        public float[] Listeners { get; }

        public float[] Tracks { get; }

        /// <summary>A track that the listener has no fact about; −1 when none is found soon.</summary>
        public int DrawNegative(Random random, int listener, double popularShare)
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var track = random.NextDouble() < popularShare
                    ? Rows.Columns[random.Next(Rows.EntryCount)]
                    : random.Next(Rows.ColumnCount);
                if (Array.BinarySearch(Rows.Columns, Rows.Offsets[listener], Rows.CountOf(listener), track) < 0)
                {
                    return track;
                }
            }

            return -1;
        }
    }
}
