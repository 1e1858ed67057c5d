namespace Buddies.Training.Import;

/// <summary>What an import did.</summary>
public sealed record ImportReport
{
    /// <summary>Which importer.</summary>
    public required string Source { get; init; }

    /// <summary>Every file that was read, in order.</summary>
    public required IReadOnlyList<FileReport> Files { get; init; }

    /// <summary>Events that are new in the log.</summary>
    public required long Events { get; init; }

    /// <summary>Events that the log had already, or that stood twice in the dataset.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Different listeners with at least one valid event.</summary>
    public required int Users { get; init; }

    /// <summary>Different items.</summary>
    public required int Items { get; init; }

    /// <summary>Different playlists.</summary>
    public required int Playlists { get; init; }

    /// <summary>Different friendships.</summary>
    public required int Friendships { get; init; }

    /// <summary>The first malformed line; null when there is none.</summary>
    public BadLine? FirstBadLine { get; init; }

    /// <summary>How well artists' names joined with the catalogue; null where nothing is joined.</summary>
    public MatchRate? MatchRate { get; init; }

    /// <summary>Known quirks of the dataset and decisions of the importer, each with a count.</summary>
    public required IReadOnlyList<ImportNote> Notes { get; init; }

    /// <summary>How long it took, the commit included.</summary>
    public double Seconds { get; init; }

    /// <summary>Rows of all files.</summary>
    public long RowsRead => Files.Sum(file => file.RowsRead);

    /// <summary>Rows of all files that took effect.</summary>
    public long RowsImported => Files.Sum(file => file.RowsImported);

    /// <summary>Rows of all files that were left out.</summary>
    public long RowsSkipped => Files.Sum(file => file.RowsSkipped);
}

/// <summary>What was found in one file. A row is a line; in a playlist file, an entry of a playlist.</summary>
/// <param name="Name">The file's name without its folder.</param>
/// <param name="RowsRead">Rows without the header.</param>
/// <param name="RowsImported">Rows that took effect; of a duplicate event too.</param>
/// <param name="RowsSkipped">Rows left out: the malformed ones and the known quirks.</param>
/// <param name="BadRows">The malformed ones among those left out.</param>
public sealed record FileReport(string Name, long RowsRead, long RowsImported, long RowsSkipped, long BadRows);

/// <summary>A malformed line.</summary>
/// <param name="File">The file's name without its folder.</param>
/// <param name="Line">Counted from 1, the header included.</param>
/// <param name="ByteOffset">Where the line, or in JSON the faulty token, begins in the (unpacked) file, from 0.</param>
/// <param name="Problem">What was expected and what came.</param>
/// <param name="Excerpt">At most 80 characters of it.</param>
public sealed record BadLine(string File, long Line, long ByteOffset, string Problem, string Excerpt)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}, line {Line} (byte {ByteOffset}): {Problem}: {Excerpt}";
}

/// <summary>Something worth knowing that is no error.</summary>
/// <param name="What">In words.</param>
/// <param name="Count">How often.</param>
public sealed record ImportNote(string What, long Count);

/// <summary>How well the names of a dataset's artists joined with the artists that the catalogue held before the import.</summary>
/// <param name="Artists">Different artist keys in the dataset.</param>
/// <param name="MatchedArtists">Those that the catalogue held.</param>
/// <param name="Entries">Playlist entries.</param>
/// <param name="MatchedEntries">Those whose artist the catalogue held.</param>
/// <param name="CatalogueArtists">Artists that the catalogue held.</param>
public sealed record MatchRate(int Artists, int MatchedArtists, long Entries, long MatchedEntries, int CatalogueArtists)
{
    /// <summary>Matched artists by artists, 0 to 1; 0 when there are none.</summary>
    public double OfArtists => Artists == 0 ? 0 : (double)MatchedArtists / Artists;

    /// <summary>Matched entries by entries, 0 to 1; 0 when there are none.</summary>
    public double OfEntries => Entries == 0 ? 0 : (double)MatchedEntries / Entries;

    /// <summary>The catalogue's artists that the dataset names, 0 to 1; 0 when the catalogue had none.</summary>
    public double OfCatalogue => CatalogueArtists == 0 ? 0 : (double)MatchedArtists / CatalogueArtists;
}
