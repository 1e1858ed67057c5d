namespace Buddies.Storage.Sqlite;

/// <summary>The one connection that writes, and the gate in front of it.</summary>
/// <remarks>
/// SQLite allows one writer at a time. Inside this process the gate queues them without polling; between processes
/// <c>BEGIN IMMEDIATE</c> takes the lock at once, so that a transaction never fails half way for want of it.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SqliteStatement _dataVersion;
    private readonly string _restoreBusyTimeout;
    private long _seenDataVersion = -1;

    public SqliteWriter(SqliteDatabase database, SqliteStoreOptions options)
    {
        Database = database;
        Users = new IdNumbers(database, "users", options.CachedIds);
        Tracks = new IdNumbers(database, "track_ids", options.CachedIds);
        Playlists = new IdNumbers(database, "playlist_ids", options.CachedIds);
        _restoreBusyTimeout = $"PRAGMA busy_timeout = {(long)options.BusyTimeout.TotalMilliseconds}";
        _dataVersion = database.Prepare("PRAGMA data_version");
    }

    public SqliteDatabase Database { get; }

    /// <summary>Called after each commit, with the gate closed. Must not throw: the commit has happened.</summary>
    public Action? Committed { get; set; }

    /// <summary>Held while the log is moved, and taken before the gate: SQLite lets the second of two moves fail at once.</summary>
    public SemaphoreSlim Moving { get; } = new(1, 1);

    public IdNumbers Users { get; }

    public IdNumbers Tracks { get; }

    public IdNumbers Playlists { get; }

    /// <summary>Runs work in one durable transaction on a pool thread.</summary>
    /// <param name="work">What to do; an exception from it takes everything back.</param>
    /// <param name="cancellationToken">Cancels while waiting for the gate; the transaction itself is carried through.</param>
    public async Task<T> WriteAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => InTransaction(work), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The same for work without a result.</summary>
    public Task WriteAsync(Action work, CancellationToken cancellationToken) => WriteAsync(
        () =>
        {
            work();
            return true;
        },
        cancellationToken);

    /// <summary>The same on the calling thread, which waits for the gate.</summary>
    public T Write<T>(Func<T> work)
    {
        _gate.Wait();
        try
        {
            return InTransaction(work);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes the gate and begins a transaction that the caller ends with <see cref="End"/>.</summary>
    /// <param name="first">The transaction's first work.</param>
    /// <param name="cancellationToken">Cancels while waiting for the gate.</param>
    public async Task BeginAsync(Action first, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.Run(
                () =>
                {
                    Begin();
                    first();
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            Rollback();
            _gate.Release();
            throw;
        }
    }

    /// <summary>Ends the transaction of <see cref="BeginAsync"/> and opens the gate, also when the commit fails.</summary>
    public void End(bool commit)
    {
        try
        {
            if (commit)
            {
                Database.Execute("COMMIT");
                Committed?.Invoke();
            }
            else
            {
                Rollback();
            }
        }
        catch
        {
            Rollback();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Runs work between two transactions on the calling thread, which waits for the gate.</summary>
    public void Between(Action work, CancellationToken cancellationToken)
    {
        _gate.Wait(cancellationToken);
        try
        {
            work();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Moves the write-ahead log into the file and empties it, as far as others let it within a second.</summary>
    public async Task EmptyLogAsync()
    {
        await Moving.WaitAsync().ConfigureAwait(false);
        try
        {
            await Task.Run(() => Between(
                () =>
                {
                    Database.Execute("PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)");
                    Database.Execute(_restoreBusyTimeout);
                },
                CancellationToken.None)).ConfigureAwait(false);
        }
        finally
        {
            Moving.Release();
        }
    }

    public void Dispose()
    {
        Database.Dispose();
        Moving.Dispose();
        _gate.Dispose();
    }

    private T InTransaction<T>(Func<T> work)
    {
        try
        {
            Begin();
            var result = work();
            Database.Execute("COMMIT");
            Committed?.Invoke();
            return result;
        }
        catch
        {
            Rollback();
            throw;
        }
    }

    private void Begin()
    {
        Database.Execute("BEGIN IMMEDIATE");
        var dataVersion = _dataVersion.ReadNumber() ?? 0;
        if (dataVersion != _seenDataVersion)
        {
            // Another connection has written since; it may have erased somebody whose number is remembered here.
            _seenDataVersion = dataVersion;
            ForgetIds();
        }
    }

    private void Rollback()
    {
        Database.Rollback();
        ForgetIds();
    }

    /// <summary>Drops the remembered numbers; the next use reads them again.</summary>
    public void ForgetIds()
    {
        Users.Forget();
        Tracks.Forget();
        Playlists.Forget();
    }
}
