using System.Text;
using System.Text.Unicode;

namespace Buddies.Engine.Snapshots;

/// <summary>Ids by row: offsets into one run of UTF-8. A string is made for each question, and none is kept.</summary>
internal readonly struct MappedIds(MappedFile file, int count)
{
    private long TextStart => (count + 1L) * sizeof(long);

    /// <summary>The id of a row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public string this[int row] => Encoding.UTF8.GetString(Text(row));

    /// <summary>The same, into memory of the caller's.</summary>
    /// <returns>How many characters it has.</returns>
    /// <exception cref="ArgumentException">It does not fit.</exception>
    public int Copy(int row, Span<char> id) => Encoding.UTF8.GetChars(Text(row), id);

    private ReadOnlySpan<byte> Text(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, count);
        var offsets = file.Values<long>(row * (long)sizeof(long), 2);
        return file.Values<byte>(TextStart + offsets[0], offsets[1] - offsets[0]);
    }

    /// <summary>Finds what is wrong with the table.</summary>
    /// <returns>Null when it is sound; else one sentence.</returns>
    public string? FindError(Action? pause)
    {
        if (file.Bytes < TextStart)
        {
            return $"expected at least {TextStart} bytes for {count} ids, found {file.Bytes}";
        }

        var offsets = file.Values<long>(0, count + 1L);
        if (SnapshotChecks.FindOffsetError(offsets, count, file.Bytes - TextStart) is { } error)
        {
            return error;
        }

        for (var row = 0; row < count; row++)
        {
            var length = offsets[row + 1] - offsets[row];
            if (length is 0 or > 4 * Events.EventRules.MaxIdLength)
            {
                return $"expected ids of 1 to {4 * Events.EventRules.MaxIdLength} bytes, found {length} at row {row}";
            }

            if (!Utf8.IsValid(file.Values<byte>(TextStart + offsets[row], length)))
            {
                return $"expected UTF-8, found other bytes at row {row}";
            }

            if (row % 1024 == 0)
            {
                pause?.Invoke();
            }
        }

        return null;
    }
}
