using System.Diagnostics;

namespace Buddies.Embedded;

/// <summary>Spans of the runtime: from a request's events to the pages that they change. Nothing is made unless somebody listens.</summary>
public static class Traces
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Buddies.Embedded";

    private const int MostLinks = 32;
    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Events wait for the disk and are handed over.</summary>
    internal static Activity? StartIngest(int events) => s_source.StartActivity("buddies.ingest")?.SetTag("buddies.events", events);

    /// <summary>The context that events came with; default where nobody traces.</summary>
    internal static ActivityContext Current => Activity.Current?.Context ?? default;

    /// <summary>Events of one or more requests are applied: a part of the first one's trace, linked with the others'.</summary>
    internal static Activity? StartApply(IReadOnlyList<ActivityContext> requests, int events) => requests.Count == 0
        ? null
        : s_source.StartActivity("buddies.apply", ActivityKind.Consumer, requests[0], links: requests.Skip(1).Take(MostLinks).Select(request => new ActivityLink(request)))
            ?.SetTag("buddies.events", events);

    /// <summary>A changed page is made and handed to whoever watches; a span only where a listener's own event caused it.</summary>
    internal static Activity? StartPush() => Activity.Current is null ? null : s_source.StartActivity("buddies.push");
}
