using Buddies.Engine.Buddies.Cells;

namespace Buddies.Engine.Snapshots;

/// <summary>The cells of a snapshot: centroids, and for each cell the cells that it probes.</summary>
internal static class SnapshotCells
{
    private const int HeaderBytes = 2 * sizeof(int);

    /// <summary>Finds what is wrong with the file.</summary>
    /// <returns>Null when it is sound; else one sentence.</returns>
    public static string? FindError(MappedFile file, int dimension, Action? pause)
    {
        if (file.Bytes < HeaderBytes)
        {
            return $"expected {HeaderBytes} bytes at least, found {file.Bytes}";
        }

        var (cells, entries) = CountsOf(file);
        if (cells < 1 || cells > int.MaxValue / dimension || entries < cells)
        {
            return $"expected a cell or more, and as many probed cells at least, found {cells} and {entries}";
        }

        var expected = EntriesStart(cells, dimension) + ((long)entries * sizeof(int));
        if (file.Bytes != expected)
        {
            return $"expected {expected} bytes for {cells} cells that probe {entries}, found {file.Bytes}";
        }

        if (!SnapshotChecks.IsFinite(CentroidsOf(file, cells, dimension)))
        {
            return "expected finite numbers only, found NaN or infinity";
        }

        var offsets = OffsetsOf(file, cells);
        return SnapshotChecks.FindOffsetError(offsets, cells, entries)
            ?? FindProbeError(offsets, file.Values<int>(EntriesStart(cells, dimension), entries), pause);
    }

    /// <summary>How many cells a sound file has.</summary>
    public static int CountOf(MappedFile file) => CountsOf(file).Cells;

    /// <summary>Makes the map of a sound file.</summary>
    public static CellMap Read(MappedFile file, int dimension, Action? pause)
    {
        var (cells, entries) = CountsOf(file);
        var offsets = OffsetsOf(file, cells);
        var starts = new int[cells + 1];
        for (var cell = 0; cell <= cells; cell++)
        {
            starts[cell] = (int)offsets[cell];
        }

        return new CellMap(
            CentroidsOf(file, cells, dimension).ToArray(), dimension, (starts, file.Values<int>(EntriesStart(cells, dimension), entries).ToArray()), pause);
    }

    private static string? FindProbeError(ReadOnlySpan<long> offsets, ReadOnlySpan<int> all, Action? pause)
    {
        var cells = offsets.Length - 1;
        for (var cell = 0; cell < cells; cell++)
        {
            var probes = all[(int)offsets[cell]..(int)offsets[cell + 1]];
            for (var i = 0; i < probes.Length; i++)
            {
                if ((uint)probes[i] >= (uint)cells || (i > 0 && probes[i] <= probes[i - 1]))
                {
                    return $"expected ascending cells below {cells}, found {probes[i]} among those that cell {cell} probes";
                }
            }

            if (probes.BinarySearch(cell) < 0)
            {
                return $"expected cell {cell} to probe itself, found that it does not";
            }

            pause?.Invoke();
        }

        return FindAsymmetry(offsets, all, pause);
    }

    private static string? FindAsymmetry(ReadOnlySpan<long> offsets, ReadOnlySpan<int> all, Action? pause)
    {
        for (var cell = 0; cell < offsets.Length - 1; cell++)
        {
            foreach (var other in all[(int)offsets[cell]..(int)offsets[cell + 1]])
            {
                if (all[(int)offsets[other]..(int)offsets[other + 1]].BinarySearch(cell) < 0)
                {
                    return $"expected cell {other} to probe cell {cell} as {cell} probes {other}, found that it does not";
                }
            }

            pause?.Invoke();
        }

        return null;
    }

    private static (int Cells, int Entries) CountsOf(MappedFile file)
    {
        var header = file.Values<int>(0, 2);
        return (header[0], header[1]);
    }

    private static ReadOnlySpan<long> OffsetsOf(MappedFile file, int cells) => file.Values<long>(HeaderBytes, cells + 1L);

    private static ReadOnlySpan<float> CentroidsOf(MappedFile file, int cells, int dimension) =>
        file.Values<float>(CentroidsStart(cells), (long)cells * dimension);

    private static long CentroidsStart(int cells) => HeaderBytes + ((cells + 1L) * sizeof(long));

    private static long EntriesStart(int cells, int dimension) => CentroidsStart(cells) + ((long)cells * dimension * sizeof(float));
}
