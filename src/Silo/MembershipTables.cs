using Buddies.Storage;
using Buddies.Storage.Postgres;
using Dapper;
using Npgsql;

namespace Buddies.Silo;

/// <summary>The tables in which silos meet, in the schema of the store, and the statements by which Orleans reads and writes them.</summary>
/// <remarks>
/// Orleans asks the table <c>OrleansQuery</c> for its statements, and knows their names, parameters and columns; tables and
/// texts are ours. Every change of a member takes the next version of the table, or has no effect.
/// </remarks>
internal static class MembershipTables
{
    /// <summary>"BudM" in ASCII.</summary>
    private const int LockNumber = 0x4275644D;

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey varchar(64) PRIMARY KEY, QueryText text NOT NULL);
        CREATE TABLE IF NOT EXISTS silo_versions (cluster text PRIMARY KEY, version integer NOT NULL);
        CREATE TABLE IF NOT EXISTS silos (
            cluster text NOT NULL,
            address text NOT NULL,
            port integer NOT NULL,
            generation integer NOT NULL,
            name text NOT NULL,
            host text NOT NULL,
            status integer NOT NULL,
            gateway_port integer NOT NULL,
            suspected text,
            started_at timestamptz NOT NULL,
            alive_at timestamptz NOT NULL,
            PRIMARY KEY (cluster, address, port, generation));
        """;

    private const string Columns = """
        v.cluster AS "DeploymentId", s.address AS "Address", s.port AS "Port", s.generation AS "Generation", s.name AS "SiloName",
        s.host AS "HostName", s.status AS "Status", s.gateway_port AS "ProxyPort", s.suspected AS "SuspectTimes",
        s.started_at AS "StartTime", s.alive_at AS "IAmAliveTime", v.version AS "Version"
        """;

    private const string Next =
        "WITH next AS (UPDATE silo_versions SET version = version + 1 WHERE cluster = @DeploymentId AND version = @Version RETURNING cluster)";

    private const string ThisSilo = "s.cluster = @DeploymentId AND s.address = @Address AND s.port = @Port AND s.generation = @Generation";

    private static readonly (string Key, string Text)[] s_statements =
    [
        ("InsertMembershipVersionKey", """
            WITH made AS (INSERT INTO silo_versions VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING 1)
            SELECT count(*)::integer FROM made
            """),
        ("InsertMembershipKey", $"""
            {Next}, made AS (
                INSERT INTO silos (cluster, address, port, generation, name, host, status, gateway_port, started_at, alive_at)
                SELECT cluster, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM next
                RETURNING 1)
            SELECT count(*)::integer FROM made
            """),
        ("UpdateMembershipKey", $"""
            {Next}, changed AS (
                UPDATE silos s SET status = @Status, suspected = @SuspectTimes, alive_at = @IAmAliveTime FROM next
                WHERE {ThisSilo} RETURNING 1)
            SELECT count(*)::integer FROM changed
            """),
        ("UpdateIAmAlivetimeKey", $"UPDATE silos s SET alive_at = @IAmAliveTime WHERE {ThisSilo}"),
        ("MembershipReadRowKey", $"SELECT {Columns} FROM silo_versions v LEFT JOIN silos s ON {ThisSilo} WHERE v.cluster = @DeploymentId"),
        ("MembershipReadAllKey", $"SELECT {Columns} FROM silo_versions v LEFT JOIN silos s ON s.cluster = v.cluster WHERE v.cluster = @DeploymentId"),
        ("GatewaysQueryKey", """
            SELECT address AS "Address", gateway_port AS "ProxyPort", generation AS "Generation"
            FROM silos WHERE cluster = @DeploymentId AND status = @Status AND gateway_port > 0
            """),
        ("DeleteMembershipTableEntriesKey",
            "DELETE FROM silos WHERE cluster = @DeploymentId; DELETE FROM silo_versions WHERE cluster = @DeploymentId"),
        ("CleanupDefunctSiloEntriesKey",
            "DELETE FROM silos WHERE cluster = @DeploymentId AND alive_at < @IAmAliveTime AND status <> 3"),
    ];

    /// <summary>Makes the tables where they are missing, and brings the statements up to date; safe from several silos at once.</summary>
    /// <param name="connectionString">The store's.</param>
    /// <param name="schema">The store's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="isSilo">Whether the caller is about to become a member, not only a client.</param>
    /// <returns>The connection string by which Orleans finds them.</returns>
    /// <exception cref="StoreException">PostgreSQL does not answer, or the role may not make tables.</exception>
    public static async Task<string> CreateAsync(string connectionString, string schema, bool isSilo, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = schema };
        try
        {
            await using var connection = new NpgsqlConnection(builder.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            _ = await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@LockNumber)", new { LockNumber });
            _ = await connection.ExecuteAsync(Tables);
            foreach (var (key, text) in s_statements)
            {
                _ = await connection.ExecuteAsync(
                    "INSERT INTO OrleansQuery VALUES (@key, @text) ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText",
                    new { key, text });
            }

            if (isSilo)
            {
                await ForgetLostAsync(connection, schema);
            }

            await transaction.CommitAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new StoreException($"The tables in which silos meet cannot be made: {e.Message}");
        }

        return builder.ConnectionString;
    }

    /// <summary>
    /// Whoever serves holds a lock that goes with its connection. Where nobody does, all silos that the tables name are lost,
    /// and nobody is left to say so: the first one that starts would wait for their answers.
    /// </summary>
    private static async Task ForgetLostAsync(NpgsqlConnection connection, string schema)
    {
        const int Dead = 6;
        if (await connection.ExecuteScalarAsync<bool>(
            "SELECT pg_try_advisory_xact_lock(@ServingLockClass, hashtext(@schema))", new { PostgresStore.ServingLockClass, schema }))
        {
            _ = await connection.ExecuteAsync("UPDATE silos SET status = @Dead WHERE status <> @Dead", new { Dead });
            _ = await connection.ExecuteAsync("UPDATE silo_versions SET version = version + 1");
        }
    }
}
