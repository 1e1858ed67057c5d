using System.Globalization;

namespace Buddies.Storage.Sqlite;

/// <summary>Opens the two connections with the settings that the store's promises rest on.</summary>
internal static class SqliteFile
{
    /// <summary>Opens a file for writing and brings its schema up to date.</summary>
    public static SqliteDatabase OpenWriter(string path, SqliteStoreOptions options)
    {
        MakeFolder(path);
        var database = SqliteDatabase.Open(path, writable: true, options.BusyTimeout);
        try
        {
            // Before the first write: a file that is not ours stays as it was.
            Migrator.Refuse(database, Migrations.All.Count);
            UseWriteAheadLog(database, options);

            // FULL: every commit is synced before it is acknowledged; fullfsync asks the same of macOS, whose fsync does
            // not reach the disk. secure_delete: what is erased is overwritten. WalBackfill moves the log into the file
            // beside the writer; only where that fails for long does a commit do it. It is cut back to 128 MiB after an
            // import has made it long.
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"""
                PRAGMA synchronous = FULL;
                PRAGMA fullfsync = ON;
                PRAGMA foreign_keys = ON;
                PRAGMA secure_delete = ON;
                PRAGMA temp_store = MEMORY;
                PRAGMA wal_autocheckpoint = {4 * options.LogPages};
                PRAGMA journal_size_limit = {128 << 20};
                PRAGMA cache_size = -{options.WriterCacheKiB};
                """));
            Migrator.Run(database, Migrations.All);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that exists for moving its write-ahead log.</summary>
    public static SqliteDatabase OpenBackfill(string path, SqliteStoreOptions options)
    {
        var database = SqliteDatabase.Open(path, writable: true, options.BusyTimeout);
        try
        {
            database.Execute("PRAGMA synchronous = FULL; PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 0");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that exists for reading alone.</summary>
    public static SqliteDatabase OpenReader(string path, SqliteStoreOptions options)
    {
        var database = SqliteDatabase.Open(path, writable: false, options.BusyTimeout);
        try
        {
            // Only the reader maps the file: a torn disk then costs a read, never a write.
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"""
                PRAGMA query_only = ON;
                PRAGMA cache_size = -{options.ReaderCacheKiB};
                PRAGMA mmap_size = {options.ReaderMapBytes};
                """));
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static void MakeFolder(string path)
    {
        try
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path}: its folder cannot be made: {e.Message}", e);
        }
    }

    // The change of mode does not wait for locks by itself, so two processes that make one file at once must try again.
    private static void UseWriteAheadLog(SqliteDatabase database, SqliteStoreOptions options)
    {
        var started = options.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                database.Execute("PRAGMA journal_mode = WAL");
                return;
            }
            catch (StoreException e) when (e.IsBusy && options.Clock.GetElapsedTime(started) < options.BusyTimeout)
            {
                Thread.Sleep(10);
            }
        }
    }
}
