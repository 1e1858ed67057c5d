using Buddies.Storage.Postgres;
using Buddies.Storage.Tests.Contracts;
using Npgsql;

namespace Buddies.Storage.Tests.Postgres;

/// <summary>A schema of its own in the PostgreSQL of this test run.</summary>
public sealed class PostgresHarness : StoreHarness
{
    public string Schema { get; } = $"test_{Guid.NewGuid():n}";

    public override async Task<IStore> OpenAsync(TimeProvider clock) => await OpenAsync(new PostgresStoreOptions { Schema = Schema, Clock = clock });

    public static async Task<PostgresStore> OpenAsync(PostgresStoreOptions options) =>
        await PostgresStore.OpenAsync(await TestPostgres.ConnectionAsync(), options);

    public override async Task DamageCheckpointAsync(string user, bool newest) => await SqlAsync($"""
        UPDATE checkpoints c SET state = '\x0badbadbad' WHERE user_no = (SELECT no FROM users WHERE id = '{user}')
        AND revision = (SELECT {(newest ? "max" : "min")}(revision) FROM checkpoints WHERE user_no = c.user_no)
        """);

    public override async ValueTask DisposeAsync()
    {
        if (TestPostgres.WhyNot is null)
        {
            await SqlAsync($"DROP SCHEMA IF EXISTS \"{Schema}\" CASCADE");
        }
    }

    /// <summary>Runs SQL from outside, as somebody else would.</summary>
    public async Task<object?> SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(await TestPostgres.ConnectionAsync() + $";Pooling=false;Search Path={Schema}");
        await connection.OpenAsync();
#pragma warning disable CA2100 // Fixed texts of tests.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
