using System.Text;
using Buddies.Storage.Tests.Postgres;
using Buddies.Training.Synth;
using Npgsql;

namespace Buddies.Grains.Tests.Processes;

/// <summary>Erasure in a cluster, judged by the bytes: rows, files, answers, metrics, logs.</summary>
public sealed class ErasedBytesTests
{
    private const string Erased = "trace-of-ann-77";

    [PrivatePostgresFact]
    public async Task Erase_PendingReportedDone_NothingOfTheClusterHoldsTheId()
    {
        await using var world = await SmallWorld.MakeAsync();
        SiloProcess[] silos = [await world.StartAsync(), await world.StartAsync()];
        using var one = new Caller(silos[0].Url);
        using var other = new Caller(silos[1].Url);
        var friend = SyntheticWorld.ListenerId(0).Value;
        await one.AskAsync(HttpMethod.Post, "/v1/events", Enumerable.Range(0, 12).Select(i => new
        {
            eventId = $"of-{Erased}-{i}",
            userId = Erased,
            kind = "listen",
            trackId = SyntheticWorld.TrackId(i).Value,
            occurredAt = DateTimeOffset.UtcNow,
        }).ToArray());
        await one.AskAsync(HttpMethod.Put, "/v1/playlists", new[]
        {
            new { id = $"list-of-{Erased}", title = "t", ownerId = Erased, @public = true, trackIds = new[] { SyntheticWorld.TrackId(1).Value } },
        });
        await other.AskAsync(HttpMethod.Put, $"/v1/users/{Erased}/privacy", new { invisible = true, blocked = Array.Empty<string>() });
        await other.AskAsync(HttpMethod.Put, $"/v1/users/{friend}/privacy", new { invisible = false, blocked = new[] { Erased } });
        var page = await other.GetAsync($"/v1/users/{Erased}/home");
        await one.AskAsync(HttpMethod.Post, "/v1/events", new[]
        {
            new { eventId = $"seen-{Erased}", userId = Erased, kind = "impression", playlistId = Caller.PlaylistsOf(page)[0], occurredAt = DateTimeOffset.UtcNow },
        });
        await one.AskAsync(HttpMethod.Put, $"/v1/users/{Erased}/settings", new { discovery = 0.9 });
        await UntilAsync(() => Task.FromResult(FilesWith(Path.Combine(world.Directory, "impressions")).Count == 1));
        Assert.Contains("\"pages\":[{", await other.TextAsync($"/v1/users/{Erased}/export"), StringComparison.Ordinal);
        await using (var store = await world.OpenAsync())
        {
            await world.TrainAsync(store); // With the listener in it; the silos take it up by themselves.
        }

        await UntilAsync(async () => (await one.GetAsync("/v1/doorman")).GetProperty("serving").GetInt32() == 2);
        Assert.NotEqual(0, await RowsAsync(world));
        Assert.NotEmpty(FilesWith(world.Directory));
        Assert.Contains(Erased, await one.TextAsync($"/v1/users/{friend}/privacy"), StringComparison.Ordinal);

        var receipt = await one.AskAsync(HttpMethod.Delete, $"/v1/users/{Erased}");

        Assert.Contains("snapshot 2", Assert.Single(receipt.GetProperty("pending").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await RowsAsync(world));
        Assert.All(FilesWith(world.Directory), path => Assert.Contains("snapshots", path, StringComparison.Ordinal));
        foreach (var caller in new[] { one, other })
        {
            for (var i = 0; i < 60; i++)
            {
                foreach (var call in new[] { "home", "buddies?k=50", "taste", "privacy", "export" })
                {
                    Assert.DoesNotContain(Erased, await caller.TextAsync($"/v1/users/{SyntheticWorld.ListenerId(i).Value}/{call}"), StringComparison.Ordinal);
                }
            }

            Assert.DoesNotContain(Erased, await caller.TextAsync("/v1/users?limit=100"), StringComparison.Ordinal);
            Assert.DoesNotContain(Erased, await caller.TextAsync("/metrics"), StringComparison.Ordinal);
            Assert.Equal(404, await caller.StatusAsync(HttpMethod.Get, $"/v1/playlists/list-of-{Erased}"));
        }

        await using (var store = await world.OpenAsync())
        {
            await world.TrainAsync(store);
        }

        await UntilAsync(async () => (await other.GetAsync("/v1/doorman")).GetProperty("serving").GetInt32() == 3);
        Directory.Delete(Path.Combine(world.Directory, "snapshots", "000002"), recursive: true); // As buddies snapshots gc does.
        Assert.Empty((await other.GetAsync($"/v1/users/{Erased}/erasure")).GetProperty("pending").EnumerateArray());
        Assert.Empty(FilesWith(world.Directory));

        // The last checkpoints are written now; none is of one who is gone.
        foreach (var silo in silos)
        {
            Assert.Equal(0, await silo.TerminateAsync());
            Assert.DoesNotContain(Erased, silo.Log, StringComparison.Ordinal);
        }

        Assert.Equal(0, await RowsAsync(world));
    }

    /// <summary>Rows of any table of any of our schemas that hold the id, as text or as bytes.</summary>
    private static async Task<long> RowsAsync(SmallWorld world)
    {
        await using var connection = new NpgsqlConnection(world.Postgres.ConnectionString);
        await connection.OpenAsync();
        var count = 0L;
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')", connection))
        await using (var rows = await list.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                tables.Add(rows.GetString(0));
            }
        }

        Assert.True(tables.Count > 10, $"Expected the store's tables, got {string.Join(", ", tables)}.");
        foreach (var table in tables)
        {
            await using var find = new NpgsqlCommand($"SELECT count(*) FROM {table} r WHERE r::text LIKE $1 OR r::text LIKE $2", connection)
            {
                Parameters = { new() { Value = $"%{Erased}%" }, new() { Value = $"%{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Erased))}%" } },
            };
            count += (long)(await find.ExecuteScalarAsync())!;
        }

        return count;
    }

    private static List<string> FilesWith(string folder)
    {
        var id = Encoding.UTF8.GetBytes(Erased);
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock" && File.ReadAllBytes(path).AsSpan().IndexOf(id) >= 0)];
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
