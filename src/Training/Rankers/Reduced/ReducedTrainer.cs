using Buddies.Training.Facts;
using Buddies.Training.Rankers.Spectral;

namespace Buddies.Training.Rankers.Reduced;

/// <summary>
/// A ranker that is linear in the facts, S = X·B, brought down to vectors of d numbers: B ≈ (B·V)·Vᵀ with V the leading
/// right singular vectors of X·B (reduced-rank regression; Izenman 1975), the best of rank d for the listeners it is
/// trained on. A listener's vector is a sum over the facts, and a score one inner product: what a snapshot could hold.
/// </summary>
/// <param name="inner">Makes the ranker; what it makes must be linear in the confidences of the facts.</param>
/// <param name="dimension">d, 1 or more; less where there are fewer listeners or tracks.</param>
public sealed class ReducedTrainer(IRankerTrainer inner, int dimension) : IRankerTrainer
{
    private const int Iterations = 3;
    private const int Oversampling = 32;

    /// <inheritdoc/>
    public string Name => $"{inner.Name}{dimension}";

    /// <inheritdoc/>
    public IRanker Train(SparseRows rows, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        var scores = new ScoreMatrix(inner.Train(rows, run), rows, run);
        var (output, count) = Decompose(scores, rows, run);
        run.Tell($"{Name}: what each track adds to a vector");
        return new ReducedRanker(scores.OfTracks(output, count), output, count);
    }

    /// <summary>V, row-major [tracks × count], by subspace iteration from a random start (Halko, Martinsson, Tropp 2011).</summary>
    private (float[] Vectors, int Count) Decompose(ScoreMatrix scores, SparseRows rows, RankerRun run)
    {
        var random = new Random(run.Seed);

        // As many independent columns as there are listeners with facts, and no more than a part of the tracks.
        var most = Math.Min(Enumerable.Range(0, rows.RowCount).Count(row => rows.CountOf(row) > 0), rows.CountColumns().Count(count => count > 0)) / 2;
        var width = Math.Max(1, Math.Min(dimension + Oversampling, most));
        var count = Math.Min(dimension, width);
        var basis = new float[checked(rows.ColumnCount * width)];
        foreach (ref var value in basis.AsSpan())
        {
            value = random.NextSingle() - 0.5f;
        }

        for (var i = 0; i < Iterations; i++)
        {
            run.Tell($"{Name}: {width} wide, round {i + 1} of {Iterations}");
            var image = TallMatrix.Orthonormalize(scores.Times(basis, width), width, run.Parallel);
            basis = TallMatrix.Orthonormalize(scores.TransposedTimes(image, width), width, run.Parallel);
        }

        var (_, turned) = SymmetricEigen.Decompose(TallMatrix.Gram(scores.Times(basis, width), width, run.Parallel), width);
        var right = new float[width * count];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < count; j++)
            {
                right[(i * count) + j] = (float)turned[(j * width) + i];
            }
        }

        return (TallMatrix.Multiply(basis, width, right, count, run.Parallel), count);
    }
}
