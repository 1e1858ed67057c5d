using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Buddies.Training.Import;

/// <summary>Reads the rows of a tab-separated file; counts and leaves out those with the wrong number of fields or undecodable bytes.</summary>
internal sealed class TsvFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly LineReader _lines;
    private readonly TsvFormat _format;
    private readonly ImportRun _run;
    private readonly int[] _ends;
    private byte[] _row = new byte[512];
    private int _rowLength;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="ImportException">It is missing, or its header is another one.</exception>
    public TsvFile(string path, TsvFormat format, ImportRun run)
    {
        _stream = DatasetPath.Open(path);
        _format = format;
        _run = run;
        _ends = new int[format.Columns.Length];
        Tally = run.Begin(path);
        _lines = new LineReader(_stream, Tally.Name);
        if (format.HasHeader)
        {
            CheckHeader();
        }
    }

    public FileTally Tally { get; }

    /// <summary>Goes to the next row that has the right number of fields.</summary>
    /// <returns>False at the end.</returns>
    public bool Next()
    {
        while (_lines.TryRead(out var line))
        {
            _run.Tick(_stream.Position);
            Keep(line);
            if (_format.Encoding == Encoding.UTF8 && !Utf8.IsValid(line))
            {
                Bad("expected UTF-8, got bytes that are not");
                continue;
            }

            var count = Split(line);
            if (count == _ends.Length)
            {
                return true;
            }

            Bad($"expected {_ends.Length} tab-separated fields ({string.Join(", ", _format.Columns)}), got {count}");
        }

        return false;
    }

    /// <summary>A field's bytes, valid until the next row.</summary>
    public ReadOnlySpan<byte> Bytes(int column)
    {
        var start = column == 0 ? 0 : _ends[column - 1] + 1;
        return _row.AsSpan(start, _ends[column] - start);
    }

    public string Text(int column) => _format.Encoding.GetString(Bytes(column));

    /// <summary>Reads a number of the range; counts the row as bad when it is none.</summary>
    public bool TryNumber(int column, int min, out int value)
    {
        if (int.TryParse(Bytes(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= min)
        {
            return true;
        }

        Bad($"{_format.Columns[column]}: expected a whole number from {min}, got '{Text(column)}'");
        return false;
    }

    /// <summary>Counts the present row as malformed.</summary>
    public void Bad(string problem) => Tally.Bad(_lines.Line, _lines.LineOffset, problem, _row.AsSpan(0, _rowLength));

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Finish(_stream.Position);
        _stream.Dispose();
    }

    private void CheckHeader()
    {
        var expected = string.Join('\t', _format.Columns);
        var found = _lines.TryRead(out var line) ? Encoding.Latin1.GetString(line[..Math.Min(line.Length, 80)]) : "";
        if (found != expected)
        {
            _stream.Dispose();
            throw new ImportException($"{Tally.Name}: expected the header '{Words(expected)}', got '{Words(found)}'.");
        }
    }

    private static string Words(string header) => header.Replace('\t', ' ');

    private void Keep(ReadOnlySpan<byte> line)
    {
        if (line.Length > _row.Length)
        {
            _row = new byte[line.Length * 2];
        }

        line.CopyTo(_row);
        _rowLength = line.Length;
    }

    private int Split(ReadOnlySpan<byte> line)
    {
        var count = 0;
        var start = 0;
        while (true)
        {
            var length = line[start..].IndexOf((byte)'\t');
            if (count < _ends.Length)
            {
                _ends[count] = length < 0 ? line.Length : start + length;
            }

            count++;
            if (length < 0)
            {
                return count;
            }

            start += length + 1;
        }
    }
}
