using System.Net.Http.Headers;
using Buddies.Engine.Events;
using Buddies.Engine.Serving;

namespace Buddies.Api.Tests;

public sealed class EventTests
{
    private const string Lines = "application/x-ndjson";

    [Fact]
    public async Task Events_GoodArray_AreAcceptedWhole()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.PostEventsAsync("""
            [{"eventId":"e1","userId":"u","kind":"listen","trackId":"t","playlistId":"p","playedMs":5,"durationMs":9,
              "occurredAt":"2026-01-31T13:00:00+02:00","context":{"a":[1]},"else":{"x":1}}, {"eventId":"e1","userId":"u","kind":"skip","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"}]
            """);
        Assert.Equal(202, answer.Status);
        Assert.Equal("""{"accepted":1,"duplicates":1,"rejected":[]}""", answer.Body);
        Assert.Equal(
            new UserEvent(new("e1"), new("u"), EventKind.Listen, new("t"), new("p"), 5, 9, new(2026, 1, 31, 11, 0, 0, TimeSpan.Zero), Context: """{"a":[1]}"""),
            Assert.Single(host.Recommender.Events));
    }

    [Theory]
    [InlineData("""{"userId":"u","kind":"listen","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"}""", "eventId: expected 1 to 128")]
    [InlineData("""{"eventId":7,"userId":"u","kind":"listen","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"}""", "eventId: expected a string")]
    [InlineData("""{"eventId":"e","userId":"u","kind":"dance","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"}""", "kind: expected one of listen, skip")]
    [InlineData("""{"eventId":"e","userId":"u","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"}""", "got none")]
    [InlineData("""{"eventId":"e","userId":"u","kind":"listen","occurredAt":"2026-01-31T11:00:00Z"}""", "trackId: required")]
    [InlineData("""{"eventId":"e","userId":"u","kind":"listen","trackId":"t"}""", "occurredAt: required")]
    [InlineData("""{"eventId":"e","userId":"u","kind":"listen","trackId":"t","occurredAt":"yesterday"}""", "occurredAt: expected an RFC 3339")]
    [InlineData("""{"eventId":"e","userId":"u","kind":"listen","trackId":"t","occurredAt":"2026-01-31T11:00:00"}""", "occurredAt: expected an RFC 3339")]
    [InlineData("""{"eventId":"e","userId":"u","kind":"listen","trackId":"t","occurredAt":"2026-02-31T11:00:00Z"}""", "occurredAt: expected an RFC 3339")]
    [InlineData("""{"eventId":"e","userId":"u","kind":"listen","trackId":"t","occurredAt":"2027-01-31T11:00:00Z"}""", "in the future")]
    [InlineData("""{"eventId":"e","userId":"u","kind":"listen","trackId":"t","playedMs":-1,"occurredAt":"2026-01-31T11:00:00Z"}""", "playedMs: expected 0 or more")]
    [InlineData("""{"eventId":"e","userId":"u","kind":"listen","trackId":"t","playedMs":1e999,"occurredAt":"2026-01-31T11:00:00Z"}""", "playedMs: expected a whole number")]
    [InlineData("""{"eventId":"e","userId":"u","kind":"listen","trackId":"t","durationMs":99999999999999999999,"occurredAt":"2026-01-31T11:00:00Z"}""", "durationMs: expected a whole number")]
    [InlineData("""{"eventId":"\ud800","userId":"u","kind":"listen","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"}""", "eventId: not valid Unicode")]
    [InlineData("""{"eventId":"e\u0000","userId":"u","kind":"listen","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"}""", "control characters")]
    [InlineData("7", "expected an object")]
    public async Task Events_OneBadItem_IsRejectedAlone(string bad, string error)
    {
        await using var host = await ApiHost.StartAsync();
        foreach (var (body, type) in new[] { ($"[{bad},{Good("ok")}]", "application/json"), ($"{bad}\n\n{Good("ok2")}\r\n", Lines) })
        {
            var answer = await host.PostEventsAsync(body, type);
            Assert.Equal(202, answer.Status);
            Assert.Equal(1, answer.Json.GetProperty("accepted").GetInt32());
            var rejected = Assert.Single(answer.Json.GetProperty("rejected").EnumerateArray());
            Assert.Equal(0, rejected.GetProperty("index").GetInt32());
            Assert.Contains(error, rejected.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Events_RepeatedKey_LastCounts()
    {
        await using var host = await ApiHost.StartAsync();
        await host.PostEventsAsync("""[{"eventId":7,"eventId":"a","userId":"u","kind":"like","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"}]""");
        Assert.Equal("a", Assert.Single(host.Recommender.Events).Id.Value);
    }

    [Fact]
    public async Task Events_DeepContext_IsThatItemsOwnError()
    {
        await using var host = await ApiHost.StartAsync();
        var deep = Good("deep")[..^1] + ",\"context\":" + new string('[', 100) + new string(']', 100) + "}";
        var answer = await host.PostEventsAsync($"[{deep},{Good("e")}]");
        Assert.Contains("nested deeper than 32", answer.Body, StringComparison.Ordinal);
        Assert.Equal(1, answer.Json.GetProperty("accepted").GetInt32());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("{}", 0)]
    [InlineData("nonsense", 1)]
    [InlineData("[\n{\"eventId\":\"e\"},\n{]", 20)]
    [InlineData("[] []", 3)]
    public async Task Events_BrokenArray_NothingIsAccepted(string body, long position)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.PostEventsAsync(body)).Problem(400, "invalid-body");
        Assert.Equal(position, problem.GetProperty("position").GetInt64());
        Assert.Empty(host.Recommender.Events);
    }

    [Theory]
    [InlineData("[1,\"x\"]", "application/json")]
    [InlineData("{oops\nnonsense", Lines)]
    public async Task Events_NoItemReadable_IsABadRequest(string body, string type)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.PostEventsAsync(body, type)).Problem(400, "invalid-body");
        Assert.Equal(2, problem.GetProperty("rejected").GetArrayLength());
    }

    [Fact]
    public async Task Events_BadLine_IsRejectedAlone()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.PostEventsAsync($"{Good("a")}\n{{\"eventId\":\n{Good("b")}", Lines);
        Assert.Equal(2, answer.Json.GetProperty("accepted").GetInt32());
        Assert.Equal(1, answer.Json.GetProperty("rejected")[0].GetProperty("index").GetInt32());
    }

    [Fact]
    public async Task Events_EmptyArray_AcceptsNothing()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal("""{"accepted":0,"duplicates":0,"rejected":[]}""", (await host.PostEventsAsync("\uFEFF[]")).Body);
        Assert.Empty(host.Recommender.Asked);
    }

    [Fact]
    public async Task Events_BodyOverTheCap_IsRefused()
    {
        await using var host = await ApiHost.StartAsync(o => o.MaxBodyBytes = 2048);
        (await host.PostEventsAsync(new string(' ', 2049))).Problem(413, "body-too-large");
    }

    [Fact]
    public async Task Events_ChunkedBodyOverTheCap_IsRefused()
    {
        // A host of its own: the server closes a connection whose body it did not read, and a stream cannot be sent twice.
        await using var host = await ApiHost.StartAsync(o => o.MaxBodyBytes = 2048);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = new StreamContent(new MemoryStream(new byte[5000])) };
        chunked.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        chunked.Headers.TransferEncodingChunked = true;
        (await host.SendAsync(chunked)).Problem(413, "body-too-large");
    }

    [Fact]
    public async Task Events_TooManyItems_AreRefused()
    {
        await using var host = await ApiHost.StartAsync(o => o.MaxItems = 2);
        var three = string.Join(',', Enumerable.Range(0, 3).Select(i => Good($"e{i}")));
        (await host.PostEventsAsync($"[{three}]")).Problem(413, "too-many-items");
        (await host.PostEventsAsync(three.Replace("},{", "}\n{", StringComparison.Ordinal), Lines)).Problem(413, "too-many-items");
        Assert.Empty(host.Recommender.Events);
    }

    [Fact]
    public async Task Events_TooManyBodiesAtOnce_AreRefusedBeforeTheyAreRead()
    {
        await using var host = await ApiHost.StartAsync(o => o.MaxBufferedBytes = 1024);
        var answer = await host.PostEventsAsync(new string(' ', 1025));
        answer.Problem(429, "busy");
        Assert.Equal(202, (await host.PostEventsAsync("[]")).Status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Events_OtherContentType_IsRefused(string type)
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PostEventsAsync("[]", type)).Problem(415, "unsupported-media-type");
    }

    [Fact]
    public async Task Events_RuntimeBusyOrGone_SaysWhenToComeBack()
    {
        await using var host = await ApiHost.StartAsync();
        host.Recommender.Failure = new RecommenderBusyException(TimeSpan.FromSeconds(2.5));
        var busy = await host.PostEventsAsync($"[{Good("e")}]");
        busy.Problem(429, "busy");
        Assert.Equal(TimeSpan.FromSeconds(3), busy.Headers.RetryAfter?.Delta);

        host.Recommender.Failure = new RecommenderUnavailableException("The store is gone.");
        var gone = (await host.PostEventsAsync($"[{Good("e")}]")).Problem(503, "unavailable");
        Assert.Equal("The store is gone.", gone.GetProperty("detail").GetString());

        host.Recommender.Failure = new InvalidOperationException("secret");
        Assert.DoesNotContain("secret", (await host.PostEventsAsync($"[{Good("e")}]")).Problem(500, "internal-error").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_UnderWayAtShutdown_Finish()
    {
        await using var host = await ApiHost.StartAsync();
        var gate = new TaskCompletionSource();
        host.Recommender.Gate = gate.Task;
        var post = host.PostEventsAsync($"[{Good("e")}]");
        while (host.Recommender.Asked.Count == 0)
        {
            await Task.Yield();
        }

        var stop = host.StopAsync();
        gate.SetResult();
        Assert.Equal(202, (await post).Status);
        await stop;
    }

    internal static string Good(string id) =>
        $$"""{"eventId":"{{id}}","userId":"u","kind":"listen","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"}""";
}
