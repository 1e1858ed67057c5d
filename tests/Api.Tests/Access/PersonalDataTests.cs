using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Buddies.Api.Tests.Access;

/// <summary>Whatever is asked of a listener, and however it fails: no log line and no metric names them.</summary>
public sealed class PersonalDataTests
{
    private const string Listener = "trace-of-ann";

    [Fact]
    public async Task EveryCall_AboutAListener_NamesThemInNoLogAndNoMetric()
    {
        using var keys = new KeySet();
        var log = new Lines();
        var options = new BuddiesApiOptions { DataDirectory = Directory.CreateTempSubdirectory("buddies-personal-").FullName };
        options.Security.KeyFile = keys.Path;
        var recommender = new FakeRecommender();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(new FakeTime()).AddSingleton<IRecommender>(recommender).AddSingleton<IDoorman>(new FakeDoorman()).AddSingleton<IHomeDesk>(new FakeHomeDesk());
        await using var collector = await Collector.StartAsync();
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address;
        builder.Configuration["OTEL_EXPORTER_OTLP_HEADERS"] = "x-token=a%20b";
        builder.Configuration["OTEL_TRACES_SAMPLER_ARG"] = "1";
        builder.AddBuddiesApi(options);
        var app = builder.Build();
        app.MapBuddiesApi();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        foreach (var failure in new Exception?[] { null, new InvalidOperationException("broken"), new Engine.Serving.RecommenderUnavailableException("gone") })
        {
            recommender.Failure = failure;
            foreach (var key in new[] { "backend", "client", "expired" })
            {
                foreach (var (method, path) in new[]
                {
                    ("GET", "home"), ("GET", "buddies?k=900"), ("GET", "taste"), ("GET", "export"), ("GET", "erasure"), ("GET", "privacy"), ("PUT", "privacy"), ("GET", "settings"), ("GET", "hood"), ("GET", "home/why"), ("DELETE", ""),
                })
                {
                    using var asked = KeySet.Request(new HttpMethod(method), $"/v1/users/{Listener}/{path}", keys[key], method == "PUT" ? """{"invisible":true}""" : null);
                    using var answer = await client.SendAsync(asked);
                }

                using var sent = KeySet.Request(
                    HttpMethod.Post, "/v1/events", keys[key], $$"""[{"eventId":"e","userId":"{{Listener}}","kind":"listen","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"},{"userId":"{{Listener}}"}]""");
                using var taken = await client.SendAsync(sent);
            }
        }

        using var scrape = KeySet.Request(HttpMethod.Get, "/metrics", keys["operator"]);
        var metrics = await (await client.SendAsync(scrape)).Content.ReadAsStringAsync();
        Assert.Contains("buddies_auth_refused_total{reason=\"forbidden\"}", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(Listener, metrics, StringComparison.Ordinal);
        await app.StopAsync();
        await app.DisposeAsync(); // Sends what spans are left.
        Assert.Equal("a b", collector.Header);
        var spans = string.Concat(collector.Bodies);
        Assert.Contains("GET /v1/users/{id}/home", spans, StringComparison.Ordinal);
        Assert.DoesNotContain(Listener, spans, StringComparison.Ordinal);
        Assert.NotEmpty(log.All); // The failures at least.
        Assert.DoesNotContain(log.All, line => line.Contains(Listener, StringComparison.Ordinal));
        Directory.Delete(options.DataDirectory, recursive: true);
    }

    /// <summary>What an OpenTelemetry collector would get.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentQueue<string> Bodies { get; } = new();

        public string? Header { get; private set; }

        public string Address => app.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var collector = new Collector(app);
            app.MapPost("/v1/traces", async (HttpRequest request) =>
            {
                collector.Header = request.Headers["x-token"];
                using var reader = new StreamReader(request.Body);
                collector.Bodies.Enqueue(await reader.ReadToEndAsync());
            });
            await app.StartAsync();
            return collector;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
