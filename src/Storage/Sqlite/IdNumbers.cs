namespace Buddies.Storage.Sqlite;

/// <summary>Gives the ids of one sort their numbers, making new ones as ids first appear.</summary>
/// <remarks>
/// The memory is bounded and exact: forgotten whole when full, when a transaction is taken back (its numbers never
/// were), and when another connection has written (it may have erased somebody).
/// </remarks>
internal sealed class IdNumbers(SqliteDatabase database, string table, int capacity)
{
    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);
    private readonly SqliteStatement _find = database.Prepare($"SELECT no FROM {table} WHERE id = ?1");
    private readonly SqliteStatement _add = database.Prepare($"INSERT INTO {table} (id) VALUES (?1) RETURNING no");

    /// <summary>The id's number; a new one when it has none.</summary>
    public long GetOrAdd(string id)
    {
        if (_known.TryGetValue(id, out var number))
        {
            return number;
        }

        number = _find.Bind(1, id).ReadNumber() ?? Add(id);
        Remember(id, number);
        return number;
    }

    /// <summary>The id's number; null when it has none.</summary>
    public long? Find(string id) => _known.TryGetValue(id, out var number) ? number : _find.Bind(1, id).ReadNumber();

    public void Forget() => _known.Clear();

    private long Add(string id)
    {
        _add.Bind(1, id).Step();
        var number = _add.Number(0);
        _ = _add.Run();
        return number;
    }

    private void Remember(string id, long number)
    {
        if (_known.Count >= capacity)
        {
            _known.Clear();
        }

        _known.Add(id, number);
    }
}
