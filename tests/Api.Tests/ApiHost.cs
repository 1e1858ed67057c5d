using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Buddies.Api.Tests;

/// <summary>The surface on a real loopback server over a <see cref="FakeRecommender"/>.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(WebApplication app, FakeRecommender recommender, FakeDoorman doorman, FakeHomeDesk desk, FakeTime time)
    {
        Desk = desk;
        _app = app;
        Doorman = doorman;
        Recommender = recommender;
        Time = time;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(30) };
    }

    public FakeRecommender Recommender { get; }

    public FakeDoorman Doorman { get; }

    public FakeHomeDesk Desk { get; }

    public FakeTime Time { get; }

    public IServiceProvider Services => _app.Services;

    public string DataDirectory => Services.GetRequiredService<BuddiesApiOptions>().DataDirectory;

    public HttpClient Client { get; }

    public static async Task<ApiHost> StartAsync(Action<BuddiesApiOptions>? configure = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var options = new BuddiesApiOptions { DataDirectory = Directory.CreateTempSubdirectory("buddies-api-").FullName };
        configure?.Invoke(options);
        var (recommender, doorman, desk, time) = (new FakeRecommender(), new FakeDoorman(), new FakeHomeDesk(), new FakeTime());
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton<IRecommender>(recommender).AddSingleton<IDoorman>(doorman).AddSingleton<IHomeDesk>(desk);
        builder.AddBuddiesApi(options);
        var app = builder.Build();
        app.MapBuddiesApi();
        await app.StartAsync();
        return new ApiHost(app, recommender, doorman, desk, time);
    }

    public Task StopAsync() => _app.StopAsync();

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> SendAsync(HttpMethod method, string path, string body, string type = "application/json") =>
        SendAsync(method, path, Encoding.UTF8.GetBytes(body), type);

    public Task<Answer> SendAsync(HttpMethod method, string path, byte[] body, string type = "application/json")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return SendAsync(new HttpRequestMessage(method, path) { Content = content });
    }

    public Task<Answer> PostEventsAsync(string body, string type = "application/json") =>
        SendAsync(HttpMethod.Post, "/v1/events", body, type);

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        return new Answer((int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        var folder = DataDirectory;
        await _app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>Requires a problem of a kind, and gives its members.</summary>
    public JsonElement Problem(int status, string name)
    {
        Assert.True(Status == status, $"Expected {status} {name}, got {Status}: {Body}");
        Assert.Equal("application/problem+json", ContentHeaders.ContentType?.MediaType);
        Assert.Equal($"urn:buddies:problem:{name}", Json.GetProperty("type").GetString());
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(Json.GetProperty("title").GetString()!);
        Assert.DoesNotContain("   at ", Body, StringComparison.Ordinal);
        return Json;
    }
}
