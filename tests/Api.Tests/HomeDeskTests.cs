using System.Text.Json;

namespace Buddies.Api.Tests;

public sealed class HomeDeskTests
{
    [Fact]
    public async Task Settings_ChosenDiscovery_IsAnsweredAndKept()
    {
        await using var host = await ApiHost.StartAsync();
        var before = await host.GetAsync("/v1/users/u1/settings");
        Assert.Equal((200, 0.5), (before.Status, before.Json.GetProperty("discovery").GetDouble()));
        var put = await host.SendAsync(HttpMethod.Put, "/v1/users/u1/settings", """{"discovery":0.8}""");
        Assert.Equal((200, 0.8), (put.Status, put.Json.GetProperty("discovery").GetDouble()));
        Assert.Equal(0.8, host.Desk.Choice.Discovery);
    }

    [Theory]
    [InlineData("""{"discovery":1.5}""", "application/json", 400, "invalid-body")]
    [InlineData("""{"discovery":"much"}""", "application/json", 400, "invalid-body")]
    [InlineData("{", "application/json", 400, "invalid-body")]
    [InlineData("{}", "text/plain", 415, "unsupported-media-type")]
    public async Task Settings_BadBody_IsRefused(string body, string type, int status, string problem)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync(HttpMethod.Put, "/v1/users/u1/settings", body, type);
        Assert.Equal(status, answer.Status);
        Assert.EndsWith(problem, answer.Json.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Equal(0.5, host.Desk.Choice.Discovery);
    }

    [Fact]
    public async Task Home_Discovery_GoesToTheRecommender_AndOutOfRangeIsRefused()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(200, (await host.GetAsync("/v1/users/u1/home?discovery=0.25")).Status);
        Assert.Equal(0.25, host.Recommender.Request!.Discovery);
        Assert.Equal(400, (await host.GetAsync("/v1/users/u1/home?discovery=2")).Status);
        Assert.Equal(200, (await host.GetAsync("/v1/users/u1/home")).Status);
        Assert.Null(host.Recommender.Request!.Discovery);
    }

    [Fact]
    public async Task Why_KnownCard_TellsHowItWasDrawn_AndAnotherIsNotFound()
    {
        await using var host = await ApiHost.StartAsync();
        var why = (await host.GetAsync("/v1/users/u1/home/why?impressionId=5-1-2")).Json;
        Assert.Equal(
            ("p1", 0.125, 2, true),
            (why.GetProperty("playlistId").GetString(), why.GetProperty("propensity").GetDouble(), why.GetProperty("candidates").GetInt32(), why.GetProperty("explored").GetBoolean()));
        var parts = why.GetProperty("parts").EnumerateArray().ToArray();
        Assert.Equal("taste match", parts[1].GetProperty("name").GetString());
        Assert.Equal(why.GetProperty("expected").GetDouble(), parts.Sum(part => part.GetProperty("reward").GetDouble()), 1e-9);
        var missing = await host.GetAsync("/v1/users/u1/home/why?impressionId=9-9-9");
        Assert.Equal(404, missing.Status);
        Assert.EndsWith("impression-not-found", missing.Json.GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hood_TellsHowPagesAreDecided()
    {
        await using var host = await ApiHost.StartAsync();
        var hood = (await host.GetAsync("/v1/users/u1/hood")).Json;
        Assert.Equal(
            ("regular, listening", 9, 3),
            (hood.GetProperty("segment").GetString(), hood.GetProperty("pagesLearned").GetInt32(), hood.GetProperty("seen").GetInt32()));
        Assert.Equal(JsonValueKind.Null, hood.GetProperty("experiments")[0].GetProperty("variant").ValueKind);
        Assert.Equal(9, hood.GetProperty("shelves").GetArrayLength());
    }

    [Fact]
    public async Task Insights_OfLongRanges_AreSummedByDays()
    {
        await using var host = await ApiHost.StartAsync();
        var day = (await host.GetAsync("/v1/insights?hours=2")).Json;
        Assert.Equal((1, 2), (day.GetProperty("bucketHours").GetInt32(), day.GetProperty("engagement").GetArrayLength()));
        Assert.Equal(host.Desk.AskedFrom, day.GetProperty("from").GetDateTimeOffset());
        Assert.Equal(0, host.Desk.AskedFrom.Minute);
        Assert.Equal(60_000, day.GetProperty("listening")[0].GetProperty("recommendedMs").GetInt64());
        Assert.Equal(2, day.GetProperty("playlists")[0].GetProperty("tally").GetProperty("kept").GetInt64());
        Assert.Equal(3, day.GetProperty("coldStart")[0].GetProperty("started").GetInt64());
        var week = (await host.GetAsync("/v1/insights?hours=336")).Json;
        Assert.Equal(24, week.GetProperty("bucketHours").GetInt32());
        Assert.Equal(15, week.GetProperty("engagement").EnumerateArray().Sum(row => row.GetProperty("tally").GetProperty("cards").GetInt64()));
        Assert.Equal(400, (await host.GetAsync("/v1/insights?hours=0")).Status);
    }

    [Fact]
    public async Task Experiments_WithoutObservations_HaveNoInterval()
    {
        await using var host = await ApiHost.StartAsync();
        var experiment = (await host.GetAsync("/v1/experiments")).Json.GetProperty("experiments")[0];
        Assert.Equal(
            ("narrow", 2, false),
            (experiment.GetProperty("name").GetString(), experiment.GetProperty("variants").GetArrayLength(), experiment.GetProperty("ratioMismatch").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, experiment.GetProperty("metrics")[0].GetProperty("low").ValueKind);
    }

    [Theory]
    [InlineData("/v1/users/u1/settings")]
    [InlineData("/v1/users/u1/hood")]
    [InlineData("/v1/insights")]
    public async Task FixedHome_HasNothingToTell(string path)
    {
        await using var host = await ApiHost.StartAsync();
        host.Desk.IsFixed = true;
        var answer = await host.GetAsync(path);
        Assert.Equal(404, answer.Status);
        Assert.EndsWith("home-is-fixed", answer.Json.GetProperty("type").GetString(), StringComparison.Ordinal);
    }
}
