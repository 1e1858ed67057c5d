using Buddies.Storage.Sqlite;
using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Sqlite;

/// <summary>A database file in a folder of its own.</summary>
public sealed class SqliteHarness : StoreHarness
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("buddies-store-");

    public string Folder => _folder.FullName;

    public string File => Path.Combine(Folder, "buddies.db");

    public override async Task<IStore> OpenAsync(TimeProvider clock) =>
        await SqliteStore.OpenAsync(File, new SqliteStoreOptions { Clock = clock });

    public override Task DamageCheckpointAsync(string user, bool newest)
    {
        Sql($"""
            UPDATE checkpoints AS c SET state = X'0BADBADBAD' WHERE user_no = (SELECT no FROM users WHERE id = '{user}')
            AND revision = (SELECT {(newest ? "max" : "min")}(revision) FROM checkpoints WHERE user_no = c.user_no)
            """);
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs SQL on the file from outside, as somebody else would.</summary>
    public object? Sql(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Fixed texts of tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
