using System.Net;
using System.Net.Sockets;
using Buddies.Api.Security;
using Buddies.Api.Startup;
using Buddies.Storage.Keys;
using Microsoft.AspNetCore.Builder;

namespace Buddies.Api.Tests.Access;

public sealed class LimitTests
{
    [Fact]
    public async Task Events_OutsideTheScope_AreRefusedAlone()
    {
        using var keys = new KeySet();
        keys.Add("plays", AccessRole.Producer, key => key with { Kinds = [Engine.Events.EventKind.Listen], Source = "radio" });
        await using var host = await keys.StartAsync();
        const string Body = """
            [{"eventId":"1","userId":"own","kind":"listen","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"},
             {"eventId":"2","userId":"own","kind":"like","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"},
             {"eventId":"3","userId":"other","kind":"listen","trackId":"t","context":{"a":1},"occurredAt":"2026-01-31T11:00:00Z"}]
            """;
        var answer = await host.SendAsync(KeySet.Request(HttpMethod.Post, "/v1/events", keys["plays"], Body));
        Assert.Equal("kind: this key sends no 'like'", answer.Json.GetProperty("rejected")[0].GetProperty("error").GetString());
        Assert.Equal(["1", "3"], host.Recommender.Events.Select(e => e.Id.Value));
        Assert.Contains("name radio", host.Recommender.Terms.Producer, StringComparison.Ordinal);

        answer = await host.SendAsync(KeySet.Request(HttpMethod.Post, "/v1/events", keys.TokenFor(host, "own"), Body));
        Assert.Equal(2, answer.Json.GetProperty("rejected")[0].GetProperty("index").GetInt32());
        Assert.DoesNotContain(host.Recommender.Events, e => e.User.Value == "other" && e.Id.Value != "3");
    }

    [Fact]
    public async Task IdempotencyKey_OfAnotherProducer_IsNotAnswered()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync();
        const string Body = """[{"eventId":"1","userId":"own","kind":"listen","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"}]""";
        foreach (var name in new[] { "producer", "plain producer" })
        {
            var request = KeySet.Request(HttpMethod.Post, "/v1/events", keys[name], Body);
            request.Headers.Add("Idempotency-Key", "one");
            Assert.False((await host.SendAsync(request)).Headers.Contains("Idempotency-Replayed"), name);
        }
    }

    [Fact]
    public async Task Requests_BeyondTheKeysRate_Get429()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync(options => options.Security.ClientRequestsPerSecond = 1);
        var answers = new List<Answer>();
        for (var i = 0; i < 40 && answers.All(a => a.Status == 200); i++)
        {
            answers.Add(await host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/users/own/taste", keys.TokenFor(host, "own"))));
        }

        answers[^1].Problem(429, "too-many-requests");
        Assert.NotNull(answers[^1].Headers.RetryAfter);
        Assert.InRange(answers.Count, 6, 40);
        Assert.Equal(200, (await host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/users/own/taste", keys["backend"]))).Status);
        Assert.Equal(200, (await host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/users/another/taste", keys.TokenFor(host, "another")))).Status);
    }

    [Fact]
    public async Task Streams_BeyondTheKeysNumber_Get429UntilOneEnds()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync(options => options.Security.ClientStreams = 2);
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < 2; i++)
        {
            open.Add(await OpenAsync());
            Assert.Equal(200, (int)open[i].StatusCode);
        }

        Assert.Equal(429, (int)(await OpenAsync()).StatusCode);
        open.ForEach(response => response.Dispose());

        Task<HttpResponseMessage> OpenAsync() => host.Client.SendAsync(
            KeySet.Request(HttpMethod.Get, "/v1/users/own/home/live", keys.TokenFor(host, "own")), HttpCompletionOption.ResponseHeadersRead);
    }

    [Fact]
    public async Task OperatorAddress_Given_AloneKnowsOperatorCalls()
    {
        using var keys = new KeySet();
        var door = $"http://127.0.0.1:{FreePort()}";
        await using var host = await keys.StartAsync(options => options.Security.OperatorUrls = [door]);
        (await host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/doorman", keys["operator"]))).Problem(404, "not-found");
        (await host.SendAsync(KeySet.Request(HttpMethod.Get, "/metrics", keys["operator"]))).Problem(404, "not-found");
        Assert.Equal(200, (await host.SendAsync(KeySet.Request(HttpMethod.Get, door + "/v1/doorman", keys["operator"]))).Status);
        Assert.Equal(401, (await host.SendAsync(KeySet.Request(HttpMethod.Get, door + "/v1/doorman", null))).Status);
        Assert.Equal(200, (await host.SendAsync(KeySet.Request(HttpMethod.Get, door + "/metrics", null))).Status);
    }

    [Fact]
    public async Task Cors_OriginListed_IsAnsweredAndNoOther()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync(options => options.Security.CorsOrigins = ["https://app.example"]);
        foreach (var (origin, isAllowed) in new[] { ("https://app.example", true), ("https://evil.example", false) })
        {
            var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/users/own/home");
            preflight.Headers.Add("Origin", origin);
            preflight.Headers.Add("Access-Control-Request-Method", "GET");
            preflight.Headers.Add("Access-Control-Request-Headers", "authorization");
            Assert.Equal(isAllowed, (await host.SendAsync(preflight)).Headers.Contains("Access-Control-Allow-Origin"));
        }

        await using var closed = await keys.StartAsync();
        var request = KeySet.Request(HttpMethod.Get, "/v1/users/own/home", keys["backend"]);
        request.Headers.Add("Origin", "https://app.example");
        Assert.False((await closed.SendAsync(request)).Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("{\"key\":\"1\",\"name\":\"n\",\"role\":\"king\",\"sha256\":\"00\"}")]
    [InlineData("{\"surprise\":1}")]
    public void Keys_UnreadableAtTheStart_AreRefusedAndNotRepeated(string text)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, text);
        var refusal = Assert.Throws<StartupRefusedException>(() => KeyRing.ReadOnce(new SecurityOptions { KeyFile = path }));
        Assert.DoesNotContain("surprise", refusal.Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public void Address_NotLoopback_IsTakenWithKeysOnly()
    {
        using var keys = new KeySet();
        foreach (var hasKeys in new[] { true, false })
        {
            var options = new BuddiesApiOptions();
            options.Security.KeyFile = hasKeys ? keys.Path : null;
            var builder = WebApplication.CreateBuilder(["--urls", "http://0.0.0.0:5080"]);
            if (hasKeys)
            {
                builder.AddBuddiesApi(options);
            }
            else
            {
                var refusal = Assert.Throws<StartupRefusedException>(() => builder.AddBuddiesApi(options));
                Assert.Contains("buddies keys add", refusal.Message, StringComparison.Ordinal);
            }
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
