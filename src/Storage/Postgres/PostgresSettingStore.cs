using Dapper;

namespace Buddies.Storage.Postgres;

/// <summary>Settings in PostgreSQL.</summary>
internal sealed class PostgresSettingStore(PostgresServer server) : ISettingStore
{
    public async ValueTask<string?> GetAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return await server.ReadAsync(
            (connection, token) => connection.ExecuteScalarAsync<string?>(
                new CommandDefinition("SELECT value FROM settings WHERE name = @name", new { name }, cancellationToken: token)),
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask SetAsync(string name, string value, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        _ = await server.WriteAsync(
            connection => connection.ExecuteAsync(
                "INSERT INTO settings VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", new { name, value }),
            isExclusive: false,
            cancellationToken).ConfigureAwait(false);
    }
}
