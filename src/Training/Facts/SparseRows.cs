namespace Buddies.Training.Facts;

/// <summary>A sparse matrix of confidences and preferences, row after row (compressed sparse rows).</summary>
public sealed class SparseRows
{
    /// <summary>Wraps finished arrays.</summary>
    /// <param name="columnCount">Columns.</param>
    /// <param name="offsets">[rows + 1], where each row's entries begin; from 0, ascending.</param>
    /// <param name="columns">[entries], 0 to <paramref name="columnCount"/> − 1.</param>
    /// <param name="confidences">[entries], w > 0.</param>
    /// <param name="preferences">[entries], p in [−1, 1].</param>
    /// <exception cref="ArgumentException">The lengths contradict each other.</exception>
    public SparseRows(int columnCount, int[] offsets, int[] columns, float[] confidences, float[] preferences)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(confidences);
        ArgumentNullException.ThrowIfNull(preferences);
        if (offsets.Length == 0 || offsets[^1] != columns.Length || confidences.Length != columns.Length || preferences.Length != columns.Length)
        {
            throw new ArgumentException($"Expected arrays of one length, got {columns.Length}, {confidences.Length} and {preferences.Length}.");
        }

        ColumnCount = columnCount;
        Offsets = offsets;
        Columns = columns;
        Confidences = confidences;
        Preferences = preferences;
    }

    /// <summary>Rows.</summary>
    public int RowCount => Offsets.Length - 1;

    /// <summary>Columns.</summary>
    public int ColumnCount { get; }

    /// <summary>Entries.</summary>
    public int EntryCount => Columns.Length;

    /// <summary>[rows + 1].</summary>
    public int[] Offsets { get; }

    /// <summary>[entries].</summary>
    public int[] Columns { get; }

    /// <summary>w, [entries].</summary>
    public float[] Confidences { get; }

    /// <summary>p, [entries].</summary>
    public float[] Preferences { get; }

    /// <summary>Where a row's entries stand.</summary>
    public Range RangeOf(int row) => Offsets[row]..Offsets[row + 1];

    /// <summary>Entries of a row.</summary>
    public int CountOf(int row) => Offsets[row + 1] - Offsets[row];

    /// <summary>Entries of each column.</summary>
    public int[] CountColumns()
    {
        var counts = new int[ColumnCount];
        foreach (var column in Columns)
        {
            counts[column]++;
        }

        return counts;
    }

    /// <summary>The same entries by column; within a column they keep the order of the rows.</summary>
    public SparseRows Transpose()
    {
        var offsets = new int[ColumnCount + 1];
        var counts = CountColumns();
        for (var column = 0; column < ColumnCount; column++)
        {
            offsets[column + 1] = offsets[column] + counts[column];
        }

        var next = offsets.AsSpan(0, ColumnCount).ToArray();
        var rows = new int[EntryCount];
        var confidences = new float[EntryCount];
        var preferences = new float[EntryCount];
        for (var row = 0; row < RowCount; row++)
        {
            for (var i = Offsets[row]; i < Offsets[row + 1]; i++)
            {
                var to = next[Columns[i]]++;
                rows[to] = row;
                confidences[to] = Confidences[i];
                preferences[to] = Preferences[i];
            }
        }

        return new SparseRows(RowCount, offsets, rows, confidences, preferences);
    }

    /// <summary>The same entries with each confidence multiplied by its column's weight.</summary>
    /// <param name="weights">[columns].</param>
    public SparseRows WeighColumns(float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length != ColumnCount)
        {
            throw new ArgumentException($"Expected {ColumnCount} weights, got {weights.Length}.", nameof(weights));
        }

        var confidences = new float[EntryCount];
        for (var i = 0; i < confidences.Length; i++)
        {
            confidences[i] = Confidences[i] * weights[Columns[i]];
        }

        return new SparseRows(ColumnCount, Offsets, Columns, confidences, Preferences);
    }

    /// <summary>The same entries with each confidence multiplied by its row's weight.</summary>
    /// <param name="weights">[rows].</param>
    public SparseRows WeighRows(float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length != RowCount)
        {
            throw new ArgumentException($"Expected {RowCount} weights, got {weights.Length}.", nameof(weights));
        }

        var confidences = new float[EntryCount];
        for (var row = 0; row < RowCount; row++)
        {
            for (var i = Offsets[row]; i < Offsets[row + 1]; i++)
            {
                confidences[i] = Confidences[i] * weights[row];
            }
        }

        return new SparseRows(ColumnCount, Offsets, Columns, confidences, Preferences);
    }

    /// <summary>These rows and, under them, other rows over the same columns.</summary>
    /// <exception cref="ArgumentException">The columns differ.</exception>
    public SparseRows Append(SparseRows below)
    {
        ArgumentNullException.ThrowIfNull(below);
        if (below.ColumnCount != ColumnCount)
        {
            throw new ArgumentException($"Expected rows over {ColumnCount} columns, got {below.ColumnCount}.", nameof(below));
        }

        return new SparseRows(
            ColumnCount,
            [.. Offsets, .. below.Offsets.Skip(1).Select(offset => checked(EntryCount + offset))],
            [.. Columns, .. below.Columns],
            [.. Confidences, .. below.Confidences],
            [.. Preferences, .. below.Preferences]);
    }
}
