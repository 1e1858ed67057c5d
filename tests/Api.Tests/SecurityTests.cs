using Buddies.Api.Security;
using Buddies.Api.Startup;
using Microsoft.Extensions.Configuration;

namespace Buddies.Api.Tests;

public sealed class SecurityTests
{
    [Theory]
    [InlineData("urls", "http://0.0.0.0:5080")]
    [InlineData("urls", "http://*:5080")]
    [InlineData("urls", "http://+:5080")]
    [InlineData("urls", "http://[::]:5080")]
    [InlineData("urls", "http://192.168.1.7:5080")]
    [InlineData("urls", "http://music.example:5080")]
    [InlineData("urls", "http://127.0.0.1.example:5080")]
    [InlineData("urls", "http://127.0.0.1:5080;http://10.0.0.1:5080")]
    [InlineData("http_ports", "8080")]
    [InlineData("https_ports", "8443")]
    [InlineData("Kestrel:Endpoints:Main:Url", "http://0.0.0.0:80")]
    public void Address_NotLoopback_IsRefused(string key, string value)
    {
        var refusal = Assert.Throws<StartupRefusedException>(() => LoopbackAddresses.Require(Configuration(key, value)));
        Assert.Contains("require keys", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("http://127.8.8.8:5080")]
    [InlineData("http://[::1]:0;http://LOCALHOST:1")]
    public void Address_Loopback_IsTaken(string urls) => LoopbackAddresses.Require(Configuration("urls", urls));

    [Fact]
    public void Endpoint_NotLoopback_IsRefusedHoweverItWasConfigured()
    {
        Assert.Throws<StartupRefusedException>(() => LoopbackAddresses.RequireEndpoint(new(System.Net.IPAddress.Any, 80)));
        LoopbackAddresses.RequireEndpoint(new(System.Net.IPAddress.IPv6Loopback, 80));
    }

    [Theory]
    [InlineData("evil.example", 403)]
    [InlineData("127.0.0.1.evil.example", 403)]
    [InlineData("192.168.1.7:5080", 403)]
    [InlineData("localhost:1", 200)]
    [InlineData("[::1]:5080", 200)]
    public async Task Host_NotLoopback_IsForbidden(string name, int status)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/v1/users/u/home") { Headers = { Host = name } });
        Assert.Equal(status, answer.Status);
        if (status == 403)
        {
            answer.Problem(403, "foreign-host");
        }
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://127.0.0.1:1", 403)]
    [InlineData("Origin", "self", 202)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 202)]
    public async Task Write_FromAnotherOrigin_IsForbidden(string header, string value, int status)
    {
        await using var host = await ApiHost.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/users/u");
        request.Headers.Add(header, value == "self" ? host.Client.BaseAddress!.ToString().TrimEnd('/') : value);
        var answer = await host.SendAsync(request);
        Assert.Equal(status, answer.Status);
        if (status == 403)
        {
            answer.Problem(403, "foreign-origin");
            Assert.Empty(host.Recommender.Asked);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/status")]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/users/u/home?k=1&cards=x")]
    public async Task Answer_Any_CarriesTheSecurityHeaders(string path)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.GetAsync(path);
        Assert.StartsWith("default-src 'none';", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Empty(answer.Headers.Server);
    }

    [Fact]
    public async Task Page_Served_IsCheckedAgainEachTime()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.GetAsync("/");
        Assert.Equal((200, "text/html"), (answer.Status, answer.ContentHeaders.ContentType?.MediaType));
        Assert.True(answer.Headers.CacheControl?.NoCache);
        Assert.NotNull(answer.Headers.ETag);
    }

    private static IConfiguration Configuration(string key, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>(key, value)]).Build();
}
