using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Storage.Privacy;
using Dapper;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>Listeners' choices about being seen, in PostgreSQL.</summary>
internal sealed class PostgresPrivacyStore(PostgresServer server, PostgresStoreOptions options) : IPrivacyStore
{
    private const string Read = """
        SELECT u.id, NULL FROM invisible i JOIN users u ON u.no = i.user_no
        UNION ALL SELECT u.id, o.id FROM blocks b JOIN users u ON u.no = b.user_no JOIN users o ON o.no = b.other_no
        """;

    public async ValueTask<IReadOnlyDictionary<UserId, ListenerPrivacy>> ReadAllAsync(CancellationToken cancellationToken) =>
        await server.ReadAsync(
            async (connection, token) =>
            {
                var found = new PrivacyRows();
                await using var command = new NpgsqlCommand(Read, connection);
                await using var rows = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                while (await rows.ReadAsync(token).ConfigureAwait(false))
                {
                    found.Add(rows.GetString(0), rows.IsDBNull(1) ? null : rows.GetString(1));
                }

                return found.ToDictionary();
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask SaveAsync(UserId user, ListenerPrivacy privacy, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(user.Value);
        ArgumentNullException.ThrowIfNull(privacy);

        // Alone, as an erasure is: a number that is looked up here must not be erased before it is used.
        _ = await server.WriteAsync(c => SaveAsync(c, user, privacy), isExclusive: true, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> SaveAsync(NpgsqlConnection connection, UserId user, ListenerPrivacy privacy)
    {
        var users = new IdNumbers("users", options.CachedIds);
        await users.ResolveAsync(connection, privacy.Blocked.Select(other => other.Value).Append(user.Value)).ConfigureAwait(false);
        var number = users[user.Value];
        _ = await connection.ExecuteAsync(
            "DELETE FROM invisible WHERE user_no = @number; DELETE FROM blocks WHERE user_no = @number", new { number }).ConfigureAwait(false);
        if (privacy.IsInvisible)
        {
            _ = await connection.ExecuteAsync("INSERT INTO invisible VALUES (@number)", new { number }).ConfigureAwait(false);
        }

        await using var block = new NpgsqlCommand("INSERT INTO blocks SELECT $1, other FROM unnest($2::bigint[]) AS b (other) ON CONFLICT DO NOTHING", connection)
        {
            Parameters = { new() { Value = number }, new() { Value = privacy.Blocked.Select(other => users[other.Value]).ToArray() } },
        };
        return await block.ExecuteNonQueryAsync().ConfigureAwait(false);
    }
}
