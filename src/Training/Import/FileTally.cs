using System.Text;

namespace Buddies.Training.Import;

/// <summary>Counts the rows of one file and remembers its first malformed one.</summary>
internal sealed class FileTally(string name, bool strict)
{
    /// <summary>So many bad rows without a good one before them, and the file is taken for something else.</summary>
    private const int BadRowsBeforeGivingUp = 1000;

    private const int ExcerptLength = 80;

    private long _imported;
    private long _skipped;
    private long _bad;

    public string Name => name;

    public long RowsRead => _imported + _skipped;

    public bool HasImported => _imported > 0;

    public BadLine? FirstBadLine { get; private set; }

    public void Imported(long rows = 1) => _imported += rows;

    /// <summary>Counts a row that is well-formed and of no use.</summary>
    public void Skipped(long rows = 1) => _skipped += rows;

    /// <summary>Counts a malformed row, or some that fail together.</summary>
    /// <exception cref="ImportException">The import is strict, or nothing in this file has been well-formed.</exception>
    public void Bad(long line, long byteOffset, string problem, ReadOnlySpan<byte> raw, long rows = 1)
    {
        FirstBadLine ??= new BadLine(name, line, byteOffset, problem, Excerpt(raw));
        _bad += rows;
        _skipped += rows;
        if (strict)
        {
            throw new ImportException($"{FirstBadLine}. Nothing was imported.", FirstBadLine);
        }

        if (_bad >= BadRowsBeforeGivingUp && _imported == 0)
        {
            throw WrongFormat();
        }
    }

    /// <summary>Refuses a file in which no row was usable.</summary>
    public void RequireRows()
    {
        if (!HasImported)
        {
            throw FirstBadLine is null ? new ImportException($"{name} has no rows.") : WrongFormat();
        }
    }

    public FileReport ToReport() => new(name, RowsRead, _imported, _skipped, _bad);

    private ImportException WrongFormat() =>
        new($"{name} does not have the expected format: none of its first {RowsRead} rows is valid. {FirstBadLine}", FirstBadLine);

    private static string Excerpt(ReadOnlySpan<byte> raw)
    {
        var text = Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, ExcerptLength * 4)]);
        var characters = text.AsSpan(0, Math.Min(text.Length, ExcerptLength)).ToArray();
        for (var i = 0; i < characters.Length; i++)
        {
            characters[i] = char.IsControl(characters[i]) ? ' ' : characters[i];
        }

        return new string(characters).Trim();
    }
}
