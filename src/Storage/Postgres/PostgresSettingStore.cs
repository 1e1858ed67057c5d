using Dapper;

namespace Buddies.Storage.Postgres;

/// <summary>Settings in PostgreSQL.</summary>
internal sealed class PostgresSettingStore(PostgresServer server) : ISettingStore
{
    private const string Set = "INSERT INTO settings VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

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
            connection => connection.ExecuteAsync(Set, new { name, value }),
            isExclusive: false,
            cancellationToken).ConfigureAwait(false);
    }

    /// <remarks>The row of the compared one is locked until the commit: who tries meanwhile waits, and then finds it changed.</remarks>
    public async ValueTask<bool> TrySetAsync(
        string name, string? expected, string value, IReadOnlyDictionary<string, string> others, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(others);
        return await server.WriteAsync(
            async connection =>
            {
                var changed = await connection.ExecuteAsync(
                    expected is null
                        ? "INSERT INTO settings VALUES (@name, @value) ON CONFLICT (name) DO NOTHING"
                        : "UPDATE settings SET value = @value WHERE name = @name AND value = @expected",
                    new { name, expected, value }).ConfigureAwait(false);
                if (changed > 0 && others.Count > 0)
                {
                    await connection.ExecuteAsync(Set, others.Select(other => new { name = other.Key, value = other.Value })).ConfigureAwait(false);
                }

                return changed > 0;
            },
            isExclusive: false,
            cancellationToken).ConfigureAwait(false);
    }
}
