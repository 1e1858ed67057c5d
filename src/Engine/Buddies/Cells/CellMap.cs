namespace Buddies.Engine.Buddies.Cells;

/// <summary>Where the cells lie (k-means centroids, unit length) and which cells probe each other.</summary>
/// <remarks>Immutable. Probing is symmetric and every cell probes itself.</remarks>
public sealed class CellMap
{
    private readonly float[] _centroids;

    // Rows of one array each: a thousand cells probe hundreds of thousands, and as many small objects stop everybody while the
    // collector moves them.
    private readonly int[] _starts;
    private readonly int[] _probes;
    private readonly int[] _likest;
    private readonly CellRouter _router;

    /// <summary>Makes a map from centroids and a relation that is made symmetric here.</summary>
    /// <param name="centroids">Row-major, [cells × d], unit length.</param>
    /// <param name="dimension">d.</param>
    /// <param name="probes">For each cell, the cells it wants to look at.</param>
    /// <exception cref="ArgumentException">A length contradicts the others.</exception>
    public CellMap(float[] centroids, int dimension, IReadOnlyList<IReadOnlyList<int>> probes)
        : this(centroids, dimension, Symmetric(centroids, dimension, probes), null)
    {
    }

    /// <summary>Makes a map of a relation that is known to be sound, as a snapshot's is.</summary>
    /// <param name="centroids">Row-major, [cells × d], unit length.</param>
    /// <param name="dimension">d.</param>
    /// <param name="probes">Where each cell's row begins, and the rows: ascending, symmetric, each cell in its own.</param>
    /// <param name="pause">Called between short pieces of work, and may rest; null for nobody.</param>
    internal CellMap(float[] centroids, int dimension, (int[] Starts, int[] Cells) probes, Action? pause)
    {
        _centroids = centroids;
        _router = new CellRouter(centroids, dimension);
        Dimension = dimension;
        (_starts, _probes) = probes;
        _likest = new int[_probes.Length];
        ulong[] keys = [];
        for (var cell = 0; cell < CellCount; cell++)
        {
            SortLikest(cell, ref keys);
            pause?.Invoke();
        }
    }

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Cells.</summary>
    public int CellCount => _starts.Length - 1;

    /// <summary>Row-major, [cells × d], unit length.</summary>
    public ReadOnlyMemory<float> Centroids => _centroids;

    internal long Bytes => ((long)_centroids.Length * sizeof(float)) + _router.Bytes + ((_starts.Length + (2L * _probes.Length)) * sizeof(int));

    /// <summary>One cell that holds everybody: exact over all listeners.</summary>
    /// <param name="dimension">d.</param>
    /// <returns>The map.</returns>
    public static CellMap OneCell(int dimension) => new(new float[dimension], dimension, [[0]]);

    /// <summary>The cells that a cell probes, ascending, itself among them.</summary>
    /// <param name="cell">A cell.</param>
    /// <returns>Cells.</returns>
    public ReadOnlySpan<int> Probes(int cell) => _probes.AsSpan(_starts[cell].._starts[cell + 1]);

    /// <summary>The same, the likest first: itself, and then by centroids.</summary>
    /// <param name="cell">A cell.</param>
    /// <returns>Cells.</returns>
    public ReadOnlySpan<int> Likest(int cell) => _likest.AsSpan(_starts[cell].._starts[cell + 1]);

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
        foreach (var other in Probes(cell))
        {
            var score = ScoreOf(other, vector);
            if (score > bestScore)
            {
                (best, bestScore) = (other, score);
            }
        }

        return best;
    }

    /// <summary>Each pair both ways, and each cell with itself.</summary>
    private static (int[] Starts, int[] Cells) Symmetric(float[] centroids, int dimension, IReadOnlyList<IReadOnlyList<int>> probes)
    {
        ArgumentNullException.ThrowIfNull(centroids);
        ArgumentNullException.ThrowIfNull(probes);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (probes.Count == 0 || centroids.Length != probes.Count * dimension)
        {
            throw new ArgumentException($"Expected {probes.Count} centroids of {dimension}, got {centroids.Length} values.");
        }

        var rows = new List<int>[probes.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = [i];
        }

        for (var i = 0; i < rows.Length; i++)
        {
            foreach (var other in probes[i])
            {
                rows[i].Add(other);
                rows[other].Add(i);
            }
        }

        var starts = new int[rows.Length + 1];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = [.. rows[i].Distinct().Order()];
            starts[i + 1] = checked(starts[i] + rows[i].Count);
        }

        return (starts, [.. rows.SelectMany(row => row)]);
    }

    private void SortLikest(int cell, ref ulong[] keys)
    {
        var probes = Probes(cell);
        if (keys.Length < probes.Length)
        {
            keys = new ulong[2 * probes.Length];
        }

        var centroid = _centroids.AsSpan(cell * Dimension, Dimension);
        for (var i = 0; i < probes.Length; i++)
        {
            // Bits of a float stand in its order once those of a negative one are turned; of equals the first, and the cell itself before all.
            var bits = BitConverter.SingleToUInt32Bits(ScoreOf(probes[i], centroid) + 0f);
            var descending = (bits & 0x80000000) != 0 ? bits : ~bits & 0x7FFFFFFF;
            keys[i] = (probes[i] == cell ? 0 : ((ulong)descending << 32) + (1UL << 32)) | (uint)probes[i];
        }

        keys.AsSpan(0, probes.Length).Sort();
        for (var i = 0; i < probes.Length; i++)
        {
            _likest[_starts[cell] + i] = (int)(uint)keys[i];
        }
    }
}
