using Buddies.Cli.Bench;
using Buddies.Cli.Postgres;
using Buddies.Storage;
using Npgsql;

namespace Buddies.Cli.Tests;

public sealed class BenchStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-store-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PrivatePostgresFact]
    public async Task Create_WithAConnection_MakesADatabaseOfItsOwnAndTakesItAway()
    {
        await using var server = await PrivatePostgres.StartAsync(fsync: false);
        await using (var bench = await BenchStore.CreateAsync(StoreChoice.Postgres, server.ConnectionString, _directory, default))
        {
            await using var store = await bench.Choice.OpenAsync(TimeProvider.System, default);
            await store.Settings.SetAsync("name", "value", default);
            Assert.Null(bench.PrivateServer);
            Assert.Single(await DatabasesAsync(server));
        }

        Assert.Empty(await DatabasesAsync(server));
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public async Task Create_WithAConnectionToNowhere_SaysSoAndLeavesNothing()
    {
        var failed = await Assert.ThrowsAsync<IOException>(
            () => BenchStore.CreateAsync(StoreChoice.Postgres, $"Host={_directory};Username=nobody;Timeout=1", _directory, default));
        Assert.Contains("cannot be made", failed.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    private static async Task<List<string>> DatabasesAsync(PrivatePostgres server)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using var command = source.CreateCommand("SELECT datname FROM pg_database WHERE datname LIKE 'buddies_bench_%'");
        await using var rows = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await rows.ReadAsync())
        {
            names.Add(rows.GetString(0));
        }

        return names;
    }
}
