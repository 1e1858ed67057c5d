using System.Net.Http.Headers;
using System.Text;
using Buddies.Api.Contracts;
using Buddies.Api.Idempotency;
using Buddies.Engine.Serving;

namespace Buddies.Api.Tests;

public sealed class IdempotencyTests
{
    [Fact]
    public async Task SameKeySameBody_IsAnsweredAsBefore_WithoutASecondEffect()
    {
        await using var host = await ApiHost.StartAsync();
        var body = $"[{EventTests.Good("a")},{{}},{EventTests.Good("b")}]";
        var first = await PostAsync(host, body, "k1");
        var second = await PostAsync(host, body, "k1");
        Assert.Equal(first.Body, second.Body);
        Assert.Contains("\"accepted\":2,\"duplicates\":0", second.Body, StringComparison.Ordinal);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(["ingest"], host.Recommender.Asked);

        // Without the key, and with another one, it is a new request.
        Assert.Contains("\"duplicates\":2", (await PostAsync(host, body, "k2")).Body, StringComparison.Ordinal);
        Assert.Equal(["ingest", "ingest"], host.Recommender.Asked);
    }

    [Fact]
    public async Task SameKeyOtherBody_IsRefused_ButNotAnotherProducers()
    {
        await using var host = await ApiHost.StartAsync();
        await PostAsync(host, $"[{EventTests.Good("a")}]", "k", "one");
        (await PostAsync(host, $"[{EventTests.Good("b")}]", "k", "one")).Problem(422, "idempotency-key-reused");
        Assert.Single(host.Recommender.Events);
        Assert.Equal(202, (await PostAsync(host, $"[{EventTests.Good("b")}]", "k", "two")).Status);
        Assert.Equal(2, host.Recommender.Events.Count);
    }

    [Fact]
    public async Task SameKey_WhileTheFirstIsUnderWay_WaitsForItsAnswer()
    {
        await using var host = await ApiHost.StartAsync();
        var gate = new TaskCompletionSource();
        host.Recommender.Gate = gate.Task;
        var body = $"[{EventTests.Good("a")}]";
        var both = new[] { PostAsync(host, body, "k"), PostAsync(host, body, "k") };
        gate.SetResult();
        var answers = await Task.WhenAll(both);
        Assert.All(answers, answer => Assert.Equal("""{"accepted":1,"duplicates":0,"rejected":[]}""", answer.Body));
        Assert.Equal(["ingest"], host.Recommender.Asked);
    }

    [Fact]
    public async Task Key_OfARequestThatFailed_IsFree()
    {
        await using var host = await ApiHost.StartAsync();
        var body = $"[{EventTests.Good("a")}]";
        host.Recommender.Failure = new RecommenderBusyException(TimeSpan.FromSeconds(1));
        (await PostAsync(host, body, "k")).Problem(429, "busy");
        host.Recommender.Failure = null;
        var answer = await PostAsync(host, body, "k");
        Assert.Contains("\"accepted\":1", answer.Body, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task Key_IsForgottenAfterTheWindow()
    {
        await using var host = await ApiHost.StartAsync(o => o.IdempotencyWindow = TimeSpan.FromMinutes(10));
        await PostAsync(host, $"[{EventTests.Good("a")}]", "k");
        host.Time.Advance(TimeSpan.FromMinutes(9));
        (await PostAsync(host, $"[{EventTests.Good("b")}]", "k")).Problem(422, "idempotency-key-reused");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(202, (await PostAsync(host, $"[{EventTests.Good("b")}]", "k")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("long")]
    public async Task Key_OutOfBounds_IsRefused(string key)
    {
        await using var host = await ApiHost.StartAsync();
        (await PostAsync(host, "[]", key == "long" ? new string('k', 256) : key)).Problem(400, "invalid-header");
    }

    [Fact]
    public async Task Answers_StayWithinTheirMemory_TheOldestGiveWay()
    {
        var keys = new IdempotencyKeys(new BuddiesApiOptions { IdempotencyBytes = 100_000 }, new FakeTime());
        for (var i = 0; i < 2000; i++)
        {
            await keys.AnswerAsync("p", $"{i}", [1], () => Task.FromResult(new EventsResponse(i, 0, [])), default);
            Assert.True(keys.Bytes <= 100_000, $"{keys.Bytes} bytes after {i} answers");
        }

        var latest = await keys.AnswerAsync("p", "1999", [1], () => throw new InvalidOperationException("done twice"), default);
        Assert.Equal((1999, true), (latest.Answer!.Accepted, latest.IsReplay));
        var oldest = await keys.AnswerAsync("p", "0", [1], () => Task.FromResult(new EventsResponse(-1, 0, [])), default);
        Assert.Equal((-1, false), (oldest.Answer!.Accepted, oldest.IsReplay));
    }

    [Fact]
    public async Task CallerThatGivesUp_LeavesTheAnswerToTheNext()
    {
        var keys = new IdempotencyKeys(new BuddiesApiOptions(), new FakeTime());
        using var giveUp = new CancellationTokenSource();
        var done = new TaskCompletionSource<EventsResponse>();
        var first = keys.AnswerAsync("p", "k", [1], () => done.Task, giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = keys.AnswerAsync("p", "k", [1], () => throw new InvalidOperationException("done twice"), default);
        done.SetResult(new EventsResponse(5, 0, []));
        Assert.Equal(5, (await second).Answer!.Accepted);
    }

    private static Task<Answer> PostAsync(ApiHost host, string body, string key, string? producer = null)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = content };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (producer is not null)
        {
            request.Headers.Add("Buddies-Producer", producer);
        }

        return host.SendAsync(request);
    }
}
