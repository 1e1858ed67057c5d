namespace Buddies.Training.Import;

/// <summary>Reads lines as bytes, ended by LF or CRLF; a buffer's worth of memory however long the file is.</summary>
internal sealed class LineReader(Stream stream, string name)
{
    private const int MaxLineBytes = 1 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private long _bufferOffset;
    private bool _isAtEnd;

    /// <summary>The number of the last line read, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Where that line begins in the file.</summary>
    public long LineOffset { get; private set; }

    /// <summary>Reads the next line, without its end.</summary>
    /// <param name="line">Valid until the next call.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="ImportException">The line is longer than a megabyte: this is no text file of rows.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = Take(searched + length, 1);
                return true;
            }

            searched = _end - _start;
            if (_isAtEnd)
            {
                line = searched > 0 ? Take(searched, 0) : default;
                return searched > 0;
            }

            Fill();
        }
    }

    private ReadOnlySpan<byte> Take(int length, int endLength)
    {
        var line = _buffer.AsSpan(_start, length);
        LineOffset = _bufferOffset + _start;
        _start += length + endLength;
        if (Line++ == 0 && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _bufferOffset += _start;
        _end -= _start;
        _start = 0;
        if (_end == MaxLineBytes)
        {
            throw new ImportException($"{name}, line {Line + 1}: expected lines of text, got one of more than {MaxLineBytes} bytes.");
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Min(MaxLineBytes, _buffer.Length * 2));
        }

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _isAtEnd = read == 0;
    }
}
