namespace Buddies.Storage.Sqlite;

/// <summary>Turns the numbers of one sort of ids back into text for the length of one reading.</summary>
/// <remarks>One string for an id, however often it is read. A number is never given to another id, so nothing here can name the wrong one.</remarks>
internal sealed class IdTexts(SqliteStatement find)
{
    private const int Capacity = 1 << 20;

    private readonly Dictionary<long, string> _known = [];

    /// <summary>A statement for the given table, to be prepared once and shared by readings under the same gate.</summary>
    public static string Sql(string table) => $"SELECT id FROM {table} WHERE no = ?1";

    /// <summary>The id that has a number.</summary>
    /// <exception cref="StoreException">No id has it: the database is damaged.</exception>
    public string this[long number]
    {
        get
        {
            if (_known.TryGetValue(number, out var id))
            {
                return id;
            }

            if (!find.Bind(1, number).Step())
            {
                throw new StoreException($"the database is damaged: a row names id number {number}, which does not exist");
            }

            id = find.Text(0);
            find.Reset();
            if (_known.Count >= Capacity)
            {
                _known.Clear();
            }

            _known.Add(number, id);
            return id;
        }
    }
}
