using System.Text.Json;

namespace Buddies.Api.Tests;

/// <summary>An operator's calls.</summary>
public sealed class DoormanTests
{
    [Fact]
    public async Task Snapshots_AreListedWithTheirStates()
    {
        await using var host = await ApiHost.StartAsync();
        var snapshots = (await host.GetAsync("/v1/snapshots")).Json.GetProperty("snapshots").EnumerateArray().ToArray();
        Assert.Equal(["retired", "current", "canary", "rejected"], snapshots.Select(one => one.GetProperty("state").GetString()!));
        Assert.Equal([0, 3, 2, 0], snapshots.Select(one => one.GetProperty("readers").GetInt32()));
        Assert.Equal((200, 1, 1), (snapshots[1].GetProperty("watermark").GetInt32(), snapshots[1].GetProperty("parent").GetInt32(), snapshots[1].GetProperty("replaced").GetInt32()));
        Assert.False(snapshots[0].TryGetProperty("replaced", out _));
        Assert.Equal("a byte is wrong", snapshots[3].GetProperty("reasons")[0].GetString());
        Assert.Equal(0.25, snapshots[0].GetProperty("metrics").GetProperty("recall").GetDouble());
    }

    [Fact]
    public async Task Doorman_TellsWhatServes_TheCanary_AndTheEndOfTheJournal()
    {
        await using var host = await ApiHost.StartAsync();
        var state = (await host.GetAsync("/v1/doorman")).Json;
        Assert.Equal((7, 2, 2, 1), (state.GetProperty("epoch").GetInt32(), state.GetProperty("current").GetInt32(), state.GetProperty("serving").GetInt32(), state.GetProperty("former").GetInt32()));
        Assert.Equal(1.5, state.GetProperty("flipMs").GetDouble());
        Assert.False(state.TryGetProperty("rollout", out _));
        var canary = state.GetProperty("canary");
        Assert.Equal((3, 10.0), (canary.GetProperty("version").GetInt32(), canary.GetProperty("percent").GetDouble()));
        var engagement = canary.GetProperty("engagement");
        Assert.Equal((50, 400, "wait"), (engagement.GetProperty("candidate").GetProperty("plays").GetInt32(), engagement.GetProperty("current").GetProperty("plays").GetInt32(), engagement.GetProperty("decision").GetString()));
        var entry = Assert.Single(state.GetProperty("journal").EnumerateArray());
        Assert.Equal(("rejected", 4, 50), (entry.GetProperty("action").GetString(), entry.GetProperty("version").GetInt32(), entry.GetProperty("number").GetInt32()));
        Assert.Empty((await host.GetAsync("/v1/doorman?journal=0")).Json.GetProperty("journal").EnumerateArray());
        (await host.GetAsync("/v1/doorman?journal=1001")).Problem(400, "invalid-query");
    }

