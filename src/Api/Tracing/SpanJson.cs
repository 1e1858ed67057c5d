using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OpenTelemetry;

namespace Buddies.Api.Tracing;

/// <summary>Writes spans in OTLP's JSON form (opentelemetry-proto, trace service, JSON mapping of protobuf).</summary>
/// <remarks>
/// Only attributes of a fixed list leave the process: the framework's own name the path, and with it the listener.
/// </remarks>
internal static class SpanJson
{
    private const long UnixEpochTicks = 621_355_968_000_000_000;
    private const int NanosecondsPerTick = 100;

    private static readonly FrozenSet<string> s_allowed = FrozenSet.Create(
        StringComparer.Ordinal,
        "http.request.method", "http.route", "http.response.status_code", "url.scheme", "network.protocol.version", "error.type", "buddies.events");

    public static byte[] Write(in Batch<Activity> batch, string service)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("resourceSpans");
        json.WriteStartObject();
        json.WriteStartObject("resource");
        json.WriteStartArray("attributes");
        WriteAttribute(json, "service.name", service);
        WriteAttribute(json, "service.instance.id", Environment.MachineName);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("scopeSpans");
        json.WriteStartObject();
        json.WriteStartObject("scope");
        json.WriteString("name", "buddies");
        json.WriteEndObject();
        json.WriteStartArray("spans");
        foreach (var activity in batch)
        {
            WriteSpan(json, activity);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSpan(Utf8JsonWriter json, Activity activity)
    {
        json.WriteStartObject();
        WriteContext(json, activity.TraceId, activity.SpanId);
        if (activity.ParentSpanId != default)
        {
            json.WriteString("parentSpanId", activity.ParentSpanId.ToHexString());
        }

        json.WriteString("name", NameOf(activity));
        json.WriteNumber("kind", activity.Kind switch
        {
            ActivityKind.Server => 2,
            ActivityKind.Client => 3,
            ActivityKind.Producer => 4,
            ActivityKind.Consumer => 5,
            _ => 1,
        });
        json.WriteString("startTimeUnixNano", Nanoseconds(activity.StartTimeUtc));
        json.WriteString("endTimeUnixNano", Nanoseconds(activity.StartTimeUtc + activity.Duration));
        json.WriteStartArray("attributes");
        foreach (var (key, value) in activity.TagObjects)
        {
            if (value is not null && s_allowed.Contains(key))
            {
                WriteAttribute(json, key, value);
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("links");
        foreach (var link in activity.Links)
        {
            json.WriteStartObject();
            WriteContext(json, link.Context.TraceId, link.Context.SpanId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("status");
        if (activity.Status != ActivityStatusCode.Unset)
        {
            json.WriteNumber("code", activity.Status == ActivityStatusCode.Ok ? 1 : 2);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteContext(Utf8JsonWriter json, ActivityTraceId trace, ActivitySpanId span)
    {
        json.WriteString("traceId", trace.ToHexString());
        json.WriteString("spanId", span.ToHexString());
    }

    // A request's is its route, of which there are few; the framework's may be the path.
    private static string NameOf(Activity activity) =>
        activity.Kind == ActivityKind.Server
            ? $"{activity.GetTagItem("http.request.method") ?? "HTTP"} {activity.GetTagItem("http.route") ?? ""}".TrimEnd()
            : activity.OperationName;

    private static void WriteAttribute(Utf8JsonWriter json, string key, object value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteStartObject("value");
        if (value is int or long)
        {
            json.WriteString("intValue", Convert.ToString(value, CultureInfo.InvariantCulture));
        }
        else
        {
            json.WriteString("stringValue", Convert.ToString(value, CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Nanoseconds(DateTime utc) => ((utc.Ticks - UnixEpochTicks) * NanosecondsPerTick).ToString(CultureInfo.InvariantCulture);
}
