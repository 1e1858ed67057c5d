using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Buddies.Storage.Sqlite;

/// <summary>One connection with its prepared statements. Not thread-safe: the writer's and the reader's gates guard it.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<SqliteStatement> _statements = [];

    private SqliteDatabase(string path, SqliteConnection connection) => (Path, _connection) = (path, connection);

    public string Path { get; }

    public sqlite3 Handle => _connection.Handle!;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="writable">Whether to open for writing, and to make the file where it is missing.</param>
    /// <param name="busyTimeout">How long to wait for another process's lock.</param>
    /// <exception cref="StoreException">It cannot be opened.</exception>
    public static SqliteDatabase Open(string path, bool writable, TimeSpan busyTimeout)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = writable ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            var database = new SqliteDatabase(path, connection);
            database.Execute($"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}");
            return database;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new StoreException($"{path}: cannot be opened as a SQLite database: {e.Message}", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(Handle, sql, out var handle));
        var statement = new SqliteStatement(this, handle);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs one or more statements whose rows nobody needs.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(Handle, sql));

    /// <summary>Runs a statement once and reads the first column of its first row.</summary>
    public long ReadNumber(string sql)
    {
        Check(raw.sqlite3_prepare_v2(Handle, sql, out var handle));
        using var statement = new SqliteStatement(this, handle);
        return statement.ReadNumber() ?? 0;
    }

    /// <summary>Takes back the open transaction, if SQLite has not done so itself.</summary>
    /// <remarks>Never throws: it runs while another exception is on its way, and a connection that fails here fails at its next use.</remarks>
    public void Rollback()
    {
        foreach (var statement in _statements)
        {
            statement.Reset();
        }

        if (raw.sqlite3_get_autocommit(Handle) == 0)
        {
            _ = raw.sqlite3_exec(Handle, "ROLLBACK");
        }
    }

    public void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw Failure(result);
        }
    }

    /// <summary>The exception for a result code that just came back.</summary>
    public StoreException Failure(int result)
    {
        var reason = raw.sqlite3_errmsg(Handle).utf8_to_string();
        return (result & 0xff) switch
        {
            raw.SQLITE_BUSY => new StoreException($"{Path}: another process is writing to it, and has not finished in the time allowed (SQLite {result}: {reason})") { IsBusy = true },
            raw.SQLITE_NOTADB => new StoreException($"{Path}: is not a Buddies database (SQLite {result}: {reason})"),
            raw.SQLITE_CORRUPT => new StoreException($"{Path}: is damaged (SQLite {result}: {reason})"),
            raw.SQLITE_FULL => new StoreException($"{Path}: the disk is full (SQLite {result}: {reason})"),
            raw.SQLITE_READONLY => new StoreException($"{Path}: cannot be written to (SQLite {result}: {reason})"),
            _ => new StoreException($"{Path}: SQLite {result}: {reason}"),
        };
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }
}
