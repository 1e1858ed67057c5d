using Buddies.Storage.Checkpoints;
using Buddies.Storage.Sqlite;
using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Sqlite;

/// <summary>How the schema gets from one version to the next.</summary>
public sealed class MigrationTests : IAsyncDisposable
{
    private readonly SqliteHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Open_New_IsAtTheNewestVersion()
    {
        await using var store = await _harness.OpenAsync();
        Assert.Equal((long)Migrations.All.Count, _harness.Sql("PRAGMA user_version"));
        Assert.Equal((long)Migrator.ApplicationId, _harness.Sql("PRAGMA application_id"));
    }

    [Fact]
    public async Task Open_NewerVersion_IsRefusedWithBothVersions()
    {
        await using (var store = await _harness.OpenAsync())
        {
            await store.Settings.SetAsync("a", "b", default);
        }

        _harness.Sql("PRAGMA user_version = 99");

        var e = await Assert.ThrowsAsync<StoreException>(() => _harness.OpenAsync());
        Assert.Contains("newer version", e.Message, StringComparison.Ordinal);
        Assert.Contains("99", e.Message, StringComparison.Ordinal);
        Assert.Contains(_harness.File, e.Message, StringComparison.Ordinal);
        Assert.Equal(99L, _harness.Sql("PRAGMA user_version"));
    }

    [Fact]
    public void Run_OlderVersion_TakesOnlyTheStepsThatAreMissing()
    {
        using var database = SqliteDatabase.Open(_harness.File, writable: true, TimeSpan.FromSeconds(1));
        Migrator.Run(database, ["CREATE TABLE a (x); INSERT INTO a VALUES (1)"]);

        Migrator.Run(database, ["this step has been taken", "UPDATE a SET x = x + 1", "CREATE TABLE b AS SELECT x FROM a"]);
        Migrator.Run(database, ["-", "-", "-"]);

        Assert.Equal(3, database.ReadNumber("PRAGMA user_version"));
        Assert.Equal(2, database.ReadNumber("SELECT x FROM b"));
    }

    [Fact]
    public void Run_StepThatFails_LeavesTheVersionBeforeIt()
    {
        using var database = SqliteDatabase.Open(_harness.File, writable: true, TimeSpan.FromSeconds(1));
        string[] broken = ["CREATE TABLE a (x)", "CREATE TABLE b (x); INSERT INTO a VALUES (1); INSERT INTO nowhere VALUES (1)"];

        var e = Assert.Throws<StoreException>(() => Migrator.Run(database, broken));
        Assert.Contains("nowhere", e.Message, StringComparison.Ordinal);

        Assert.Equal(1, database.ReadNumber("PRAGMA user_version"));
        Assert.Equal(0, database.ReadNumber("SELECT count(*) FROM a"));
        Assert.Equal(0, database.ReadNumber("SELECT count(*) FROM sqlite_schema WHERE name = 'b'"));

        Migrator.Run(database, [broken[0], "CREATE TABLE b (x)"]);
        Assert.Equal(2, database.ReadNumber("PRAGMA user_version"));
    }

    [Fact]
    public async Task Open_Version1_KeepsItsCheckpointsAndEvents()
    {
        using (var database = SqliteDatabase.Open(_harness.File, writable: true, TimeSpan.FromSeconds(1)))
        {
            Migrator.Run(database, [Migrations.All[0]]);
            database.Execute("""
                INSERT INTO users (id) VALUES ('u');
                INSERT INTO events (user_no, event_id, kind, occurred_at, plays) VALUES (1, 'a', 1, 0, 1), (1, 'b', 1, 0, 1);
                INSERT INTO checkpoints VALUES (1, 2, X'0102', X'00');
                """);
            Span<byte> owner = [1, 0, 0, 0, 0, 0, 0, 0];
            Span<byte> checksum = stackalloc byte[CheckpointChecksum.Bytes];
            CheckpointChecksum.Compute(owner, 2, [1, 2], checksum);
            database.Execute($"UPDATE checkpoints SET checksum = X'{Convert.ToHexString(checksum)}'");
        }

        await using var store = await _harness.OpenAsync();
        var read = new List<UserCheckpoint>();
        await foreach (var checkpoint in store.Checkpoints.ReadAllAsync(default))
        {
            read.Add(checkpoint);
        }

        var one = Assert.Single(read);
        Assert.Equal((2L, false), (one.Offset, one.IsFormer));
        Assert.Equal([1, 2], one.State);
        Assert.Equal(2, await store.Events.CountAsync(default));
        Assert.Equal(0, await store.Events.DropAsync(DateTimeOffset.UtcNow.AddDays(-1), 2, default));
    }

    [Fact]
    public async Task Open_Version2_MakesTheDoormansRecordOfItsCommits()
    {
        using (var database = SqliteDatabase.Open(_harness.File, writable: true, TimeSpan.FromSeconds(1)))
        {
            Migrator.Run(database, [.. Migrations.All.Take(2)]);
            database.Execute(DoormanMigration.Rows);
        }

        await using var store = await _harness.OpenAsync();
        await DoormanMigration.CheckAsync(store);
    }
}
