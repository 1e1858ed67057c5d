using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace Buddies.Api.Tests;

/// <summary>Spans as a collector gets them.</summary>
public sealed class TracingTests
{
    [Fact]
    public async Task Request_Traced_ComesByItsRoute_AndNamesNoListener()
    {
        var taken = new TaskCompletionSource<(string Path, string Header, byte[] Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.MapPost("/{**path}", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            taken.TrySetResult((context.Request.Path, context.Request.Headers["x-tenant"].ToString(), body.ToArray()));
        });
        await collector.StartAsync();
        await using var host = await ApiHost.StartAsync(settings: new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.First(),
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-tenant=music",
            ["OTEL_SERVICE_NAME"] = "buddies-under-test",
            ["OTEL_TRACES_SAMPLER_ARG"] = "1",
        });
        Assert.Equal(200, (await host.GetAsync("/v1/users/secret-listener/home?seed=secret-query")).Status);
        Assert.True(host.Services.GetRequiredService<TracerProvider>().ForceFlush(20_000));
        var (path, header, bytes) = await taken.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var body = Encoding.UTF8.GetString(bytes);
        Assert.Equal(("/v1/traces", "music"), (path, header));
        Assert.Contains("GET /v1/users/{id}/home", body, StringComparison.Ordinal);
        Assert.Contains("buddies-under-test", body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "2")]
    public async Task Setting_NotAcceptable_IsRefusedByName(string name, string value)
    {
        var refusal = await Assert.ThrowsAsync<Startup.StartupRefusedException>(() => ApiHost.StartAsync(settings: new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1",
            [name] = value,
        }));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(value, refusal.Message, StringComparison.Ordinal);
    }
}
