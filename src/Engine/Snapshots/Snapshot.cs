using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Snapshots;

/// <summary>One immutable model version, memory-mapped from its folder and verified in full when it was opened.</summary>
/// <remarks>
/// Safe for concurrent use. Spans point into the mapping: whoever reads on another thread than the one that disposes
/// takes a reference first and gives it back afterwards, and the files stay mapped until the last reference is gone.
/// After that every member that reads them throws <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed partial class Snapshot : IDisposable
{
    private readonly SnapshotFiles _files;
    private readonly SnapshotHold _hold;
    private readonly MappedIds _trackIds;
    private readonly MappedIds _playlistIds;
    private readonly MappedIds _userIds;
    private readonly double[] _scaledGram;
    private readonly HolderCount _holders = new();
    private int _disposed;

    private Snapshot(string folder, SnapshotManifest manifest, string manifestSha256, SnapshotFiles files, SnapshotHold hold, Action? pause)
    {
        _hold = hold;
        Folder = folder;
        Manifest = manifest;
        ManifestSha256 = manifestSha256;
        _files = files;
        _trackIds = new MappedIds(files[SnapshotFormat.TrackIds], manifest.TrackCount);
        _playlistIds = new MappedIds(files[SnapshotFormat.PlaylistIds], manifest.PlaylistCount);
        _userIds = new MappedIds(files[SnapshotFormat.UserIds], manifest.UserCount);
        Check(pause);
        _scaledGram = new double[Vectors.SymmetricKernels.LengthOf(Dimension)];
        FoldIn.ComputeScaledGram(TrackFactors, Dimension, manifest.UnobservedWeight, _scaledGram, pause);
    }

    /// <summary>Where its files are.</summary>
    public string Folder { get; }

    /// <summary>What it is.</summary>
    public SnapshotManifest Manifest { get; }

    /// <summary>SHA-256 of its manifest, lower-case hexadecimal.</summary>
    public string ManifestSha256 { get; }

    /// <summary>The model version.</summary>
    public SnapshotVersion Version => new(Manifest.Version);

    /// <summary>Columns of every factor matrix, d.</summary>
    public int Dimension => Manifest.Dimension;

    /// <summary>Rows of the track factors.</summary>
    public int TrackCount => Manifest.TrackCount;

    /// <summary>Rows of the playlist factors.</summary>
    public int PlaylistCount => Manifest.PlaylistCount;

    /// <summary>Rows of the user vectors.</summary>
    public int UserCount => Manifest.UserCount;

    /// <summary>The constants of the model's user solve.</summary>
    public FoldInParameters FoldInParameters =>
        new(Manifest.UnobservedWeight, Manifest.Regularization, Manifest.RegularizationExponent);

    /// <summary>α₀·YᵀY of the track factors, in the layout of <see cref="Vectors.SymmetricKernels"/>, [d × stride].</summary>
    public ReadOnlySpan<double> ScaledGram => _scaledGram;

    /// <summary>Y, row-major, [tracks × d].</summary>
    public ReadOnlySpan<float> TrackFactors => Floats(SnapshotFormat.TrackFactors, (long)TrackCount * Dimension);

    /// <summary>[tracks], the share of listeners that a fact of theirs speaks for the track.</summary>
    public ReadOnlySpan<float> TrackPopularity => Floats(SnapshotFormat.TrackPopularity, TrackCount);

    /// <summary>[tracks], what the confidence of a fact about the track is multiplied by before the solve.</summary>
    public ReadOnlySpan<float> TrackWeights => Floats(SnapshotFormat.TrackWeights, TrackCount);

    /// <summary>Row-major, [playlists × d].</summary>
    public ReadOnlySpan<float> PlaylistFactors => Floats(SnapshotFormat.PlaylistFactors, (long)PlaylistCount * Dimension);

    /// <summary>Row-major, [users × d]; as of the watermark.</summary>
    public ReadOnlySpan<float> UserVectors => Floats(SnapshotFormat.UserVectors, (long)UserCount * Dimension);

    /// <summary>What a fact about one track says of others, beside the factors; none in a model of factors alone.</summary>
    public TrackLinks Links
    {
        get
        {
            if (Manifest.Links is not { } parameters)
            {
                return default;
            }

            var file = _files[SnapshotFormat.TrackLinks];
            var (offsetBytes, entries) = ((TrackCount + 1L) * sizeof(long), parameters.Entries);
            return new TrackLinks(
                file.Values<long>(0, TrackCount + 1L),
                file.Values<int>(offsetBytes, entries),
                file.Values<float>(offsetBytes + (entries * sizeof(int)), entries),
                parameters);
        }
    }

    /// <summary>
    /// Row-major, [playlists × (d + 1)]: for each playlist what a listener's unit vector is multiplied by, and a bias; empty where none was trained.
    /// </summary>
    public ReadOnlySpan<float> PlaylistRanker =>
        _files.Find(SnapshotFormat.PlaylistRanker) is { } file ? file.Values<float>(0, PlaylistCount * (Dimension + 1L)) : [];

    /// <summary>The factors of a track, [d].</summary>
    public ReadOnlySpan<float> TrackFactor(int row) => TrackFactors.Slice(row * Dimension, Dimension);

    /// <summary>The factors of a playlist, [d].</summary>
    public ReadOnlySpan<float> PlaylistFactor(int row) => PlaylistFactors.Slice(row * Dimension, Dimension);

    /// <summary>The vector of a user as of the watermark, [d].</summary>
    public ReadOnlySpan<float> UserVector(int row) => UserVectors.Slice(row * Dimension, Dimension);

    /// <summary>The id of a track.</summary>
    public TrackId TrackId(int row) => new(_trackIds[row]);

    /// <summary>The id of a playlist.</summary>
    public PlaylistId PlaylistId(int row) => new(_playlistIds[row]);

    /// <summary>The id of a user.</summary>
    public UserId UserId(int row) => new(_userIds[row]);

    /// <summary>No id is longer, in characters.</summary>
    public const int LongestId = 4 * Events.EventRules.MaxIdLength;

    /// <summary>The id of a user, without a string made for it.</summary>
    /// <param name="row">The user.</param>
    /// <param name="id">Destination, of <see cref="LongestId"/> or longer.</param>
    /// <returns>How many characters it has.</returns>
    public int CopyUserId(int row, Span<char> id) => _userIds.Copy(row, id);

    /// <summary>The different tracks of a playlist as the model was trained on it.</summary>
    /// <param name="row">The playlist.</param>
    /// <param name="rows">Track rows, ascending.</param>
    /// <param name="times">How often each stands in it.</param>
    public void PlaylistTracks(int row, out ReadOnlySpan<int> rows, out ReadOnlySpan<int> times)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, PlaylistCount);
        var file = _files[SnapshotFormat.PlaylistTracks];
        var offsets = file.Values<long>(0, PlaylistCount + 1L);
        var (start, count, entries) = (offsets[row], offsets[row + 1] - offsets[row], offsets[^1]);
        var rowsStart = (PlaylistCount + 1L) * sizeof(long);
        rows = file.Values<int>(rowsStart + (start * sizeof(int)), count);
        times = file.Values<int>(rowsStart + ((entries + start) * sizeof(int)), count);
    }

    /// <summary>Makes the map of the listeners' cells.</summary>
    /// <param name="pause">Called between pieces of work of well under a millisecond, and may rest; null for nobody.</param>
    /// <returns>A map of its own, which stays good without the files; one cell for a snapshot older than cells.</returns>
    public CellMap MakeCellMap(Action? pause = null) =>
        _files.Find(SnapshotFormat.Cells) is { } file ? SnapshotCells.Read(file, Dimension, pause) : CellMap.OneCell(Dimension);

    /// <summary>The rows of the users of a cell, next to each other; those without a vector are in none.</summary>
    /// <param name="cell">A cell of <see cref="MakeCellMap"/>.</param>
    /// <returns>Null in a snapshot older than version 3: its users are not grouped.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such cell.</exception>
    public Range? UsersOf(int cell)
    {
        if (_files.Find(SnapshotFormat.UserCells) is not { } file)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(cell);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cell, file.Bytes / sizeof(long) - 1);
        var offsets = file.Values<long>(cell * (long)sizeof(long), 2);
        return (int)offsets[0]..(int)offsets[1];
    }

    /// <summary>Keeps the files mapped until <see cref="RemoveReference"/>.</summary>
    /// <returns>False when they are gone already.</returns>
    public bool TryAddReference() => _holders.TryAdd();

    /// <summary>Gives a reference back; the last one unmaps the files.</summary>
    public void RemoveReference()
    {
        if (_holders.Remove())
        {
            _files.Dispose();
            _hold.Dispose();
        }
    }

    /// <summary>Gives back the owner's reference, once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            RemoveReference();
        }
    }

    /// <summary>
    /// Takes what only preparing reads (ids, listeners' and playlists' vectors, contents) out of the process's memory. It stays mapped, and
    /// is read as before; the system keeps the files as long as it has room.
    /// </summary>
    public void LetGo() => _files.LetGo(SnapshotFormat.TrackFactors, SnapshotFormat.TrackPopularity, SnapshotFormat.TrackWeights);

    /// <summary>Takes listeners' vectors that were read out of the process's memory, as <see cref="LetGo"/> does.</summary>
    /// <param name="fromRow">The first row.</param>
    /// <param name="toRow">The row behind the last; what does not fill a part of the file stays for the next call.</param>
    public void LetGoOfUserVectors(int fromRow, int toRow)
    {
        const long Part = MappedFile.ChunkBytes;
        var rowBytes = (long)Dimension * sizeof(float);
        var from = fromRow * rowBytes / Part * Part;
        _files[SnapshotFormat.UserVectors].LetGo(from, (toRow * rowBytes / Part * Part) - from);
    }

    private ReadOnlySpan<float> Floats(string name, long count) => _files[name].Values<float>(0, count);
}
