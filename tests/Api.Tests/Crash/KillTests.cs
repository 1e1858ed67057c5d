using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Sqlite;

namespace Buddies.Api.Tests.Crash;

/// <summary>A server that is killed with SIGKILL while producers post to it.</summary>
public sealed class KillTests : IDisposable
{
    private const int Seed = 20260301;
    private const int Producers = 4;

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-kill-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public async Task Server_KilledAtARandomMoment_EveryAcknowledgedEventTookEffectExactlyOnce()
    {
        await MakeWorldAsync();
        var random = new Random(Seed);
        var producers = Enumerable.Range(0, Producers).Select(number => new Producer(number)).ToArray();
        for (var round = 0; round < 3; round++)
        {
            using var server = await ServerProcess.StartAsync(_directory);
            await CheckAsync(server, producers, round);
            var before = producers.Sum(producer => producer.Acknowledged.Count);
            var posting = producers.Select(producer => Task.Run(() => producer.PostAsync(server.Client))).ToArray();
            await Task.Delay(random.Next(300, 1200));
            await server.KillAsync();
            await Task.WhenAll(posting);
            var acknowledged = producers.Sum(producer => producer.Acknowledged.Count) - before;
            Assert.True(acknowledged > 0, $"seed {Seed}, round {round}: nothing was acknowledged\n{server.Output}");
        }

        using var last = await ServerProcess.StartAsync(_directory);
        await CheckAsync(last, producers, round: 3);
    }

    /// <summary>What was answered counts once; what was not answered counts once or not at all, and once when it is sent again.</summary>
    private static async Task CheckAsync(ServerProcess server, Producer[] producers, int round)
    {
        foreach (var producer in producers)
        {
            var where = $"seed {Seed}, before round {round}, {producer.User}";
            var events = await EventCountAsync(server.Client, producer.User);
            var (fresh, known) = await producer.SendAsync(server.Client, [.. producer.Unanswered]);
            Assert.True(
                events == producer.Acknowledged.Count + known,
                $"{where}: {producer.Acknowledged.Count} events were acknowledged and {known} more are in the log, {events} took effect");
            Assert.Equal(producer.Unanswered.Count, fresh + known);
            producer.Acknowledged.AddRange(producer.Unanswered);
            producer.Unanswered.Clear();
            var (freshAgain, _) = await producer.SendAsync(server.Client, [.. producer.Acknowledged]);
            Assert.True(freshAgain == 0, $"{where}: {freshAgain} acknowledged events were not in the log");
            Assert.Equal(producer.Acknowledged.Count, await EventCountAsync(server.Client, producer.User));
        }
    }

    private static async Task<long> EventCountAsync(HttpClient client, string user)
    {
        var taste = await client.GetFromJsonAsync<JsonElement>($"/v1/users/{user}/taste");
        return taste.GetProperty("counts").GetProperty("events").GetInt64();
    }

    /// <summary>A store that is not empty, so that the server does not fill it with a world of its own.</summary>
    private async Task MakeWorldAsync()
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        var tracks = Enumerable.Range(0, 20).Select(n => new TrackId($"t{n}")).ToArray();
        await store.Catalogue.UpsertTracksAsync([.. tracks.Select(id => new Track(id, $"Title {id}", "Artist", []))], default);
        await store.Catalogue.UpsertPlaylistsAsync([new Playlist(new PlaylistId("p1"), "One", new UserId("owner"), true, tracks, 3)], default);
        await store.Events.AppendAsync(
            [new UserEvent(new EventId("first"), new UserId("owner"), EventKind.Like, tracks[0], null, null, null, DateTimeOffset.UtcNow)], default);
    }

    private sealed class Producer(int number)
    {
        private int _next;

        public string User => $"producer-{number}";

        public List<int> Acknowledged { get; } = [];

        /// <summary>Sent, and the answer never came.</summary>
        public List<int> Unanswered { get; } = [];

        /// <summary>Posts batches of new events, and now and then an old one again, until the server is gone.</summary>
        public async Task PostAsync(HttpClient client)
        {
            try
            {
                for (var batch = 0; ; batch++)
                {
                    var events = Enumerable.Range(_next, 1 + (batch * 7 % 23)).ToList();
                    _next += events.Count;
                    Unanswered.AddRange(events);
                    var again = Acknowledged.Count > 0 && batch % 3 == 0 ? Acknowledged[^1] : -1;
                    var (fresh, known) = await SendAsync(client, again >= 0 ? [.. events, again] : events);
                    Assert.Equal((events.Count, again >= 0 ? 1 : 0), (fresh, known));
                    Unanswered.Clear();
                    Acknowledged.AddRange(events);
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // Killed.
            }
        }

        public async Task<(int Accepted, int Duplicates)> SendAsync(HttpClient client, List<int> events)
        {
            var (accepted, duplicates) = (0, 0);
            foreach (var batch in events.Chunk(5_000))
            {
                using var response = await client.PostAsJsonAsync("/v1/events", batch.Select(n => new
                {
                    eventId = $"e{n}", userId = User, kind = "listen", trackId = $"t{n % 20}", playedMs = 180_000, durationMs = 200_000,
                    occurredAt = DateTimeOffset.UtcNow,
                }));
                var answer = await response.Content.ReadAsStringAsync();
                Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{response.StatusCode}: {answer}");
                using var counts = JsonDocument.Parse(answer);
                accepted += counts.RootElement.GetProperty("accepted").GetInt32();
                duplicates += counts.RootElement.GetProperty("duplicates").GetInt32();
            }

            return (accepted, duplicates);
        }
    }
}
