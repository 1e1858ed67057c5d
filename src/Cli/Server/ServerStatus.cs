using System.Text.Json;

namespace Buddies.Cli.Server;

/// <summary>Asks a running server for what it says of itself and of its listeners.</summary>
internal sealed class ServerStatus(Uri server) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Events applied since the server started.</summary>
    public async Task<long> ReadAppliedAsync(CancellationToken cancellationToken) =>
        (await ReadAsync("/v1/status", cancellationToken)).GetProperty("eventsApplied").GetInt64();

    /// <summary>Events of a listener that took effect.</summary>
    public async Task<long> ReadEventCountAsync(string listener, CancellationToken cancellationToken) =>
        (await ReadAsync($"/v1/users/{Uri.EscapeDataString(listener)}/taste", cancellationToken)).GetProperty("counts").GetProperty("events").GetInt64();

    /// <summary>A listener's nearest listeners and how near they are.</summary>
    public async Task<IReadOnlyList<(string Listener, float Similarity)>> ReadBuddiesAsync(string listener, CancellationToken cancellationToken) =>
        [.. (await ReadAsync($"/v1/users/{Uri.EscapeDataString(listener)}/buddies?k=50", cancellationToken)).GetProperty("buddies").EnumerateArray()
            .Select(buddy => (buddy.GetProperty("userId").GetString()!, buddy.GetProperty("similarity").GetSingle()))];

    /// <summary>What the server's own probes of freshness came to, since it started.</summary>
    public async Task<FreshnessCounts> ReadFreshnessAsync(CancellationToken cancellationToken) =>
        FreshnessCounts.Read(await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken));

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = await _http.GetStreamAsync(new Uri(path, UriKind.Relative), cancellationToken);
        using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
        return document.RootElement.Clone();
    }
}
