using Buddies.Engine.Identifiers;
using Npgsql;
using NpgsqlTypes;

namespace Buddies.Storage.Postgres;

/// <summary>Gives the ids of one sort their numbers, making new ones as ids first appear; many ids in three commands.</summary>
/// <remarks>
/// The memory is bounded and exact: its owner forgets it whole when a transaction is taken back (its numbers never were)
/// and when somebody was erased. Ids are added in their ordinal order, so that two transactions never wait for each other.
/// </remarks>
internal sealed class IdNumbers(string table, int capacity)
{
    private readonly string _find = $"SELECT id, no FROM {table} WHERE id = ANY($1)";
    private readonly string _add = table == "users"
        ? """
            INSERT INTO users (no, id) SELECT nextval('user_numbers') * 64 + n.partition, n.id
            FROM unnest($1::text[], $2::int[]) AS n (id, partition) ORDER BY n.id COLLATE "C"
            ON CONFLICT (id) DO NOTHING RETURNING id, no
            """
        : $"""
            INSERT INTO {table} (id) SELECT n.id FROM unnest($1::text[]) AS n (id) ORDER BY n.id COLLATE "C"
            ON CONFLICT (id) DO NOTHING RETURNING id, no
            """;

    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);

    /// <summary>The number of an id that <see cref="ResolveAsync"/> has seen last.</summary>
    public long this[string id] => _known[id];

    /// <summary>Sees to it that every id has a number.</summary>
    public async Task ResolveAsync(NpgsqlConnection connection, IEnumerable<string> ids)
    {
        var missing = Missing(ids);
        if (missing.Length == 0)
        {
            return;
        }

        if (_known.Count + missing.Length > capacity)
        {
            _known.Clear();
            missing = Missing(ids);
        }

        // Most ids that are not remembered exist; those that do not are added; and of those another transaction may be first.
        await ReadAsync(connection, _find, missing, withPartitions: false).ConfigureAwait(false);
        if ((missing = Missing(missing)).Length > 0)
        {
            await ReadAsync(connection, _add, missing, withPartitions: table == "users").ConfigureAwait(false);
        }

        if ((missing = Missing(missing)).Length > 0)
        {
            await ReadAsync(connection, _find, missing, withPartitions: false).ConfigureAwait(false);
        }
    }

    public void Forget() => _known.Clear();

    private string[] Missing(IEnumerable<string> ids)
    {
        HashSet<string>? missing = null;
        foreach (var id in ids)
        {
            if (!_known.ContainsKey(id))
            {
                (missing ??= new HashSet<string>(StringComparer.Ordinal)).Add(id);
            }
        }

        return missing is null ? [] : [.. missing];
    }

    private async Task ReadAsync(NpgsqlConnection connection, string sql, string[] ids, bool withPartitions)
    {
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } },
        };
        if (withPartitions)
        {
            command.Parameters.Add(new() { Value = Array.ConvertAll(ids, id => EventPartitions.Of(new UserId(id))) });
        }

        await using var rows = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await rows.ReadAsync().ConfigureAwait(false))
        {
            _known[rows.GetString(0)] = rows.GetInt64(1);
        }
    }
}
