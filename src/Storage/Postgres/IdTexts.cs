using Npgsql;
using NpgsqlTypes;

namespace Buddies.Storage.Postgres;

/// <summary>The ids that belong to numbers, remembered for as long as one reading lasts.</summary>
internal sealed class IdTexts(string table)
{
    private const int Capacity = 262_144;

    private readonly string _find = $"SELECT no, id FROM {table} WHERE no = ANY($1)";
    private readonly Dictionary<long, string> _known = [];

    /// <summary>The id that has a number, which <see cref="ResolveAsync"/> has seen last.</summary>
    /// <exception cref="StoreException">No id has it: the database is damaged.</exception>
    public string this[long number] => _known.TryGetValue(number, out var id)
        ? id
        : throw new StoreException($"the database is damaged: a row names number {number} of {table}, which does not exist");

    /// <summary>Reads the ids of a page's numbers that are not remembered.</summary>
    public async Task ResolveAsync(NpgsqlConnection connection, IReadOnlyCollection<long> numbers, CancellationToken cancellationToken)
    {
        if (_known.Count > Capacity)
        {
            _known.Clear();
        }

        var missing = numbers.Where(n => !_known.ContainsKey(n)).Distinct().ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(_find, connection)
        {
            Parameters = { new() { Value = missing, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint } },
        };
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            _known[rows.GetInt64(0)] = rows.GetString(1);
        }
    }
}
