namespace Buddies.Training.Facts;

/// <summary>Rows of facts that say only that a listener and a track belong together.</summary>
public static class BinaryRows
{
    /// <summary>Makes rows with confidence and preference 1.</summary>
    /// <param name="tracksOf">The tracks of a row, each once.</param>
    /// <param name="rowCount">Rows.</param>
    /// <param name="columnCount">Tracks.</param>
    public static SparseRows Make(Func<int, IReadOnlyCollection<int>> tracksOf, int rowCount, int columnCount)
    {
        ArgumentNullException.ThrowIfNull(tracksOf);
        var offsets = new int[rowCount + 1];
        var columns = new List<int>();
        for (var row = 0; row < rowCount; row++)
        {
            columns.AddRange(tracksOf(row));
            offsets[row + 1] = columns.Count;
        }

        return Ones(columnCount, offsets, [.. columns]);
    }

    /// <summary>The same entries, each with confidence and preference 1; those with a preference of 0 or less are left out.</summary>
    public static SparseRows From(SparseRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var offsets = new int[rows.RowCount + 1];
        var columns = new List<int>(rows.EntryCount);
        for (var row = 0; row < rows.RowCount; row++)
        {
            for (var i = rows.Offsets[row]; i < rows.Offsets[row + 1]; i++)
            {
                if (rows.Preferences[i] > 0)
                {
                    columns.Add(rows.Columns[i]);
                }
            }

            offsets[row + 1] = columns.Count;
        }

        return Ones(rows.ColumnCount, offsets, [.. columns]);
    }

    /// <summary>Some rows, in the order asked for.</summary>
    public static SparseRows Select(SparseRows rows, IReadOnlyList<int> chosen)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(chosen);
        var builder = new SparseRowsBuilder(rows.ColumnCount);
        foreach (var row in chosen)
        {
            for (var i = rows.Offsets[row]; i < rows.Offsets[row + 1]; i++)
            {
                builder.Add(rows.Columns[i], rows.Confidences[i], rows.Preferences[i]);
            }

            builder.EndRow();
        }

        return builder.Build();
    }

    private static SparseRows Ones(int columnCount, int[] offsets, int[] columns)
    {
        var ones = new float[columns.Length];
        Array.Fill(ones, 1f);
        return new SparseRows(columnCount, offsets, columns, ones, ones);
    }
}
