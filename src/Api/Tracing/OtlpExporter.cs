using System.Diagnostics;
using System.Net.Http.Headers;
using OpenTelemetry;

namespace Buddies.Api.Tracing;

/// <summary>Sends finished spans to an OpenTelemetry collector: OTLP over HTTP, in its JSON form.</summary>
/// <remarks>Runs on the exporter's own thread. What a collector does not take is lost and counted; nobody waits for it.</remarks>
internal sealed class OtlpExporter : BaseExporter<Activity>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly Uri _traces;
    private readonly string _service;

    /// <param name="endpoint">The collector, as OTEL_EXPORTER_OTLP_ENDPOINT names it; <c>/v1/traces</c> is added.</param>
    /// <param name="headers">As OTEL_EXPORTER_OTLP_HEADERS has them: <c>name=value,name=value</c>.</param>
    /// <param name="service">The service's name.</param>
    public OtlpExporter(Uri endpoint, string? headers, string service)
    {
        _service = service;
        _traces = new Uri(endpoint.ToString().TrimEnd('/') + "/v1/traces");

        // Its own calls must not be traced, or each export would make the next one.
        _http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { Timeout = s_patience };
        foreach (var header in (headers ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = header.IndexOf('=', StringComparison.Ordinal);
            if (at > 0)
            {
                _http.DefaultRequestHeaders.TryAddWithoutValidation(header[..at], Uri.UnescapeDataString(header[(at + 1)..]));
            }
        }
    }

    public override ExportResult Export(in Batch<Activity> batch)
    {
        using var suppress = SuppressInstrumentationScope.Begin();
        using var content = new ByteArrayContent(SpanJson.Write(batch, _service));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _traces) { Content = content };
            using var answer = _http.Send(request);
            return answer.IsSuccessStatusCode ? ExportResult.Success : ExportResult.Failure;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return ExportResult.Failure;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _http.Dispose();
        }

        base.Dispose(disposing);
    }
}
