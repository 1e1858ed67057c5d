using System.Collections.Frozen;
using System.Diagnostics;
using OpenTelemetry;

namespace Buddies.Api.Tracing;

/// <summary>Takes off a finished span, before it is exported, what is not on a fixed list: the framework's own tags name the path, and with it the listener.</summary>
internal sealed class SpanCensor : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> s_allowed = FrozenSet.Create(
        StringComparer.Ordinal,
        "http.request.method", "http.route", "http.response.status_code", "url.scheme", "network.protocol.version", "error.type", "buddies.events");

    public override void OnEnd(Activity data)
    {
        foreach (var tag in data.TagObjects.Where(tag => !s_allowed.Contains(tag.Key)).Select(tag => tag.Key).ToArray())
        {
            _ = data.SetTag(tag, null);
        }

        _ = data.SetStatus(data.Status); // Without its description.

        // A request's name is its route, of which there are few; the framework's may be the path. A call between silos is a server's too.
        data.DisplayName = data.Kind == ActivityKind.Server && data.Source.Name == "Microsoft.AspNetCore"
            ? $"{data.GetTagItem("http.request.method") ?? "HTTP"} {data.GetTagItem("http.route") ?? ""}".TrimEnd()
            : data.OperationName;
    }
}
