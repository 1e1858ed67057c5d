using System.Text;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Checkpoints;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Buddies.Storage.Postgres;

/// <summary>Checkpoints in PostgreSQL.</summary>
internal sealed class PostgresCheckpointStore(PostgresServer server, PostgresStoreOptions options) : ICheckpointStore
{
    // Of the two slots of a listener the one with the newest revision stays. In the order of their numbers, so that two
    // transactions never wait for each other.
    private const string Save = """
        INSERT INTO checkpoints (user_no, slot, revision, log_offset, state, checksum)
        SELECT n.user_no, (r.revision & 1)::smallint, r.revision, n.log_offset, n.state, n.checksum
        FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[]) AS n (user_no, log_offset, state, checksum)
        CROSS JOIN LATERAL (SELECT coalesce(max(c.revision) + 1, 0) AS revision FROM checkpoints c WHERE c.user_no = n.user_no) r
        ORDER BY n.user_no
        ON CONFLICT (user_no, slot) DO UPDATE SET revision = excluded.revision, log_offset = excluded.log_offset,
            state = excluded.state, checksum = excluded.checksum
        """;

    // States are a few KiB each, so a page holds fewer of them than of events. It ends between two listeners, never between
    // the two checkpoints of one.
    private const string Page = """
        SELECT c.user_no, u.id, c.log_offset, c.state, c.checksum
        FROM (SELECT DISTINCT user_no FROM checkpoints WHERE user_no > $1 ORDER BY user_no LIMIT 256) p
        JOIN checkpoints c ON c.user_no = p.user_no JOIN users u ON u.no = c.user_no
        ORDER BY c.user_no, c.revision DESC
        """;

    private const string One = """
        SELECT c.user_no, u.id, c.log_offset, c.state, c.checksum FROM checkpoints c JOIN users u ON u.no = c.user_no
        WHERE u.id = $1 ORDER BY c.revision DESC
        """;

    public async ValueTask SaveAsync(IReadOnlyList<UserCheckpoint> checkpoints, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        if (checkpoints.Any(c => c.State is null || c.User.Value is null))
        {
            throw new ArgumentException("A checkpoint to save needs a user and a state.", nameof(checkpoints));
        }

        if (checkpoints.Count > 0)
        {
            _ = await server.WriteAsync(c => SaveAsync(c, checkpoints), isExclusive: false, cancellationToken).ConfigureAwait(false);
        }
    }

    public IAsyncEnumerable<UserCheckpoint> ReadAllAsync(CancellationToken cancellationToken) =>
        PagedRows.ReadAsync(server, -1L, PageAsync, cancellationToken);

    public async ValueTask<UserCheckpoint?> ReadAsync(UserId user, CancellationToken cancellationToken) => await server.ReadAsync(
        async (connection, token) =>
        {
            var choice = default(CheckpointChoice);
            await using var command = new NpgsqlCommand(One, connection) { Parameters = { new() { Value = user.Value } } };
            await using var rows = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            while (await rows.ReadAsync(token).ConfigureAwait(false))
            {
                _ = Add(rows, ref choice);
            }

            return choice.Take();
        },
        cancellationToken).ConfigureAwait(false);

    public async ValueTask ClearAsync(CancellationToken cancellationToken) => _ = await server.WriteAsync(
        connection => connection.ExecuteAsync("DELETE FROM checkpoints"), isExclusive: false, cancellationToken).ConfigureAwait(false);

    private async Task<int> SaveAsync(NpgsqlConnection connection, IReadOnlyList<UserCheckpoint> checkpoints)
    {
        var users = new IdNumbers("users", options.CachedIds);
        await users.ResolveAsync(connection, checkpoints.Select(c => c.User.Value)).ConfigureAwait(false);
        var checksums = checkpoints.Select(c =>
        {
            var checksum = new byte[CheckpointChecksum.Bytes];
            CheckpointChecksum.Compute(Encoding.UTF8.GetBytes(c.User.Value), c.Offset, c.State, checksum);
            return checksum;
        });
        await using var command = new NpgsqlCommand(Save, connection)
        {
            Parameters =
            {
                new() { Value = checkpoints.Select(c => users[c.User.Value]).ToArray() },
                new() { Value = checkpoints.Select(c => c.Offset).ToArray() },
                new() { Value = checkpoints.Select(c => c.State!).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new() { Value = checksums.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        };
        return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private static async Task<(List<UserCheckpoint> Rows, long Behind)> PageAsync(
        NpgsqlConnection connection, long after, CancellationToken cancellationToken)
    {
        var page = new List<UserCheckpoint>();
        var choice = default(CheckpointChoice);
        await using var command = new NpgsqlCommand(Page, connection) { Parameters = { new() { Value = after } } };
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            after = rows.GetInt64(0);
            if (Add(rows, ref choice) is { } one)
            {
                page.Add(one);
            }
        }

        if (choice.Take() is { } last)
        {
            page.Add(last);
        }

        return (page, after);
    }

    private static UserCheckpoint? Add(NpgsqlDataReader row, ref CheckpointChoice choice)
    {
        var (user, offset) = (new UserId(row.GetString(1)), row.GetInt64(2));
        var (state, checksum) = (row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4));
        var isWhole = CheckpointChecksum.Matches(Encoding.UTF8.GetBytes(user.Value), offset, state, checksum);
        return choice.Add(user, offset, isWhole ? state : null);
    }
}
