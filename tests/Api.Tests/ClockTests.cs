namespace Buddies.Api.Tests;

public sealed class ClockTests
{
    [Fact]
    public async Task Events_ServersClockJumpsBack_WhatLiesAheadIsRefusedWithItsReasonUntilThen()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal("""{"accepted":1,"duplicates":0,"rejected":[]}""", (await host.PostEventsAsync(Event("e1"))).Body);

        host.Time.Advance(TimeSpan.FromMinutes(-10));
        var answer = await host.PostEventsAsync(Event("e2"));
        Assert.Equal(202, answer.Status);
        var rejected = Assert.Single(answer.Json.GetProperty("rejected").EnumerateArray());
        Assert.Equal("occurredAt: more than 5 minutes in the future", rejected.GetProperty("error").GetString());
        Assert.Equal("e1", Assert.Single(host.Recommender.Events).Id.Value);

        host.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("""{"accepted":1,"duplicates":0,"rejected":[]}""", (await host.PostEventsAsync(Event("e2"))).Body);
    }

    private static string Event(string id) =>
        $$"""[{"eventId":"{{id}}","userId":"u","kind":"listen","trackId":"t","occurredAt":"2026-01-31T12:00:00Z"}]""";
}
