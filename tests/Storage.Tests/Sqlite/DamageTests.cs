using Buddies.Engine.Identifiers;
using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Sqlite;

/// <summary>Bytes that changed behind the store's back.</summary>
public sealed class DamageTests : IAsyncDisposable
{
    private readonly SqliteHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData("state = CAST(X'00' || substr(state, 2) AS BLOB)")]
    [InlineData("state = substr(state, 1, 2)")]
    [InlineData("offset = offset + 1")]
    [InlineData("checksum = zeroblob(8)")]
    [InlineData("checksum = zeroblob(0)")]
    public async Task Checkpoint_Damaged_ReadsAsNullAndOthersStand(string damage)
    {
        await using (var store = await _harness.OpenAsync())
        {
            await store.Checkpoints.SaveAsync(
                [new UserCheckpoint(new UserId("u"), [1, 2, 3], 5), new UserCheckpoint(new UserId("v"), [4], 6)], default);
        }

        _harness.Sql($"UPDATE checkpoints SET {damage} WHERE user_no = (SELECT no FROM users WHERE id = 'u')");

        await using var reopened = await _harness.OpenAsync();
        var read = new Dictionary<string, UserCheckpoint>();
        await foreach (var checkpoint in reopened.Checkpoints.ReadAllAsync(default))
        {
            read.Add(checkpoint.User.Value, checkpoint);
        }

        Assert.Equal(new UserCheckpoint(new UserId("u"), null, 0), read["u"]);
        Assert.Equal([4], read["v"].State);
        Assert.Equal(6, read["v"].Offset);
    }

    [Fact]
    public async Task Checkpoints_SwappedBetweenUsers_ReadAsNull()
    {
        await using (var store = await _harness.OpenAsync())
        {
            await store.Checkpoints.SaveAsync(
                [new UserCheckpoint(new UserId("u"), [1], 5), new UserCheckpoint(new UserId("v"), [2], 5)], default);
        }

        _harness.Sql("""
            CREATE TEMP TABLE former AS SELECT * FROM checkpoints;
            UPDATE checkpoints SET state = f.state, checksum = f.checksum
            FROM former f WHERE f.user_no <> checkpoints.user_no
            """);

        await using var reopened = await _harness.OpenAsync();
        await foreach (var checkpoint in reopened.Checkpoints.ReadAllAsync(default))
        {
            Assert.Null(checkpoint.State);
        }
    }

    [Fact]
    public async Task Playlist_WithCutEntries_ThrowsStoreException()
    {
        await using var store = await _harness.OpenAsync();
        await store.Catalogue.UpsertPlaylistsAsync([Sample.Playlist("p", "u", "t")], default);
        _harness.Sql("UPDATE playlists SET tracks = X'05'");

        await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await foreach (var playlist in store.Catalogue.ReadPlaylistsAsync(default))
            {
                Assert.Fail($"read {playlist}");
            }
        });

        // The reader is as good as new afterwards.
        Assert.Equal(0, await store.Events.CountAsync(default));
    }

    [Fact]
    public async Task Append_TransactionThatFails_FailsEveryCallerAndAcknowledgesNothing()
    {
        await using var store = await _harness.OpenAsync();
        _harness.Sql("""
            CREATE TRIGGER full BEFORE INSERT ON events WHEN new.event_id = 'last'
            BEGIN SELECT RAISE(ABORT, 'no room'); END
            """);

        // The import keeps the writer, so that all calls meet in one group behind it.
        var import = await store.BeginImportAsync("test", default);
        var calls = Enumerable.Range(0, 10)
            .Select(i => store.Events.AppendAsync([Sample.Listen("u", i == 9 ? "last" : $"{i}")], default).AsTask()).ToArray();
        await import.DisposeAsync();
        var failures = await Task.WhenAll(calls.Select(c => Record.ExceptionAsync(() => c)));

        Assert.IsType<StoreException>(failures[9]);
        Assert.Contains("no room", failures[9]!.Message, StringComparison.Ordinal);
        Assert.Equal(failures.Count(f => f is null), await store.Events.CountAsync(default));
        Assert.All(failures, f => Assert.Same(failures[9], f));

        _harness.Sql("DROP TRIGGER full");
        Assert.True((await store.Events.AppendAsync([Sample.Listen("u", "last")], default))[0] > 0);
    }
}
