using System.Net.Http.Json;
using System.Text.Json;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Sqlite;

namespace Buddies.Api.Tests.Crash;

/// <summary>What a server has answered about Home outlives SIGKILL: a choice that was made, an erasure from every file.</summary>
public sealed class HomeKillTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-home-kill-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public async Task Server_KilledBehindItsAnswers_KeepsChoicesAndErasures()
    {
        await using (var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db")))
        {
            await store.Catalogue.UpsertTracksAsync([new Track(new TrackId("t1"), "Title", "Artist", [])], default);
            await store.Catalogue.UpsertPlaylistsAsync([new Playlist(new PlaylistId("p1"), "Mix", new UserId("maker"), true, [new TrackId("t1")], 5)], default);
        }

        using (var server = await ServerProcess.StartAsync(_directory))
        {
            foreach (var user in new[] { "stays", "goes" })
            {
                using var put = await server.Client.PutAsJsonAsync($"/v1/users/{user}/settings", new { discovery = 0.9 });
                Assert.Equal(200, (int)put.StatusCode);
                Assert.Contains("p1", await server.Client.GetStringAsync(new Uri($"/v1/users/{user}/home", UriKind.Relative)), StringComparison.Ordinal);
            }

            using var erased = await server.Client.DeleteAsync(new Uri("/v1/users/goes", UriKind.Relative));
            Assert.Equal(202, (int)erased.StatusCode);
            await server.KillAsync();
        }

        var logged = string.Concat(Directory.GetFiles(Path.Combine(_directory, "impressions")).Select(File.ReadAllText));
        Assert.Contains("\"stays\"", logged, StringComparison.Ordinal);
        Assert.DoesNotContain("goes", logged, StringComparison.Ordinal);
        using var next = await ServerProcess.StartAsync(_directory);
        Assert.Equal(0.9, await DiscoveryAsync(next.Client, "stays"));
        Assert.Equal(0.5, await DiscoveryAsync(next.Client, "goes"));
    }

    private static async Task<double> DiscoveryAsync(HttpClient client, string user) =>
        (await client.GetFromJsonAsync<JsonElement>($"/v1/users/{user}/settings")).GetProperty("discovery").GetDouble();
}
