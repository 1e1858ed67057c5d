using Buddies.Storage.Postgres;
using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Postgres;

/// <summary>How the schema gets from one version to the next.</summary>
public sealed class MigrationTests : IAsyncDisposable
{
    private readonly PostgresHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [PostgresFact]
    public async Task Open_FromManyConnectionsAtOnce_MigratesOnce()
    {
        // Sessions that have looked for the schema before it was there remember that it was not.
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(_harness.OpenAsync)));
        await Task.WhenAll(stores.Select((s, i) => s.Settings.SetAsync($"{i}", "x", default).AsTask()));
        foreach (var store in stores)
        {
            Assert.Equal("x", await store.Settings.GetAsync("7", default));
            await store.DisposeAsync();
        }

        Assert.Equal((long)PostgresMigrations.All.Count, await _harness.SqlAsync("SELECT count(*) FROM schema_versions"));
        Assert.Equal(1L, await _harness.SqlAsync("SELECT count(*) FROM log_head"));
    }

    [PostgresFact]
    public async Task Run_FromManyConnectionsAtOnce_TakesEachMissingStepOnce()
    {
        string[] steps = ["CREATE TABLE a (x int); INSERT INTO a VALUES (1)", "UPDATE a SET x = x + 1", "CREATE TABLE b AS SELECT x FROM a"];
        await RunAsync(steps[..1]);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => RunAsync(steps))));

        Assert.Equal(2, await _harness.SqlAsync("SELECT x FROM b"));
        Assert.Equal(3L, await _harness.SqlAsync("SELECT count(*) FROM schema_versions"));
    }

    [PostgresFact]
    public async Task Run_StepThatFails_LeavesTheVersionBeforeAll()
    {
        await RunAsync(["CREATE TABLE a (x int)"]);

        var e = await Assert.ThrowsAsync<StoreException>(
            () => RunAsync(["-", "CREATE TABLE b (x int)", "INSERT INTO a VALUES (1); INSERT INTO nowhere VALUES (1)"]));

        Assert.Contains("nowhere", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, await _harness.SqlAsync("SELECT max(version) FROM schema_versions"));
        Assert.Equal(0L, await _harness.SqlAsync("SELECT count(*) FROM a"));
        Assert.Equal(false, await _harness.SqlAsync("SELECT to_regclass('b') IS NOT NULL"));
    }

    [PostgresFact]
    public async Task Open_NewerVersion_IsRefusedWithBothVersions()
    {
        await (await _harness.OpenAsync()).DisposeAsync();
        await _harness.SqlAsync("INSERT INTO schema_versions VALUES (99)");

        var e = await Assert.ThrowsAsync<StoreException>(_harness.OpenAsync);

        Assert.Contains("newer version", e.Message, StringComparison.Ordinal);
        Assert.Contains("99", e.Message, StringComparison.Ordinal);
        Assert.Contains(_harness.Schema, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NoServer_SaysWhereAndKeepsThePasswordToItself()
    {
        var e = await Assert.ThrowsAsync<StoreException>(
            () => PostgresStore.OpenAsync("Host=/nowhere/at/all;Username=u;Password=secret;Database=d"));

        Assert.Contains("/nowhere/at/all", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password secret")]
    [InlineData("Hots=x;Password=secret")]
    public async Task Open_StringThatCannotBeRead_SaysSoAndKeepsThePasswordToItself(string connection)
    {
        var e = await Assert.ThrowsAsync<StoreException>(() => PostgresStore.OpenAsync(connection));
        Assert.Contains("connection string", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Open_Version2_MakesTheDoormansRecordOfItsCommits()
    {
        await RunAsync([.. PostgresMigrations.All.Take(2)]);
        await _harness.SqlAsync(DoormanMigration.Rows);

        await using var store = await _harness.OpenAsync();
        await DoormanMigration.CheckAsync(store);
    }

    private async Task RunAsync(IReadOnlyList<string> steps)
    {
        await using var server = new PostgresServer(await TestPostgres.ConnectionAsync(), new PostgresStoreOptions { Schema = _harness.Schema });
        await PostgresMigrator.RunAsync(server, steps, default);
    }
}
