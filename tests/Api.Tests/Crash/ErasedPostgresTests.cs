using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Buddies.Storage.Tests.Postgres;
using Npgsql;

namespace Buddies.Api.Tests.Crash;

/// <summary>Erasure in one process over PostgreSQL, judged by the bytes: rows, files, answers, metrics, log; and after a kill.</summary>
public sealed class ErasedPostgresTests : IDisposable
{
    private const string Erased = "trace-of-ann-77";

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-kill-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [PrivatePostgresFact]
    public async Task Erase_NothingHoldsTheId_AlsoAfterAKill()
    {
        await using var postgres = await PrivatePostgres.StartAsync(fsync: false);
        await PostgresTests.MakeWorldAsync(postgres);
        string[] options = ["--store", "postgres", "--connection", postgres.ConnectionString];
        using (var server = await ServerProcess.StartAsync(_directory, options))
        {
            (await server.Client.PostAsJsonAsync("/v1/events", Enumerable.Range(0, 12).Select(i => new
            {
                eventId = $"of-{Erased}-{i}",
                userId = Erased,
                kind = "listen",
                trackId = $"t{i}",
                occurredAt = DateTimeOffset.UtcNow,
                context = new { of = Erased },
            }))).EnsureSuccessStatusCode();
            (await server.Client.PutAsJsonAsync("/v1/playlists", new[]
            {
                new { id = $"list-of-{Erased}", title = "t", ownerId = Erased, @public = true, trackIds = new[] { "t1" } },
            })).EnsureSuccessStatusCode();
            (await server.Client.PutAsJsonAsync("/v1/users/other/privacy", new { invisible = false, blocked = new[] { Erased } })).EnsureSuccessStatusCode();
            (await server.Client.PutAsJsonAsync($"/v1/users/{Erased}/settings", new { discovery = 0.9 })).EnsureSuccessStatusCode();
            _ = await server.Client.GetStringAsync($"/v1/users/{Erased}/home");
            Assert.True(await RowsAsync(postgres) >= 4); // Events, listener, playlist, choice.

            using var answer = await server.Client.DeleteAsync($"/v1/users/{Erased}");
            using var receipt = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            Assert.Empty(receipt.RootElement.GetProperty("pending").EnumerateArray());
            Assert.Equal(0, await RowsAsync(postgres));
            Assert.Empty(FilesWith());
            foreach (var path in new[] { "/metrics", "/v1/users?limit=100", "/v1/users/other/privacy", "/v1/users/other/home", "/v1/users/other/export", "/v1/status", "/v1/insights" })
            {
                Assert.DoesNotContain(Erased, await server.Client.GetStringAsync(path), StringComparison.Ordinal);
            }

            await server.KillAsync();
            Assert.DoesNotContain(Erased, server.Output, StringComparison.Ordinal);
        }

        using var again = await ServerProcess.StartAsync(_directory, options);
        using var later = JsonDocument.Parse(await again.Client.GetStringAsync($"/v1/users/{Erased}/erasure"));
        Assert.Empty(later.RootElement.GetProperty("pending").EnumerateArray());
        Assert.Equal(0, await RowsAsync(postgres));
        Assert.Empty(FilesWith());
    }

    /// <summary>Rows of any table that hold the id, as text or as bytes.</summary>
    private static async Task<long> RowsAsync(PrivatePostgres postgres)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync();
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

        var count = 0L;
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

    private List<string> FilesWith() => [.. Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path) != "server.lock").Where(path => Read(path).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Erased)) >= 0)];

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
