using Dapper;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>Brings a schema to this program's version: all missing steps in one transaction, or none.</summary>
/// <remarks>Safe from several nodes at once: one takes the advisory lock and migrates, the others wait and find it done.</remarks>
internal static class PostgresMigrator
{
    /// <summary>"BudM" in ASCII; the schema is the lock's second number.</summary>
    private const int LockClass = 0x4275644D;

    /// <summary>Migrates where that is needed.</summary>
    /// <exception cref="StoreException">The schema is newer than this program, or it needs steps that the role may not take.</exception>
    public static async Task RunAsync(PostgresServer server, IReadOnlyList<string> migrations, CancellationToken cancellationToken)
    {
        var version = await server.ReadAsync((c, _) => VersionAsync(server, c), cancellationToken).ConfigureAwait(false);
        Refuse(server, version, migrations.Count);
        if (version == migrations.Count)
        {
            return;
        }

        await using var connection = await server.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await MigrateAsync(server, connection, migrations).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StoreException(
                $"{server.Name}: the schema is at version {version}, this program needs {migrations.Count}, and the role may not change it ({e.MessageText}); open it once as the schema's owner",
                e);
        }
        catch (Exception e) when (PostgresServer.IsOurs(e))
        {
            throw server.Failure(e);
        }
    }

    private static async Task MigrateAsync(PostgresServer server, NpgsqlConnection connection, IReadOnlyList<string> migrations)
    {
        await using var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        _ = await connection.ExecuteAsync(
            "SELECT pg_advisory_xact_lock(@LockClass, hashtext(@Schema))", new { LockClass, server.Schema }).ConfigureAwait(false);

        // Asked again under the lock: another node may have taken the same steps meanwhile.
        var version = await VersionAsync(server, connection).ConfigureAwait(false);
        Refuse(server, version, migrations.Count);
        var schema = Quote(server.Schema);
        if (await connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM pg_namespace WHERE nspname = @Schema", new { server.Schema }).ConfigureAwait(false) == 0)
        {
            _ = await connection.ExecuteAsync($"CREATE SCHEMA {schema}").ConfigureAwait(false);
        }

        if (version == 0)
        {
            _ = await connection.ExecuteAsync(
                "CREATE TABLE IF NOT EXISTS schema_versions (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())").ConfigureAwait(false);
        }

        for (; version < migrations.Count; version++)
        {
            _ = await connection.ExecuteAsync(migrations[version].Replace("{schema}", schema, StringComparison.Ordinal)).ConfigureAwait(false);
            _ = await connection.ExecuteAsync("INSERT INTO schema_versions VALUES (@Version)", new { Version = version + 1 }).ConfigureAwait(false);
        }

        await transaction.CommitAsync().ConfigureAwait(false);
    }

    // By a query on the catalogue, which sees what another node has just made; to_regclass may answer from a memory that is
    // older than the lock.
    private static async Task<int> VersionAsync(PostgresServer server, NpgsqlConnection connection) =>
        await connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM pg_class WHERE relname = 'schema_versions' AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = @Schema)",
            new { server.Schema }).ConfigureAwait(false) == 0
            ? 0
            : await connection.ExecuteScalarAsync<int>("SELECT coalesce(max(version), 0) FROM schema_versions").ConfigureAwait(false);

    private static void Refuse(PostgresServer server, int version, int newest)
    {
        if (version > newest)
        {
            throw new StoreException(
                $"{server.Name}: was written by a newer version of Buddies (its schema is {version}, this version knows up to {newest}); upgrade Buddies to open it");
        }
    }

    private static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
