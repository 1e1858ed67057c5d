using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Bpr;
using static TorchSharp.torch;

namespace Buddies.Training.Torch.Bpr;

/// <summary>
/// The objective of <see cref="BprTrainer"/> by steps on many draws at once: same start, same distribution of draws, same
/// rate, same regularization of what a draw touches. The steps of a batch are computed from one state and added up, where
/// the processors' trainer lets each see the one before.
/// </summary>
/// <remarks>
/// Where a track is drawn often in one batch, its steps add up to more than they would one after the other. A batch is
/// therefore small beside the catalogue. On a GPU the order of additions, and with it the last bits, may differ between runs.
/// </remarks>
internal sealed class TorchBprTrainer(TorchDevice device, BprOptions options) : IRankerTrainer
{
    private const int SmallestBatch = 16;
    private const int LargestBatch = 65_536;

    /// <summary>Rows of factors, of either side, for one draw of a batch.</summary>
    private const int RowsEachDraw = 16;

    public string Name => $"bpr, {device.Name}";

    public IRanker Train(SparseRows rows, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(run);
        options.Check();
        if (rows.EntryCount == 0)
        {
            throw new TrainingException("There are no facts to learn from.");
        }

        TorchDevice.UseThreads(run.Threads);
        var start = BprStart.Draw(rows, options, run.Seed);
        using var listeners = device.MakeFactors(start.Listeners, options.Dimension);
        using var tracks = device.MakeFactors(start.Tracks, options.Dimension);
        using var draws = new FactDraws(rows, options.PopularShare, run.Seed, device);
        var batch = Math.Clamp((rows.RowCount + rows.ColumnCount) / RowsEachDraw, SmallestBatch, LargestBatch);
        var time = TimeProvider.System;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var started = time.GetTimestamp();
            var doubt = RunEpoch(listeners, tracks, draws, epoch, rows.EntryCount, batch, run.CancellationToken);
            run.Tell($"BPR: epoch {epoch + 1} of {options.Epochs}, mean doubt {doubt:0.0000}, {rows.EntryCount / Math.Max(1e-9, time.GetElapsedTime(started).TotalSeconds):N0} facts/s");
        }

        return new BprRanker(TorchDevice.Read(tracks), rows.CountColumns(), options, run.Seed);
    }

    private double RunEpoch(Tensor listeners, Tensor tracks, FactDraws draws, int epoch, int count, int batch, CancellationToken cancellationToken)
    {
        var rate = options.LearningRate * (1 - (0.9 * epoch / options.Epochs));
        using var doubts = zeros([1], ScalarType.Float32, device.Place);
        for (var from = 0; from < count; from += batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            Step(listeners, tracks, draws.Draw(Math.Min(batch, count - from)), rate, doubts);
        }

        return doubts.item<float>() / count;
    }

    /// <summary>Along the gradient of Σ ln σ(x·(y₊ − y₋)) less the regularization (Rendle et al. 2009, figure 4).</summary>
    private void Step(Tensor listeners, Tensor tracks, DrawnFacts drawn, double rate, Tensor doubts)
    {
        var x = listeners.index_select(0, drawn.Listeners);
        var (y, z) = (tracks.index_select(0, drawn.Positives), tracks.index_select(0, drawn.Negatives));
        var between = y - z;
        var doubt = (x * between).sum(1).neg_().sigmoid_().mul_(drawn.Counts);
        doubts.add_(doubt.sum());
        var pull = (doubt * rate).unsqueeze(1);
        var decay = (drawn.Counts * (rate * options.Regularization)).unsqueeze(1);
        var moved = pull * x;
        var step = between.mul_(pull).sub_(decay * x);

        // The listeners' last factor is held at 1, for the tracks' biases.
        step.select(1, options.Dimension - 1).zero_();
        listeners.index_add_(0, drawn.Listeners, step, 1);
        tracks.index_add_(0, drawn.Positives, moved - (decay * y), 1);
        tracks.index_add_(0, drawn.Negatives, moved.neg().sub_(decay * z), 1);
    }
}
