using System.Text;
using Buddies.Storage.Tests.Postgres;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Processes;

/// <summary>One trace from a request to the push, over the processes of a cluster.</summary>
public sealed class TraceTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    [PrivatePostgresFact]
    public async Task AnEvent_FromTheFrontToTheSiloAndBack_IsOneTrace_ThatNamesNobody()
    {
        using var collector = new Collector();
        await using var world = await SmallWorld.MakeAsync();
        _ = await world.StartAsync(Environment("the-silo"), ["--role", "silo"]);
        var front = await world.StartAsync(Environment("the-front"), ["--role", "api"]);
        using var caller = new Caller(front.Url);
        var user = SyntheticWorld.ListenerId(3).Value;
        await using var pages = caller.LiveAsync($"/v1/users/{user}/home/live").Where(update => update.Name == "home").GetAsyncEnumerator();
        Assert.True(await pages.MoveNextAsync());
        var playlist = pages.Current.Data.GetProperty("shelves")[0].GetProperty("cards")[0].GetProperty("playlistId").GetString();
        using var producer = new Caller(front.Url);
        producer.Trace(TraceId);
        await producer.AskAsync(
            HttpMethod.Post, "/v1/events", new[] { new { eventId = "traced", userId = user, kind = "hide", playlistId = playlist, occurredAt = DateTimeOffset.UtcNow } });
        Assert.True(await pages.MoveNextAsync());

        var trace = Convert.FromHexString(TraceId);
        await collector.WaitAsync(
            _ => Of("the-front", "POST /v1/events") && Of("the-silo", "IListenerGrain/") && Of("the-silo", "IHomeObserver/"), TimeSpan.FromMinutes(1));
        Assert.All(collector.Bodies, body => Assert.Equal(-1, IndexOf(body, user)));

        bool Of(string service, string span) =>
            collector.Bodies.Any(body => body.AsSpan().IndexOf(trace) >= 0 && IndexOf(body, service) >= 0 && IndexOf(body, span) >= 0);

        IEnumerable<(string, string)> Environment(string service) => [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_SERVICE_NAME", service)];
    }

    private static int IndexOf(byte[] body, string text) => body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));
}
