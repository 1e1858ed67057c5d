namespace Buddies.Training.Import;

/// <summary>The part of a JSON file that is in memory: it slides over the file, and grows only when what must be seen at once does not fit.</summary>
internal sealed class JsonWindow(Stream stream)
{
    private const int MaxBytes = 1 << 28;

    private byte[] _buffer = new byte[1 << 17];
    private int _start;
    private int _end;
    private long _line = 1;
    private long _lineOffset;

    /// <summary>The bytes in memory that have not been passed.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Where they begin in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether they reach to the file's end.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Passes bytes; they are no longer needed.</summary>
    public void Advance(int count)
    {
        var passed = Bytes[..count];
        _line += passed.Count((byte)'\n');
        _lineOffset = passed.LastIndexOf((byte)'\n') is >= 0 and var last ? Offset + last + 1 : _lineOffset;
        Offset += count;
        _start += count;
    }

    /// <summary>Brings more of the file into memory.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or one playlist alone is larger than 256 MB.</exception>
    public void Fill()
    {
        Bytes.CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            if (_end == MaxBytes)
            {
                throw new InvalidDataException($"one playlist has more than {MaxBytes} bytes");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        // To the brim, or each small read of a gzip stream would cost another look-ahead over the whole window.
        var wanted = _buffer.Length - _end;
        var read = stream.ReadAtLeast(_buffer.AsSpan(_end), wanted, throwOnEndOfStream: false);
        _end += read;
        IsAtEnd = read < wanted;
        if (Offset == 0 && Bytes.StartsWith("\uFEFF"u8))
        {
            Advance(3);
        }
    }

    /// <summary>The line, from 1, of a position in the window.</summary>
    public long LineAt(long offset) => _line + Bytes[..InWindow(offset)].Count((byte)'\n');

    /// <summary>The bytes from a position in the window on.</summary>
    public ReadOnlySpan<byte> BytesAt(long offset) => Bytes[InWindow(offset)..];

    /// <summary>The file's position of a place in a line.</summary>
    /// <param name="line">A line that begins, or ends, in the window, from 1.</param>
    /// <param name="positionInLine">Bytes from the line's beginning.</param>
    public long OffsetOf(long line, long positionInLine)
    {
        var lineOffset = _lineOffset;
        for (var passed = _line; passed < line; passed++)
        {
            lineOffset += BytesAt(lineOffset).IndexOf((byte)'\n') + 1 + Math.Max(0, Offset - lineOffset);
        }

        return lineOffset + positionInLine;
    }

    private int InWindow(long offset) => (int)Math.Clamp(offset - Offset, 0, Bytes.Length);
}