    [Theory]
    [InlineData("/v1/snapshots/3/validate", "", DoormanAction.Validate, 3, 10, "")]
    [InlineData("/v1/snapshots/3/canary", """{"percent":2.5,"why":"try it"}""", DoormanAction.Canary, 3, 2.5, "try it")]
    [InlineData("/v1/snapshots/3/promote", """{}""", DoormanAction.Promote, 3, 10, "")]
    [InlineData("/v1/snapshots/3/reject", """{"why":"worse"}""", DoormanAction.Reject, 3, 10, "worse")]
    [InlineData("/v1/doorman/rollback", "", DoormanAction.Rollback, null, 10, "")]
    [InlineData("/v1/doorman/rollback", """{"version":1}""", DoormanAction.Rollback, 1, 10, "")]
    public async Task Orders_ReachTheDoorman(string path, string body, DoormanAction action, int? version, double percent, string why)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync(HttpMethod.Post, path, body);
        Assert.Equal(202, answer.Status);
        Assert.Equal(("It will be done.", 7, 2), (answer.Json.GetProperty("message").GetString(), answer.Json.GetProperty("epoch").GetInt32(), answer.Json.GetProperty("current").GetInt32()));
        var order = Assert.Single(host.Doorman.Orders);
        Assert.Equal((action, version, percent, why), (order.Action, order.Version?.Value, order.Percent, order.Why));
    }

    [Fact]
    public async Task Orders_ThatAcceptALowerRecall_SayWhyToTheDoorman()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(202, (await host.SendAsync(HttpMethod.Post, "/v1/snapshots/3/validate", """{"acceptLowerRecall":"another dataset"}""")).Status);
        Assert.Equal("another dataset", Assert.Single(host.Doorman.Orders).AcceptLowerRecall);
    }

    [Fact]
    public async Task Orders_ThatTheDoormanRefuses_Are409WithTheReason()
    {
        await using var host = await ApiHost.StartAsync();
        host.Doorman.Answer = new(false, "Version 4 is rejected.");
        var problem = (await host.SendAsync(HttpMethod.Post, "/v1/snapshots/4/promote", "")).Problem(409, "doorman-refuses");
        Assert.Equal("Version 4 is rejected.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/v1/snapshots/9/promote", "", "application/json", 404, "snapshot-not-found")]
    [InlineData("/v1/doorman/rollback", """{"version":9}""", "application/json", 404, "snapshot-not-found")]
    [InlineData("/v1/snapshots/0/promote", "", "application/json", 400, "invalid-id")]
    [InlineData("/v1/snapshots/-1/promote", "", "application/json", 400, "invalid-id")]
    [InlineData("/v1/snapshots/two/promote", "", "application/json", 400, "invalid-id")]
    [InlineData("/v1/snapshots/3/canary", """{"percent":100}""", "application/json", 400, "invalid-body")]
    [InlineData("/v1/snapshots/3/canary", """{"percent":0}""", "application/json", 400, "invalid-body")]
    [InlineData("/v1/snapshots/3/canary", """{"percent":"ten"}""", "application/json", 400, "invalid-body")]
    [InlineData("/v1/snapshots/3/canary", """{"why":"a\nb"}""", "application/json", 400, "invalid-body")]
    [InlineData("/v1/snapshots/3/validate", """{"acceptLowerRecall":" "}""", "application/json", 400, "invalid-body")]
    [InlineData("/v1/snapshots/3/validate", """{"acceptLowerRecall":"a\nb"}""", "application/json", 400, "invalid-body")]
    [InlineData("/v1/snapshots/3/promote", """{"acceptLowerRecall":"it is fine"}""", "application/json", 400, "invalid-body")]
    [InlineData("/v1/doorman/rollback", """{"version":0}""", "application/json", 400, "invalid-body")]
    [InlineData("/v1/snapshots/3/canary", "{", "application/json", 400, "invalid-body")]
    [InlineData("/v1/snapshots/3/canary", "percent=5", "application/x-www-form-urlencoded", 415, "unsupported-media-type")]
    public async Task Orders_ThatCannotBe_AreRefusedBeforeTheDoorman(string path, string body, string type, int status, string problem)
    {
        await using var host = await ApiHost.StartAsync();
        (await host.SendAsync(HttpMethod.Post, path, body, type)).Problem(status, problem);
        Assert.Empty(host.Doorman.Orders);
    }

    [Fact]
    public async Task Orders_TooLongABody_Is413()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.SendAsync(HttpMethod.Post, "/v1/snapshots/3/promote", JsonSerializer.Serialize(new { why = new string('x', 5000) }))).Problem(413, "body-too-large");
    }

    [Fact]
    public async Task Orders_FromAnotherOrigin_AreForbidden()
    {
        await using var host = await ApiHost.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/doorman/rollback") { Headers = { { "Origin", "http://elsewhere.example" } } };
        (await host.SendAsync(request)).Problem(403, "foreign-origin");
        Assert.Empty(host.Doorman.Orders);
    }
}
