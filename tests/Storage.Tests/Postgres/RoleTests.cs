using Buddies.Engine.Identifiers;
using Buddies.Storage.Postgres;
using Buddies.Storage.Tests.Contracts;
using Npgsql;

namespace Buddies.Storage.Tests.Postgres;

/// <summary>The roles of docs/postgresql/roles.sql are enough, and not more.</summary>
public sealed class RoleTests
{
    [PrivatePostgresFact]
    public async Task Application_WithTheScriptsRights_DoesAllItsWorkAndNothingElse()
    {
        await using var server = await PrivatePostgres.StartAsync(fsync: false);
        var script = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "roles.sql"));
        await SqlAsync(server, "buddies", script);

        // The application may not make the schema's tables, and says what is to be done.
        var refused = await Assert.ThrowsAsync<StoreException>(() => PostgresStore.OpenAsync(As(server, "buddies_app")));
        Assert.Contains("as the schema's owner", refused.Message, StringComparison.Ordinal);
        await (await PostgresStore.OpenAsync(As(server, "buddies_owner"))).DisposeAsync();
        await SqlAsync(server, "buddies", script);
        await SqlAsync(server, "buddies", script);

        var clock = new ManualClock();
        await using (var store = await PostgresStore.OpenAsync(As(server, "buddies_app"), new PostgresStoreOptions { Clock = clock }))
        {
            await WorkAsync(store, clock);
        }

        foreach (var forbidden in new[]
        {
            "CREATE TABLE buddies.mine (x int)", "DROP TABLE buddies.settings", "TRUNCATE buddies.events", "UPDATE buddies.events SET plays = 2",
            "ALTER TABLE buddies.events ADD x int", "INSERT INTO buddies.schema_versions VALUES (99)", "DELETE FROM buddies.doorman_journal", "UPDATE buddies.doorman_journal SET who = 'me'", "DELETE FROM buddies.doorman",
        })
        {
            var e = await Assert.ThrowsAsync<PostgresException>(() => SqlAsync(server, "buddies_app", forbidden));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, e.SqlState);
        }
    }

    private static async Task WorkAsync(PostgresStore store, ManualClock clock)
    {
        for (var day = 0; day < 4; day++)
        {
            await store.Events.AppendAsync([Sample.Listen("u", $"{day}", "t", "p"), Sample.Listen("v", $"{day}")], default);
            clock.Advance(TimeSpan.FromDays(1));
            await store.Events.DropAsync(clock.GetUtcNow() - TimeSpan.FromDays(2), long.MaxValue, default);
        }

        Assert.True(await store.Events.DroppedThroughAsync(default) > 0);
        for (var i = 1; i <= 3; i++)
        {
            await store.Checkpoints.SaveAsync([new UserCheckpoint(new UserId("u"), [1], i)], default);
        }

        await store.Catalogue.UpsertTracksAsync([Sample.Track("t")], default);
        await store.Catalogue.UpsertPlaylistsAsync([Sample.Playlist("p", "u", "t")], default);
        await store.Catalogue.UpsertPlaylistsAsync([Sample.Playlist("p", "u", "t")], default);
        await store.Settings.SetAsync("a", "b", default);
        await store.Settings.SetAsync("a", "c", default);
        var version = await store.Models.ReserveVersionAsync(default);
        await store.Models.RegisterAsync(new RegisteredModel(version, "f", Sample.Noon, "s", 1), default);
        Assert.True(await store.Models.TryCommitAsync(0, version, default));
        await using (var import = await store.BeginImportAsync("test", default))
        {
            import.AddTrack(Sample.Track("t2"));
            import.AddPlaylist(Sample.Playlist("p2", "w", "t2"));
            Assert.True(import.AddEvent(Sample.Listen("w", "1")));
            import.AddFriendship(new UserId("u"), new UserId("w"));
            await import.CommitAsync(default);
        }

        await store.EraseAsync(new UserId("u"), default);
        await store.EraseAsync(new UserId("u"), default);
        Assert.True(await store.WasErasedAsync(new UserId("u"), default));
        await store.Checkpoints.ClearAsync(default);
    }

    private static string As(PrivatePostgres server, string role) => server.ConnectionString.Replace("Username=buddies", $"Username={role}", StringComparison.Ordinal);

    private static async Task SqlAsync(PrivatePostgres server, string role, string sql)
    {
        await using var connection = new NpgsqlConnection(As(server, role) + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // Fixed texts of tests.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
