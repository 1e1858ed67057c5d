using Buddies.Engine.Identifiers;
using Buddies.Storage.Log;
using Buddies.Storage.Privacy;

namespace Buddies.Storage.Sqlite;

/// <summary>The store in one SQLite file: the default, with no service to install.</summary>
/// <remarks>
/// Write-ahead log with <c>synchronous=FULL</c>: whatever has been acknowledged survives <c>kill -9</c> and a power cut.
/// The server and the tool may open one file at a time each; their writes take turns. While an import is open all other
/// writes wait for it: inside this process without limit, from another one for <see cref="SqliteStoreOptions.BusyTimeout"/>.
/// Reads never wait. Texts are stored as UTF-8.
/// </remarks>
public sealed class SqliteStore : IStore
{
    private readonly SqliteWriter _writer;
    private readonly SqliteReader _reader;
    private readonly WalBackfill _backfill;
    private readonly GroupCommit _commits;
    private readonly EventInserter _eventRows;
    private readonly TrackRows _trackRows;
    private readonly PlaylistRows _playlistRows;
    private readonly ImportRows _importRows;
    private readonly LogSegments _segments;
    private readonly Erasure _erasure;
    private SqliteImportSession? _import;
    private int _disposed;

    private SqliteStore(SqliteDatabase writable, SqliteDatabase readable, SqliteDatabase backfill, SqliteStoreOptions options)
    {
        _writer = new SqliteWriter(writable, options);
        _backfill = new WalBackfill(_writer, backfill, options.LogPages);
        _reader = new SqliteReader(readable);
        _eventRows = new EventInserter(_writer);
        _trackRows = new TrackRows(_writer);
        _playlistRows = new PlaylistRows(_writer);
        _importRows = new ImportRows(_writer, options.Clock);
        _segments = new LogSegments(_writer, _reader, options);
        _erasure = new Erasure(_writer, _reader, options.Clock);
        Checkpoints = new SqliteCheckpointStore(_writer, _reader);
        Catalogue = new SqliteCatalogueStore(_writer, _reader, _trackRows, _playlistRows, options.ReadPageRows);
        var doorman = new SqliteDoormanStore(_writer, _reader);
        Doorman = doorman;
        Models = new SqliteModelRegistry(_writer, _reader, doorman, options.Clock);
        Friendships = new SqliteFriendshipStore(_reader, options.ReadPageRows);
        Settings = new SqliteSettingStore(_writer, _reader);
        Privacy = new SqlitePrivacyStore(_writer, _reader);
        var appends = new SqliteAppends(_writer, _eventRows, _segments);
        _commits = new GroupCommit(appends.WriteAsync, options.GroupCommitEvents, options.QueuedAppends, blocks: true);
        Events = new SqliteEventLog(_reader, _commits, _segments, options.ReadPageRows);
    }

    /// <inheritdoc/>
    public IEventLog Events { get; }

    /// <inheritdoc/>
    public ICheckpointStore Checkpoints { get; }

    /// <inheritdoc/>
    public ICatalogueStore Catalogue { get; }

    /// <inheritdoc/>
    public IModelRegistry Models { get; }

    /// <inheritdoc/>
    public IDoormanStore Doorman { get; }

    /// <inheritdoc/>
    public IFriendshipStore Friendships { get; }

    /// <inheritdoc/>
    public ISettingStore Settings { get; }

    /// <inheritdoc/>
    public IPrivacyStore Privacy { get; }

    /// <summary>Opens a database file, making it and its folder where they are missing, and brings its schema up to date.</summary>
    /// <param name="path">The file, usually <c>DIR/buddies.db</c>; two more appear beside it (<c>-wal</c>, <c>-shm</c>).</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Cancels before the file is touched.</param>
    /// <exception cref="StoreException">
    /// It cannot be opened or written, is not a Buddies database, or was written by a newer version. The message names the file.
    /// </exception>
    public static Task<SqliteStore> OpenAsync(
        string path,
        SqliteStoreOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Task.Run(() => Open(Path.GetFullPath(path), options ?? new SqliteStoreOptions()), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IImportSession> BeginImportAsync(string source, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        await _writer.BeginAsync(
            () =>
            {
                _segments.BeginWhenDue();
                _eventRows.Begin();
            },
            cancellationToken).ConfigureAwait(false);
        _import = new SqliteImportSession(_writer, _eventRows, _trackRows, _playlistRows, _importRows, source);
        return _import;
    }

    /// <inheritdoc/>
    public async ValueTask EraseAsync(UserId user, CancellationToken cancellationToken) =>
        await _erasure.EraseAsync(user, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask ScrubAsync() => await _writer.EmptyLogAsync().ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<bool> WasErasedAsync(UserId user, CancellationToken cancellationToken) =>
        await _erasure.WasErasedAsync(user, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<ErasedListeners> ErasedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        new(await _erasure.ErasedSinceAsync(since, cancellationToken).ConfigureAwait(false));

    /// <summary>Takes an open import back, writes the appends that wait, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_import is { } import)
        {
            await import.DisposeAsync().ConfigureAwait(false);
        }

        await _commits.DisposeAsync().ConfigureAwait(false);
        _backfill.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }

    private static SqliteStore Open(string path, SqliteStoreOptions options)
    {
        SqliteDatabase? writable = null;
        SqliteDatabase? readable = null;
        SqliteDatabase? backfill = null;
        try
        {
            writable = SqliteFile.OpenWriter(path, options);
            readable = SqliteFile.OpenReader(path, options);
            backfill = SqliteFile.OpenBackfill(path, options);
            return new SqliteStore(writable, readable, backfill, options);
        }
        catch
        {
            backfill?.Dispose();
            readable?.Dispose();
            writable?.Dispose();
            throw;
        }
    }
}
