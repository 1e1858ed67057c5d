using System.Runtime.CompilerServices;

namespace Buddies.Storage.Sqlite;

/// <summary>The one connection that only reads, and the gate in front of it. Never waits for a writer.</summary>
internal sealed class SqliteReader(SqliteDatabase database) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public SqliteDatabase Database => database;

    /// <summary>Runs reads in one short transaction, which sees one state of the database, on a pool thread.</summary>
    public async Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => InTransaction(read), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Streams rows page by page. Between pages nothing is held: neither the gate nor a transaction.</summary>
    /// <param name="readPage">Fills the list with the rows that follow the last ones; adds none at the end.</param>
    /// <param name="cancellationToken">Stops the stream.</param>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        Action<List<T>> readPage,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new List<T>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            page.Clear();
            await ReadAsync(
                () =>
                {
                    readPage(page);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (var row in page)
            {
                yield return row;
            }
        }
    }

    public void Dispose()
    {
        database.Dispose();
        _gate.Dispose();
    }

    private T InTransaction<T>(Func<T> read)
    {
        database.Execute("BEGIN");
        try
        {
            var result = read();
            database.Execute("COMMIT");
            return result;
        }
        catch
        {
            database.Rollback();
            throw;
        }
    }
}
