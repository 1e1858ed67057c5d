using Buddies.Engine.Identifiers;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Buddies.Storage.Postgres;

/// <summary>Takes a listener out of every table, and keeps only a hash that says so.</summary>
/// <remarks>
/// The rows are gone with the commit; their bytes leave the files when PostgreSQL vacuums the tables. What others did with
/// the listener's playlists stays theirs, under an id that says nothing.
/// </remarks>
internal sealed class PostgresErasure(PostgresServer server, TimeProvider clock)
{
    private const string EventsOf = """
        SELECT s.segment, array_agg(k.log_offset) FROM event_keys k
        JOIN log_segments s ON k.log_offset >= s.first_offset AND k.log_offset <= coalesce(s.last_offset, k.log_offset)
        WHERE k.user_no = $1 GROUP BY s.segment
        """;

    // In an order that leaves no row naming one that is gone.
    private const string Deletes = """
        DELETE FROM event_keys WHERE user_no = @Number;
        DELETE FROM checkpoints WHERE user_no = @Number;
        DELETE FROM friendships WHERE first_no = @Number OR second_no = @Number;
        DELETE FROM invisible WHERE user_no = @Number;
        DELETE FROM blocks WHERE user_no = @Number OR other_no = @Number;
        UPDATE playlist_ids SET id = 'erased:' || replace(gen_random_uuid()::text, '-', '')
            WHERE no IN (SELECT playlist_no FROM playlists WHERE owner_no = @Number);
        DELETE FROM playlists WHERE owner_no = @Number;
        DELETE FROM users WHERE no = @Number;
        """;

    public async Task EraseAsync(UserId user, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(user.Value);
        _ = await server.WriteAsync(c => EraseAsync(c, user), isExclusive: true, cancellationToken).ConfigureAwait(false);
    }

    public Task<bool> WasErasedAsync(UserId user, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(user.Value);
        return server.ReadAsync(
            (connection, token) => connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "SELECT EXISTS (SELECT FROM erased WHERE hash = @Hash)", new { Hash = ErasedIds.Hash(user) }, cancellationToken: token)),
            cancellationToken);
    }

    public Task<byte[][]> ErasedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) => server.ReadAsync(
        async (connection, token) => (await connection.QueryAsync<byte[]>(new CommandDefinition(
            "SELECT hash FROM erased WHERE at >= @At", new { At = since.ToUnixTimeMilliseconds() }, cancellationToken: token)).ConfigureAwait(false)).ToArray(),
        cancellationToken);

    private static async Task DeleteEventsAsync(NpgsqlConnection connection, long number)
    {
        var events = new List<(int Segment, long[] Offsets)>();
        await using (var find = new NpgsqlCommand(EventsOf, connection) { Parameters = { new() { Value = number } } })
        {
            await using var rows = await find.ExecuteReaderAsync().ConfigureAwait(false);
            while (await rows.ReadAsync().ConfigureAwait(false))
            {
                events.Add((rows.GetInt32(0), rows.GetFieldValue<long[]>(1)));
            }
        }

        foreach (var (segment, offsets) in events)
        {
            await using var delete = new NpgsqlCommand("DELETE FROM events WHERE segment = $1 AND log_offset = ANY($2)", connection)
            {
                Parameters = { new() { Value = segment }, new() { Value = offsets, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint } },
            };
            _ = await delete.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    private async Task<int> EraseAsync(NpgsqlConnection connection, UserId user)
    {
        if (await connection.ExecuteScalarAsync<long?>("SELECT no FROM users WHERE id = @Id", new { Id = user.Value }).ConfigureAwait(false) is { } number)
        {
            await DeleteEventsAsync(connection, number).ConfigureAwait(false);
            _ = await connection.ExecuteAsync(Deletes, new { Number = number }).ConfigureAwait(false);
        }

        // Whoever remembers numbers hears of it by the count, before the next append.
        _ = await connection.ExecuteAsync("UPDATE log_head SET erasures = erasures + 1").ConfigureAwait(false);
        return await connection.ExecuteAsync(
            "INSERT INTO erased VALUES (@Hash, @At) ON CONFLICT (hash) DO UPDATE SET at = excluded.at",
            new { Hash = ErasedIds.Hash(user), At = clock.GetUtcNow().ToUnixTimeMilliseconds() }).ConfigureAwait(false);
    }
}
