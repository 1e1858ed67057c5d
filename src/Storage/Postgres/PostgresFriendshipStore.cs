using Buddies.Engine.Identifiers;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>Friendships in PostgreSQL.</summary>
internal sealed class PostgresFriendshipStore(PostgresServer server, int pageRows) : IFriendshipStore
{
    private readonly string _page = $"""
        SELECT f.first_no, f.second_no, a.id, b.id
        FROM (SELECT * FROM friendships WHERE (first_no, second_no) > ($1, $2) ORDER BY first_no, second_no LIMIT {pageRows}) f
        JOIN users a ON a.no = f.first_no JOIN users b ON b.no = f.second_no ORDER BY f.first_no, f.second_no
        """;

    public IAsyncEnumerable<(UserId First, UserId Second)> ReadAsync(CancellationToken cancellationToken) => PagedRows.ReadAsync(
        server, (First: -1L, Second: -1L), PageAsync, cancellationToken);

    private async Task<(List<(UserId, UserId)> Rows, (long First, long Second) Behind)> PageAsync(
        NpgsqlConnection connection, (long First, long Second) after, CancellationToken cancellationToken)
    {
        var page = new List<(UserId, UserId)>();
        await using var command = new NpgsqlCommand(_page, connection)
        {
            Parameters = { new() { Value = after.First }, new() { Value = after.Second } },
        };
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            after = (rows.GetInt64(0), rows.GetInt64(1));
            page.Add((new UserId(rows.GetString(2)), new UserId(rows.GetString(3))));
        }

        return (page, after);
    }
}
