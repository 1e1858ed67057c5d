using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Postgres;
using Buddies.Storage.Tests.Postgres;

namespace Buddies.Api.Tests.Crash;

/// <summary>A server over PostgreSQL, while either is killed.</summary>
public sealed class PostgresTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-kill-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [PrivatePostgresFact]
    public async Task Server_PostgresGoneAndBack_ReadsGoOn_WritesAnswer503_AndNothingIsMissing()
    {
        await using var postgres = await PrivatePostgres.StartAsync(fsync: false);
        await MakeWorldAsync(postgres);
        string[] options = ["--store", "postgres", "--connection", postgres.ConnectionString];
        using (var server = await ServerProcess.StartAsync(_directory, options))
        {
            await AssertAnswerAsync(server, 0, HttpStatusCode.Accepted, "\"accepted\":10,");
            await postgres.KillAsync();

            await AssertAnswerAsync(server, 1, HttpStatusCode.ServiceUnavailable, "\"type\":\"urn:buddies:problem:unavailable\"");
            await AssertAnswerAsync(server, 2, HttpStatusCode.ServiceUnavailable, "\"type\":\"urn:buddies:problem:unavailable\"");
            Assert.Equal(10, await EventCountAsync(server));
            using var page = await server.Client.GetAsync("/v1/users/u/home");
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);

            await postgres.StartAsync();
            await AssertAnswerAsync(server, 1, HttpStatusCode.Accepted, "\"accepted\":10,\"duplicates\":0");
            await AssertAnswerAsync(server, 0, HttpStatusCode.Accepted, "\"accepted\":0,\"duplicates\":10");
            Assert.Equal(20, await EventCountAsync(server));
            await server.KillAsync();
        }

        using var again = await ServerProcess.StartAsync(_directory, options);
        Assert.Equal(20, await EventCountAsync(again));
        await AssertAnswerAsync(again, 1, HttpStatusCode.Accepted, "\"accepted\":0,\"duplicates\":10");
    }

    [PrivatePostgresFact]
    public async Task Server_SecondOnTheSameSchema_IsRefused()
    {
        await using var postgres = await PrivatePostgres.StartAsync(fsync: false);
        await MakeWorldAsync(postgres);
        string[] options = ["--store", "postgres", "--connection", postgres.ConnectionString];
        using var first = await ServerProcess.StartAsync(_directory, options);
        var other = Directory.CreateTempSubdirectory("buddies-kill-").FullName;
        try
        {
            var output = await ServerProcess.RefusedAsync(other, options);
            Assert.Contains("Another server", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(other, true);
        }
    }

    private static async Task AssertAnswerAsync(ServerProcess server, int batch, HttpStatusCode status, string text)
    {
        using var response = await server.Client.PostAsJsonAsync("/v1/events", Enumerable.Range(batch * 10, 10).Select(n => new
        {
            eventId = $"e{n}", userId = "u", kind = "listen", trackId = $"t{n % 20}", occurredAt = DateTimeOffset.UtcNow,
        }));
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {answer}\n{server.Output}");
        Assert.Contains(text, answer, StringComparison.Ordinal);
        if (status == HttpStatusCode.ServiceUnavailable)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.NotNull(response.Headers.RetryAfter);
        }
    }

    private static async Task<long> EventCountAsync(ServerProcess server)
    {
        var taste = await server.Client.GetFromJsonAsync<JsonElement>("/v1/users/u/taste");
        return taste.GetProperty("counts").GetProperty("events").GetInt64();
    }

    /// <summary>A store that is not empty, so that the server does not fill it with a world of its own.</summary>
    internal static async Task MakeWorldAsync(PrivatePostgres postgres)
    {
        await using var store = await PostgresStore.OpenAsync(postgres.ConnectionString);
        await store.Catalogue.UpsertTracksAsync([.. Enumerable.Range(0, 20).Select(n => new Track(new TrackId($"t{n}"), $"Title {n}", "Artist", []))], default);
    }
}
