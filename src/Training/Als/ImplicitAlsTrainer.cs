using Buddies.Engine.Taste;
using Buddies.Training.Checkpoints;
using Buddies.Training.Facts;

namespace Buddies.Training.Als;

/// <summary>
/// Implicit alternating least squares (Hu, Koren, Volinsky 2008) with a weight for what was not observed and a
/// regularization that grows with the facts of a row (Rendle, Krichene, Zhang, Koren 2021). Both half-steps are the
/// engine's <see cref="FoldIn"/>, or its equal on <see cref="AlsOptions.Device"/>, and the listeners' is the last: what
/// comes out is what serving would derive.
/// </summary>
/// <remarks>On processors the same rows, options and seed give the same bits on any number of threads of one kind of processor.</remarks>
public static class ImplicitAlsTrainer
{
    /// <summary>Trains.</summary>
    /// <param name="rows">What places the tracks: listeners' rows first, then side rows; [rows × tracks].</param>
    /// <param name="userRows">The listeners' rows as serving weighs them, for the last half-step; [users × tracks].</param>
    /// <param name="options">The constants.</param>
    /// <param name="progress">Told a few times a second; may be called from any thread, never from two at once.</param>
    /// <param name="time">Measures the rate.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <returns>The factors.</returns>
    /// <exception cref="ArgumentException">The shapes contradict each other, or an option is out of range.</exception>
    public static AlsResult Train(
        SparseRows rows, SparseRows userRows, AlsOptions options, IProgress<TrainProgress>? progress, TimeProvider time, CancellationToken cancellationToken) =>
        Train(rows, userRows, options, null, progress, time, cancellationToken);

    /// <summary>The same, with each epoch kept; goes on from the one that is kept of the same rows and options.</summary>
    /// <param name="rows">What places the tracks: listeners' rows first, then side rows; [rows × tracks].</param>
    /// <param name="userRows">The listeners' rows as serving weighs them, for the last half-step; [users × tracks].</param>
    /// <param name="options">The constants.</param>
    /// <param name="keeper">Where epochs are kept; null for nowhere. The result is the same to the bit.</param>
    /// <param name="progress">Told a few times a second; may be called from any thread, never from two at once.</param>
    /// <param name="time">Measures the rate.</param>
    /// <param name="cancellationToken">Stops between rows; the epochs before are kept.</param>
    /// <returns>The factors.</returns>
    public static AlsResult Train(
        SparseRows rows,
        SparseRows userRows,
        AlsOptions options,
        IEpochKeeper? keeper,
        IProgress<TrainProgress>? progress,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(userRows);
        var userCount = userRows.RowCount;
        if (userCount > rows.RowCount || userRows.ColumnCount != rows.ColumnCount)
        {
            throw new ArgumentException($"Expected at most {rows.RowCount} listeners over {rows.ColumnCount} tracks, got {userCount} over {userRows.ColumnCount}.", nameof(userRows));
        }

        options.Check();
        var d = options.Dimension;
        var columns = rows.Transpose();
        var key = keeper is null ? "" : TrainingFingerprint.OfAls(rows, options);
        var kept = keeper?.Find(key) is { } state && state.Epoch <= options.Epochs && state.Factors.Length == columns.RowCount * d ? state : null;
        var rowsEach = (long)rows.RowCount + columns.RowCount;
        var meter = new ProgressMeter(progress, time, options.Epochs, (options.Epochs * rowsEach) + userCount, kept?.Epoch ?? 0, rowsEach);

        // Of an epoch only the tracks' side lives on: the next one solves the listeners from it.
        var start = kept?.Factors ?? MakeStart(columns, options);
        using var steps = options.Device?.BeginAls(rows, columns, start, options, cancellationToken)
            ?? new ProcessorSteps(rows, columns, start, options, cancellationToken);
        var objectives = new List<double>(kept?.Objectives ?? []);
        for (var epoch = objectives.Count; epoch < options.Epochs; epoch++)
        {
            steps.SolveRows(meter.OnRowsSolved);
            steps.SolveTracks(meter.OnRowsSolved);
            objectives.Add(steps.MeasureObjective());
            keeper?.Save(key, new EpochState(epoch + 1, objectives, steps.ReadTracks()));
            meter.OnEpochEnded(objectives[^1]);
        }

        var users = steps.SolveOthers(userRows, meter.OnRowsSolved);
        meter.OnEnded();
        return new AlsResult(users, steps.ReadTracks(), objectives);
    }

    /// <summary>Normally distributed rows (Box and Muller 1958); zero for a track without entries, which must not pull at the others.</summary>
    private static float[] MakeStart(SparseRows columns, AlsOptions options)
    {
        var random = new Random(options.Seed);
        var deviation = options.InitialStdDev / Math.Sqrt(options.Dimension);
        var start = new float[checked(columns.RowCount * options.Dimension)];
        for (var i = 0; i < start.Length; i++)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var value = radius * Math.Cos(Math.Tau * random.NextDouble());
            start[i] = columns.CountOf(i / options.Dimension) == 0 ? 0 : (float)(deviation * value);
        }

        return start;
    }
}
