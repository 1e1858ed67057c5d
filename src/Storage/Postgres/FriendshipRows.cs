using Buddies.Engine.Identifiers;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>Writes friendships inside a transaction that somebody else began and that runs alone.</summary>
internal sealed class FriendshipRows(PostgresStoreOptions options)
{
    private readonly IdNumbers _users = new("users", options.CachedIds);

    /// <summary>Adds friendships; those that are there already change nothing.</summary>
    /// <returns>How many were new.</returns>
    public async Task<int> AddAsync(NpgsqlConnection connection, IReadOnlyCollection<(UserId First, UserId Second)> friendships)
    {
        await _users.ResolveAsync(connection, friendships.SelectMany(f => new[] { f.First.Value, f.Second.Value })).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(
            "INSERT INTO friendships SELECT * FROM unnest($1::bigint[], $2::bigint[]) ON CONFLICT DO NOTHING", connection)
        {
            Parameters =
            {
                new() { Value = friendships.Select(f => _users[f.First.Value]).ToArray() },
                new() { Value = friendships.Select(f => _users[f.Second.Value]).ToArray() },
            },
        };
        return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }
}
