namespace Buddies.Engine.Buddies.Cells;

/// <summary>Where the cells lie (k-means centroids, unit length) and which cells probe each other.</summary>
/// <remarks>Immutable. Probing is symmetric and every cell probes itself.</remarks>
public sealed class CellMap
{
    private readonly float[] _centroids;
    private readonly int[][] _probes;
    private readonly int[][] _likest;
    private readonly CellRouter _router;

    /// <summary>Makes a map from centroids and a relation that is made symmetric here.</summary>
    /// <param name="centroids">Row-major, [cells × d], unit length.</param>
    /// <param name="dimension">d.</param>
    /// <param name="probes">For each cell, the cells it wants to look at.</param>
    /// <exception cref="ArgumentException">A length contradicts the others.</exception>
    public CellMap(float[] centroids, int dimension, IReadOnlyList<IReadOnlyList<int>> probes)
    {
        ArgumentNullException.ThrowIfNull(centroids);
        ArgumentNullException.ThrowIfNull(probes);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (probes.Count == 0 || centroids.Length != probes.Count * dimension)
        {
            throw new ArgumentException($"Expected {probes.Count} centroids of {dimension}, got {centroids.Length} values.");
        }

        _centroids = centroids;
        _router = new CellRouter(centroids, dimension);
        Dimension = dimension;
        var sets = new SortedSet<int>[probes.Count];
        for (var i = 0; i < sets.Length; i++)
        {
            sets[i] = [i];
        }

        for (var i = 0; i < sets.Length; i++)
        {
            foreach (var other in probes[i])
            {
                sets[i].Add(other);
                sets[other].Add(i);
            }
        }

        _probes = Array.ConvertAll(sets, set => set.ToArray());
        _likest = new int[sets.Length][];
        for (var i = 0; i < sets.Length; i++)
        {
            var centroid = centroids.AsMemory(i * dimension, dimension);
            _likest[i] = [.. _probes[i].OrderByDescending(other => other == i ? float.PositiveInfinity : ScoreOf(other, centroid.Span))];
        }
    }

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Cells.</summary>
    public int CellCount => _probes.Length;

    /// <summary>Row-major, [cells × d], unit length.</summary>
    public ReadOnlyMemory<float> Centroids => _centroids;

    internal long Bytes => ((long)_centroids.Length * sizeof(float)) + _router.Bytes + _probes.Sum(probe => 2L * probe.Length * sizeof(int));

    /// <summary>One cell that holds everybody: exact over all listeners.</summary>
    /// <param name="dimension">d.</param>
    /// <returns>The map.</returns>
    public static CellMap OneCell(int dimension) => new(new float[dimension], dimension, [[0]]);

    /// <summary>The cells that a cell probes, ascending, itself among them.</summary>
    /// <param name="cell">A cell.</param>
    /// <returns>Cells.</returns>
    public ReadOnlySpan<int> Probes(int cell) => _probes[cell];

    /// <summary>The same, the likest first: itself, and then by centroids.</summary>
    /// <param name="cell">A cell.</param>
    /// <returns>Cells.</returns>
    public ReadOnlySpan<int> Likest(int cell) => _likest[cell];

    /// <summary>The cosine of a cell's centroid and a vector.</summary>
    /// <param name="cell">A cell.</param>
    /// <param name="vector">[d], unit length.</param>
    /// <returns>−1 to 1.</returns>
    public float ScoreOf(int cell, ReadOnlySpan<float> vector) =>
        System.Numerics.Tensors.TensorPrimitives.Dot(_centroids.AsSpan(cell * Dimension, Dimension), vector);

    /// <summary>The cell whose centroid is nearest, as far as eight bits tell.</summary>
    /// <param name="vector">[d], unit length.</param>
    /// <returns>The cell; of equals the first.</returns>
    public int FindNearest(ReadOnlySpan<float> vector) => CellCount == 1 ? 0 : _router.FindNearest(vector);

    /// <summary>The nearest cell among those that a cell probes: where a small move can lead.</summary>
    /// <param name="vector">[d].</param>
    /// <param name="cell">Where it was.</param>
    /// <returns>The cell; where it was, unless another is nearer.</returns>
    public int FindNearestAround(ReadOnlySpan<float> vector, int cell)
    {
        var (best, bestScore) = (cell, ScoreOf(cell, vector));
        foreach (var other in _probes[cell])
        {
            var score = ScoreOf(other, vector);
            if (score > bestScore)
            {
                (best, bestScore) = (other, score);
            }
        }

        return best;
    }
}
