using System.Collections.Concurrent;
using System.Diagnostics;
using Buddies.Engine.Events;

namespace Buddies.Embedded.Tests;

public sealed class TracesTests
{
    [Fact]
    public async Task Event_OfAWatchedListener_IsOneTraceFromRequestToPush()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(2);
        await using var reader = await LiveReader.SubscribedAsync(world, user);
        _ = await reader.NextAsync();
        var spans = new ConcurrentQueue<Activity>();
        using var request = new Activity("the request").Start();
        request.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Traces.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == request.TraceId)
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await world.SendAsync(world.Event(user, EventKind.Hide, (await world.KnownTracksAsync(user, 1))[0]));
        await world.SettleAsync(user);
        var names = spans.ToDictionary(span => span.OperationName);
        Assert.Equal(["buddies.apply", "buddies.ingest", "buddies.push"], names.Keys.Order());
        Assert.Equal(request.SpanId, names["buddies.ingest"].ParentSpanId);
        Assert.Equal(names["buddies.ingest"].SpanId, names["buddies.apply"].ParentSpanId);
        Assert.Equal(names["buddies.apply"].SpanId, names["buddies.push"].ParentSpanId);
        Assert.DoesNotContain(spans.SelectMany(span => span.TagObjects), tag => tag.Value?.ToString()?.Contains(user.Value, StringComparison.Ordinal) == true);
    }
}
