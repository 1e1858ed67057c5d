using System.Diagnostics;
using System.Globalization;
using Buddies.Api.Startup;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Buddies.Api.Tracing;

/// <summary>Traces, where a collector is named: OTEL_EXPORTER_OTLP_ENDPOINT, as every OpenTelemetry program reads it.</summary>
internal static class TracingSetup
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Calls between silos and clients of a cluster; nobody else has this source.</summary>
    private const string GrainCalls = "Microsoft.Orleans.Application";
    private const double DefaultRatio = 0.05;

    /// <summary>Whether traces go anywhere.</summary>
    public static bool IsTracing(this WebApplicationBuilder builder) => builder.Configuration[Endpoint] is { Length: > 0 };

    /// <summary>Registers the provider, which lives as long as the host.</summary>
    /// <exception cref="StartupRefusedException">The endpoint or the ratio is not acceptable.</exception>
    public static void AddTracing(this WebApplicationBuilder builder)
    {
        if (builder.Configuration[Endpoint] is not { Length: > 0 } text)
        {
            return;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new StartupRefusedException($"{Endpoint}: expected an address such as http://collector:4318, got '{text}'.");
        }

        var ratio = DefaultRatio;
        if (builder.Configuration["OTEL_TRACES_SAMPLER_ARG"] is { } share
            && !(double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out ratio) && ratio is >= 0 and <= 1))
        {
            throw new StartupRefusedException($"OTEL_TRACES_SAMPLER_ARG: expected a share from 0 to 1, got '{share}'.");
        }

        var headers = builder.Configuration["OTEL_EXPORTER_OTLP_HEADERS"];
        var service = builder.Configuration["OTEL_SERVICE_NAME"] ?? "buddies";
        builder.Services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder()
            .AddSource("Microsoft.AspNetCore", "Buddies.*", GrainCalls)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ratio)))
            .ConfigureResource(resource => resource.AddService(service, serviceInstanceId: Environment.MachineName))
            .AddProcessor(new SpanCensor())
            .AddOtlpExporter(exporter =>
            {
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = new Uri(endpoint.ToString().TrimEnd('/') + "/v1/traces");
                exporter.Headers = headers;
            })
            .Build());
    }

    /// <summary>Begins to trace, and names requests by their route.</summary>
    public static void UseTracing(this WebApplication app)
    {
        if (app.Services.GetService<TracerProvider>() is null)
        {
            return;
        }

        app.Use((context, next) =>
        {
            if (Activity.Current is { IsAllDataRequested: true } activity && context.GetEndpoint() is RouteEndpoint endpoint)
            {
                activity.SetTag("http.route", endpoint.RoutePattern.RawText);
                activity.SetTag("http.request.method", context.Request.Method);
            }

            return next(context);
        });
    }
}
