using System.Numerics.Tensors;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>Spherical k-means over a sample (Dhillon, Modha 2001), and from it the cells and who probes whom.</summary>
public static class CellTrainer
{
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

        return new CellMap(centroids, dimension, ProbeChooser.Choose(vectors, dimension, centroids, options, random));
    }

    internal static void Assign(ReadOnlyMemory<float> vectors, int dimension, int[] rows, CellRouter router, int[] assigned) =>
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
}

/// <summary>How cells are learnt.</summary>
public sealed record CellOptions
{
    /// <summary>Cells; about four times the root of the listeners is even work for router and scan.</summary>
    public required int Cells { get; init; }

    /// <summary>The share of the true nearest listeners that must lie in the probed cells, 0 to 1, as measured on a sample; recall comes out a little higher. Default 0.92.</summary>
    public double Coverage { get; init; } = 0.92;

    /// <summary>K of the true nearest listeners that coverage is measured on. Default 50.</summary>
    public int Nearest { get; init; } = 50;

    /// <summary>Listeners sampled for each cell. Default 64.</summary>
    public int SamplesPerCell { get; init; } = 64;

    /// <summary>Rounds of k-means. Default 8.</summary>
    public int Rounds { get; init; } = 8;

    /// <summary>Where the sample comes from. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
