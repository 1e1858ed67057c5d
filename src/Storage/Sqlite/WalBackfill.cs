using SQLitePCL;

namespace Buddies.Storage.Sqlite;

/// <summary>Moves SQLite's write-ahead log into the file beside the writer, so that no commit does it while callers wait.</summary>
/// <remarks>
/// SQLite begins its log anew when a commit finds all of it moved. So a connection and a thread of their own move nearly
/// everything while the writer writes on, and then the writer's connection, with its gate closed, the little that came
/// meanwhile. Where this fails, as on a full disk, the log goes on growing; from four times the size on SQLite tries in
/// each commit.
/// </remarks>
internal sealed class WalBackfill : IDisposable
{
    private const string Passive = "PRAGMA wal_checkpoint(PASSIVE)";

    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE: pages that a connection has written to the log so far.</summary>
    private const int PagesWritten = 9;

    private readonly SqliteWriter _writer;
    private readonly SqliteDatabase _database;
    private readonly int _duePages;
    private readonly SemaphoreSlim _due = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;
    private int _moved;
    private int _isDue;

    /// <param name="writer">Whose log to move.</param>
    /// <param name="database">A connection of its own to the same file; owned.</param>
    /// <param name="duePages">Pages in the log before it is moved.</param>
    public WalBackfill(SqliteWriter writer, SqliteDatabase database, int duePages)
    {
        (_writer, _database, _duePages) = (writer, database, duePages);
        _moved = -PagesLeft(database.Path);
        _writer.Committed = NoteCommit;
        _thread = new Thread(Run) { IsBackground = true, Name = "Buddies SQLite log" };
        _thread.Start();
    }

    /// <summary>Waits for a move that is under way, a fraction of a second.</summary>
    public void Dispose()
    {
        _writer.Committed = null;
        _stopping.Cancel();
        _thread.Join();
        _database.Dispose();
        _stopping.Dispose();
        _due.Dispose();
    }

    /// <summary>Pages that a process which died may have left in the log.</summary>
    private static int PagesLeft(string path)
    {
        const int pageBytes = 4096;
        var log = new FileInfo(path + "-wal");
        return log.Exists ? (int)Math.Min(log.Length / pageBytes, int.MaxValue) : 0;
    }

    private void NoteCommit()
    {
        // The count is of 32 bits and may turn over; the difference does not mind.
        if (raw.sqlite3_db_status(_writer.Database.Handle, PagesWritten, out var written, out _, 0) == raw.SQLITE_OK
            && unchecked(written - _moved) >= _duePages
            && Interlocked.Exchange(ref _isDue, 1) == 0)
        {
            _moved = written;
            _due.Release();
        }
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                _due.Wait(_stopping.Token);
                Move();
                Volatile.Write(ref _isDue, 0);
            }
        }
        catch (OperationCanceledException)
        {
            // The store closes, and with its last connection SQLite moves what is left.
        }
    }

    private void Move()
    {
        _writer.Moving.Wait(_stopping.Token);
        try
        {
            _database.Execute(Passive);
            _database.Execute(Passive); // What was written during the first, which is less.
            _writer.Between(() => _writer.Database.Execute(Passive), _stopping.Token);
        }
        catch (StoreException)
        {
            // Nothing is lost: the log holds it all, and the next move tries again.
        }
        finally
        {
            _writer.Moving.Release();
        }
    }
}
