using System.Net.Http.Headers;

namespace Buddies.Api.Tests;

/// <summary>Who sends, and what is waited for.</summary>
public sealed class IngestTermsTests
{
    [Theory]
    [InlineData("?wait=applied", true, ",\"applied\":true}")]
    [InlineData("?wait=applied", false, ",\"applied\":false}")]
    [InlineData("?wait=durable", true, "\"rejected\":[]}")]
    [InlineData("", true, "\"rejected\":[]}")]
    public async Task Wait_SaysWhetherTheEffectsAreThere(string query, bool isApplied, string end)
    {
        await using var host = await ApiHost.StartAsync(o => o.WaitForEffect = TimeSpan.FromSeconds(3));
        host.Recommender.IsApplied = isApplied;
        var answer = await host.SendAsync(HttpMethod.Post, "/v1/events" + query, $"[{EventTests.Good("a")}]");
        Assert.Equal(202, answer.Status);
        Assert.EndsWith(end, answer.Body, StringComparison.Ordinal);
        Assert.Equal(query == "?wait=applied" ? TimeSpan.FromSeconds(3) : null, host.Recommender.Terms.WaitApplied);
    }

    [Fact]
    public async Task Wait_ForSomethingElse_IsRefused()
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.SendAsync(HttpMethod.Post, "/v1/events?wait=forever", "[]")).Problem(400, "invalid-query");
        Assert.Contains("wait: expected one of durable, applied, got 'forever'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Producer_IsItsNameOrItsConnection()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal("name jukebox", await ProducerOfAsync(host, "jukebox", "a"));
        var (first, second) = (await ProducerOfAsync(host, null, "b"), await ProducerOfAsync(host, null, "c"));
        Assert.StartsWith("connection ", first, StringComparison.Ordinal);
        Assert.Equal(first, second);
        using var other = new HttpClient { BaseAddress = host.Client.BaseAddress };
        using var answer = await other.PostAsync(new Uri("/v1/events", UriKind.Relative), Body("d"));
        Assert.NotEqual(first, host.Recommender.Terms.Producer);
    }

    [Fact]
    public async Task Producer_WithAnImpossibleName_IsRefused()
    {
        await using var host = await ApiHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = Body("a") };
        request.Headers.Add("Buddies-Producer", new string('p', 129));
        (await host.SendAsync(request)).Problem(400, "invalid-header");
    }

    [Fact]
    public async Task Events_LongerThanAnyEventMayBe_AreRefusedAlone()
    {
        await using var host = await ApiHost.StartAsync();
        var long1 = EventTests.Good("long")[..^1] + $",\"else\":\"{new string('x', 17_000)}\"}}";
        foreach (var (body, type) in new[] { ($"[{long1},{EventTests.Good("a")}]", "application/json"), ($"{long1}\n{EventTests.Good("b")}", "application/x-ndjson") })
        {
            var answer = await host.PostEventsAsync(body, type);
            Assert.Equal("""{"accepted":1,"duplicates":0,"rejected":[{"index":0,"error":"longer than 16384 bytes"}]}""", answer.Body);
        }
    }

    private static async Task<string> ProducerOfAsync(ApiHost host, string? name, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = Body(id) };
        if (name is not null)
        {
            request.Headers.Add("Buddies-Producer", name);
        }

        Assert.Equal(202, (await host.SendAsync(request)).Status);
        return host.Recommender.Terms.Producer;
    }

    private static ByteArrayContent Body(string id)
    {
        var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes($"[{EventTests.Good(id)}]"));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");
        return content;
    }
}
