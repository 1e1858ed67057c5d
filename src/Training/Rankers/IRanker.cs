using Buddies.Training.Facts;

namespace Buddies.Training.Rankers;

/// <summary>
/// A trained model that scores the whole catalogue for listeners. It sees their facts and nothing else, so what it says
/// of a listener who comes after the training is what it would have said of the same facts before: it folds in live.
/// </summary>
public interface IRanker
{
    /// <summary>Tracks of the catalogue.</summary>
    int TrackCount { get; }

    /// <summary>Scores every track for some listeners; more is better, and scales differ between models.</summary>
    /// <param name="facts">[listeners × tracks].</param>
    /// <param name="from">The first listener.</param>
    /// <param name="count">How many.</param>
    /// <param name="scores">Destination, row-major, [count × tracks]; known tracks are scored like others.</param>
    /// <remarks>Safe to call concurrently.</remarks>
    void Score(SparseRows facts, int from, int count, Span<float> scores);
}

/// <summary>Makes a ranker of facts: the seam behind which all models stand.</summary>
public interface IRankerTrainer
{
    /// <summary>What the tool calls it.</summary>
    string Name { get; }

    /// <summary>Trains.</summary>
    /// <param name="rows">[listeners × tracks]; confidences are what a fact weighs.</param>
    /// <param name="run">Threads, seed, progress and cancellation.</param>
    /// <returns>The ranker, over the columns of <paramref name="rows"/>.</returns>
    /// <exception cref="TrainingException">The model cannot be made of these rows, for instance for their size.</exception>
    IRanker Train(SparseRows rows, RankerRun run);
}

/// <summary>How a training runs, whatever the model.</summary>
/// <param name="Threads">Threads; 0 takes one for each processor.</param>
/// <param name="Seed">Where everything random comes from.</param>
/// <param name="Progress">Told what is being done; may be null.</param>
/// <param name="CancellationToken">Stops between rows.</param>
public sealed record RankerRun(int Threads, int Seed, IProgress<string>? Progress, CancellationToken CancellationToken)
{
    /// <summary>The same for <see cref="System.Threading.Tasks.Parallel"/>.</summary>
    public ParallelOptions Parallel => new()
    {
        MaxDegreeOfParallelism = Threads == 0 ? Environment.ProcessorCount : Threads,
        CancellationToken = CancellationToken,
    };

    /// <summary>Tells what is being done.</summary>
    public void Tell(string step) => Progress?.Report(step);
}
