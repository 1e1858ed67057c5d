using System.Net.Http.Headers;
using System.Text.Json;
using Buddies.Engine.Serving;

namespace Buddies.Api.Tests;

public sealed class LiveTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Live_Changes_ArePushedAsNumberedEvents()
    {
        await using var host = await ApiHost.StartAsync();
        host.Recommender.Updates.Writer.TryWrite(new HomeUpdate(FakeRecommender.Page("u", 7, "two\nlines"), null));
        host.Recommender.Updates.Writer.TryWrite(new HomeUpdate(FakeRecommender.Page("u", 8), TimeSpan.FromMilliseconds(12.5)));
        using var response = await OpenAsync(host, "/v1/users/u/home/live?cards=4");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoCache);
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(["retry: 1000"], await BlockAsync(reader));
        var first = await BlockAsync(reader);
        Assert.Equal(["event: home", "id: 7"], first[..2]);
        Assert.StartsWith("data: {\"userId\":\"u\",\"snapshotVersion\":3,\"sequence\":7,", first[2], StringComparison.Ordinal);
        Assert.DoesNotContain("latencyMs", first[2], StringComparison.Ordinal);
        var second = await BlockAsync(reader);
        Assert.Equal(12.5, JsonDocument.Parse(second[2][6..]).RootElement.GetProperty("latencyMs").GetDouble());
    }

    [Fact]
    public async Task Live_ChangedBuddies_AreAnEventOfTheirOwnInTheSameOrderOfNumbers()
    {
        await using var host = await ApiHost.StartAsync();
        host.Recommender.Updates.Writer.TryWrite(new HomeUpdate(FakeRecommender.Page("u", 7), null));
        host.Recommender.Updates.Writer.TryWrite(new BuddiesUpdate(FakeRecommender.Buddies("u"), 8, null));
        host.Recommender.Updates.Writer.TryWrite(new BuddiesUpdate(FakeRecommender.Buddies("u"), 9, TimeSpan.FromMilliseconds(2.5)));
        using var response = await OpenAsync(host, "/v1/users/u/home/live");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await BlockAsync(reader);
        Assert.Equal(["event: home", "id: 7"], (await BlockAsync(reader))[..2]);
        Assert.Equal(
            [
                "event: buddies",
                "id: 8",
                """data: {"userId":"u","snapshotVersion":3,"buddies":[{"userId":"u2","similarity":0.5,"sharedTracks":12}],"sequence":8}""",
            ],
            await BlockAsync(reader));
        var own = await BlockAsync(reader);
        Assert.Equal(["event: buddies", "id: 9"], own[..2]);
        Assert.EndsWith("\"sequence\":9,\"latencyMs\":2.5}", own[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", null, 7L)]
    [InlineData(null, "8", 8L)]
    [InlineData("7", "8", 8L)]
    [InlineData("rubbish", null, null)]
    public async Task Live_LastEventId_Resumes(string? header, string? query, long? expected)
    {
        await using var host = await ApiHost.StartAsync();
        for (var sequence = 7; sequence <= 9; sequence++)
        {
            host.Recommender.Updates.Writer.TryWrite(new HomeUpdate(FakeRecommender.Page("u", sequence), null));
        }

        using var response = await OpenAsync(host, "/v1/users/u/home/live" + (query is null ? "" : $"?lastEventId={query}"), header);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await BlockAsync(reader);
        Assert.Equal($"id: {(expected ?? 6) + 1}", (await BlockAsync(reader))[1]);
        Assert.Equal(expected, host.Recommender.LastSequence);
    }

    [Fact]
    public async Task Live_Quiet_CarriesAHeartbeatEvery15Seconds()
    {
        await using var host = await ApiHost.StartAsync();
        using var response = await OpenAsync(host, "/v1/users/u/home/live");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await BlockAsync(reader);
        host.Time.Advance(TimeSpan.FromSeconds(14));
        host.Recommender.Updates.Writer.TryWrite(new HomeUpdate(FakeRecommender.Page("u", 1), null));
        Assert.Equal("id: 1", (await BlockAsync(reader))[1]);
        for (var i = 0; i < 3; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal([":"], await BlockAsync(reader));
        }
    }

    [Fact]
    public async Task Live_SlowReader_HoldsBackItsOwnSubscription()
    {
        await using var host = await ApiHost.StartAsync();
        var title = new string('x', 200_000);
        for (var sequence = 1; sequence <= 400; sequence++)
        {
            host.Recommender.Updates.Writer.TryWrite(new HomeUpdate(FakeRecommender.Page("u", sequence, title), null));
        }

        using var response = await OpenAsync(host, "/v1/users/u/home/live");
        await Task.Delay(300); // Longer than an unhindered server needs for all of them; buffers fill meanwhile.
        Assert.True(host.Recommender.Updates.Reader.Count > 100, $"{host.Recommender.Updates.Reader.Count} pages left, expected most of 400");
        Assert.Equal(200, (await host.GetAsync("/v1/users/u/home")).Status);

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await BlockAsync(reader);
        for (var sequence = 1; sequence <= 400; sequence++)
        {
            Assert.Equal($"id: {sequence}", (await BlockAsync(reader))[1]);
        }
    }

    [Fact]
    public async Task Live_MoreThanTheCap_IsRefusedUntilOneLeaves()
    {
        await using var host = await ApiHost.StartAsync(o => o.MaxLiveStreams = 1);
        using (await OpenAsync(host, "/v1/users/u/home/live"))
        {
            var answer = await host.GetAsync("/v1/users/u/home/live");
            answer.Problem(429, "too-many-streams");
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        using var waiting = new CancellationTokenSource(s_patience);
        HttpResponseMessage response;
        while ((int)(response = await OpenAsync(host, "/v1/users/u/home/live")).StatusCode == 429)
        {
            response.Dispose();
            await Task.Delay(10, waiting.Token);
        }

        Assert.True(response.IsSuccessStatusCode);
        response.Dispose();
    }

    [Fact]
    public async Task Live_RuntimeRefuses_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync(o => o.MaxLiveStreams = 1);
        host.Recommender.Failure = new RecommenderUnavailableException("Not now.");
        for (var i = 0; i < 3; i++)
        {
            (await host.GetAsync("/v1/users/u/home/live")).Problem(503, "unavailable");
        }
    }

    [Fact]
    public async Task Live_Shutdown_EndsStreamsPromptly()
    {
        await using var host = await ApiHost.StartAsync();
        using var response = await OpenAsync(host, "/v1/users/u/home/live");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await BlockAsync(reader);
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("", await reader.ReadToEndAsync().WaitAsync(s_patience));
    }

    private static Task<HttpResponseMessage> OpenAsync(ApiHost host, string path, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        return host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(s_patience);
    }

    private static async Task<List<string>> BlockAsync(StreamReader reader)
    {
        var lines = new List<string>();
        while (await reader.ReadLineAsync().WaitAsync(s_patience) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
