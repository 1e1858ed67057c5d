namespace Buddies.Api.Tests;

/// <summary>What the server reads to send spans. What they hold: <see cref="Access.PersonalDataTests"/>.</summary>
public sealed class TracingTests
{
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
