namespace Buddies.Storage.Sqlite;

/// <summary>A playlist's entries as bytes: track numbers in order, each in groups of 7 bits, lowest first (LEB128).</summary>
/// <remarks>A row for each entry would cost some ten times the space and the time to read them all.</remarks>
internal static class TrackNumbers
{
    /// <summary>The longest that one number gets.</summary>
    public const int MostBytes = 9;

    /// <summary>Writes one number.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int Write(Span<byte> destination, long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var length = 0;
        for (; number >= 0x80; number >>= 7)
        {
            destination[length++] = (byte)(number | 0x80);
        }

        destination[length++] = (byte)number;
        return length;
    }

    /// <summary>Reads the number at the front and moves past it.</summary>
    /// <exception cref="StoreException">The bytes end in the middle of a number, or it is too long to be one.</exception>
    public static long Read(ref ReadOnlySpan<byte> source)
    {
        var number = 0L;
        for (var i = 0; i < source.Length && i < MostBytes; i++)
        {
            number |= (long)(source[i] & 0x7f) << (7 * i);
            if (source[i] < 0x80)
            {
                source = source[(i + 1)..];
                return number;
            }
        }

        throw new StoreException("the database is damaged: a playlist's entries cannot be read");
    }
}
