using System.Text;
using SQLitePCL;

namespace Buddies.Storage.Sqlite;

/// <summary>A prepared statement, reused for ever: bind, step, read. No allocation per row but for the text that is read.</summary>
/// <remarks>
/// Thinner than <c>SqliteCommand</c> on purpose: an event has twelve parameters, and boxing them costs more than the
/// insert itself. Not thread-safe; whoever uses it holds the connection's gate. Parameters count from 1, columns from 0.
/// </remarks>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt handle) : IDisposable
{
    private byte[] _utf8 = new byte[512];

    /// <summary>Binds a number, or null.</summary>
    public SqliteStatement Bind(int parameter, long? value)
    {
        database.Check(value is { } number
            ? raw.sqlite3_bind_int64(handle, parameter, number)
            : raw.sqlite3_bind_null(handle, parameter));
        return this;
    }

    /// <summary>Binds a text, or null.</summary>
    public SqliteStatement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            database.Check(raw.sqlite3_bind_null(handle, parameter));
        }
        else if (value.Length == 0)
        {
            // An empty span has no address, and SQLite takes a text without an address for null.
            database.Check(raw.sqlite3_bind_text(handle, parameter, string.Empty));
        }
        else
        {
            var needed = Encoding.UTF8.GetMaxByteCount(value.Length);
            if (_utf8.Length < needed)
            {
                _utf8 = new byte[needed];
            }

            var bytes = Encoding.UTF8.GetBytes(value, _utf8);
            database.Check(raw.sqlite3_bind_text(handle, parameter, _utf8.AsSpan(0, bytes)));
        }

        return this;
    }

    /// <summary>Binds bytes, never null.</summary>
    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        database.Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(handle, parameter, 0)
            : raw.sqlite3_bind_blob(handle, parameter, value));
        return this;
    }

    /// <summary>Moves to the next row.</summary>
    /// <returns>False at the end; the statement is then ready for the next use.</returns>
    public bool Step()
    {
        var result = raw.sqlite3_step(handle);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        if (result != raw.SQLITE_DONE)
        {
            var failure = database.Failure(result);
            Reset();
            throw failure;
        }

        Reset();
        return false;
    }

    /// <summary>Runs to the end.</summary>
    /// <returns>How many rows an insert, update or delete touched.</returns>
    public int Run()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(database.Handle);
    }

    /// <summary>The first column of the first row as a number.</summary>
    /// <returns>Null without a row, or where it holds null.</returns>
    public long? ReadNumber()
    {
        if (!Step())
        {
            return null;
        }

        var value = NullableNumber(0);
        Reset();
        return value;
    }

    /// <summary>Ends a use that has not run to the end; gives up the read transaction that it held.</summary>
    public void Reset() => _ = raw.sqlite3_reset(handle);

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public long? NullableNumber(int column) =>
        raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public string? NullableText(int column) =>
        raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : Text(column);

    /// <summary>A blob's bytes; valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose() => handle.Dispose();
}
