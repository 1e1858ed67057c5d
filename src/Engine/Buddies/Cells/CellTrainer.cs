using System.Numerics.Tensors;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>Spherical k-means over a sample (Dhillon, Modha 2001), and from it the cells and who probes whom.</summary>
public static class CellTrainer
{
    /// <summary>Centroids that are less alike than this have no neighbours in common worth a scan.</summary>
    private const float LeastLikeness = 0.4f;

    /// <summary>Learns the cells of a population.</summary>
    /// <param name="vectors">Row-major, [rows × d], unit length.</param>
    /// <param name="dimension">d.</param>
    /// <param name="options">How many cells, and how much a listener may have to look at.</param>
    /// <returns>The map.</returns>
    /// <remarks>Deterministic for a seed.</remarks>
    public static CellMap Train(ReadOnlyMemory<float> vectors, int dimension, CellOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var rows = vectors.Length / dimension;
        var cells = Math.Clamp(options.Cells, 1, Math.Max(1, rows));
        if (cells == 1)
        {
            return CellMap.OneCell(dimension);
        }

        var random = new Random(options.Seed);
        var sample = new int[Math.Min(rows, cells * options.SamplesPerCell)];
        for (var i = 0; i < sample.Length; i++)
        {
            sample[i] = sample.Length == rows ? i : random.Next(rows);
        }

        // Starting at random listeners puts centroids where listeners are, which is what keeps cells even.
        random.Shuffle(sample);
        var centroids = new float[cells * dimension];
        for (var cell = 0; cell < cells; cell++)
        {
            vectors.Span.Slice(sample[cell] * dimension, dimension).CopyTo(centroids.AsSpan(cell * dimension));
        }

        var assigned = new int[sample.Length];
        for (var round = 0; round < options.Rounds; round++)
        {
            Assign(vectors, dimension, sample, new CellRouter(centroids, dimension), assigned);
            Average(vectors.Span, dimension, sample, assigned, centroids);
        }

        var all = new int[rows];
        var everybody = new int[rows];
        for (var i = 0; i < rows; i++)
        {
            everybody[i] = i;
        }

        Assign(vectors, dimension, everybody, new CellRouter(centroids, dimension), all);
        var sizes = new int[cells];
        foreach (var cell in all)
        {
            sizes[cell]++;
        }

        return new CellMap(centroids, dimension, ChooseProbes(centroids, dimension, sizes, options.ProbedListeners));
    }

    private static void Assign(ReadOnlyMemory<float> vectors, int dimension, int[] rows, CellRouter router, int[] assigned) =>
        Parallel.For(0, (rows.Length + 1023) / 1024, block =>
        {
            var span = vectors.Span;
            for (var i = block * 1024; i < Math.Min(rows.Length, (block + 1) * 1024); i++)
            {
                assigned[i] = router.FindNearest(span.Slice(rows[i] * dimension, dimension));
            }
        });

    private static void Average(ReadOnlySpan<float> vectors, int dimension, int[] rows, int[] assigned, float[] centroids)
    {
        var sums = new float[centroids.Length];
        var counts = new int[centroids.Length / dimension];
        for (var i = 0; i < rows.Length; i++)
        {
            var sum = sums.AsSpan(assigned[i] * dimension, dimension);
            TensorPrimitives.Add(sum, vectors.Slice(rows[i] * dimension, dimension), sum);
            counts[assigned[i]]++;
        }

        for (var cell = 0; cell < counts.Length; cell++)
        {
            // An empty cell keeps its centroid.
            if (counts[cell] > 0 && VectorKernels.Normalize(sums.AsSpan(cell * dimension, dimension)) > 0)
            {
                sums.AsSpan(cell * dimension, dimension).CopyTo(centroids.AsSpan(cell * dimension));
            }
        }
    }

    /// <summary>The likest cells until the listeners in them suffice, at least its own.</summary>
    private static int[][] ChooseProbes(float[] centroids, int dimension, int[] sizes, int probedListeners)
    {
        var cells = sizes.Length;
        var probes = new int[cells][];
        Parallel.For(0, cells, cell =>
        {
            var likeness = new float[cells];
            VectorKernels.ScoreRows(centroids, centroids.AsSpan(cell * dimension, dimension), likeness);
            var order = new int[cells];
            for (var i = 0; i < cells; i++)
            {
                order[i] = i;
            }

            Array.Sort(likeness, order);
            var chosen = new List<int> { cell };
            var listeners = sizes[cell];
            for (var i = cells - 1; i >= 0 && listeners < probedListeners && likeness[i] >= LeastLikeness; i--)
            {
                if (order[i] != cell)
                {
                    chosen.Add(order[i]);
                    listeners += sizes[order[i]];
                }
            }

            probes[cell] = [.. chosen];
        });
        return probes;
    }
}

/// <summary>How cells are learnt.</summary>
public sealed record CellOptions
{
    /// <summary>Cells; about four times the root of the listeners is even work for router and scan.</summary>
    public required int Cells { get; init; }

    /// <summary>Listeners that a buddy set looks at, about: more finds more of the true buddies and costs as much more time.</summary>
    public required int ProbedListeners { get; init; }

    /// <summary>Listeners sampled for each cell. Default 64.</summary>
    public int SamplesPerCell { get; init; } = 64;

    /// <summary>Rounds of k-means. Default 8.</summary>
    public int Rounds { get; init; } = 8;

    /// <summary>Where the sample comes from. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
