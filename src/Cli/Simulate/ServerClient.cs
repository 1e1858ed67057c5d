using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Buddies.Cli.Simulate;

/// <summary>The few calls of the HTTP interface that a simulated listener makes.</summary>
internal sealed class ServerClient(Uri server) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server, Timeout = TimeSpan.FromSeconds(30) };

    public async Task<List<string>> FindListenersAsync(int limit, CancellationToken cancellationToken)
    {
        var found = await _http.GetFromJsonAsync<JsonObject>($"/v1/users?limit={limit}", cancellationToken);
        return [.. found!["users"]!.AsArray().Select(user => (string)user!["userId"]!)];
    }

    /// <summary>The playlists on a listener's page, from the top left to the bottom right.</summary>
    public async Task<List<string>> HomeAsync(string listener, CancellationToken cancellationToken)
    {
        var home = await _http.GetFromJsonAsync<JsonObject>($"/v1/users/{Uri.EscapeDataString(listener)}/home", cancellationToken);
        return [.. home!["shelves"]!.AsArray().SelectMany(shelf => shelf!["cards"]!.AsArray()).Select(card => (string)card!["playlistId"]!)];
    }

    /// <summary>The tracks of a playlist as a listener sees it, and whether each is known.</summary>
    public async Task<List<(string Track, bool Known)>> PlaylistAsync(string playlist, string listener, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(
            new Uri($"/v1/playlists/{Uri.EscapeDataString(playlist)}?viewer={Uri.EscapeDataString(listener)}", UriKind.Relative), cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return [];
        }

        var contents = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        return [.. contents!["entries"]!.AsArray().Select(entry => ((string)entry!["trackId"]!, (bool)entry["known"]!))];
    }

    /// <summary>Sends a batch; returns how many were new and how many were refused.</summary>
    public async Task<(int Accepted, int Rejected)> SendAsync(IReadOnlyList<JsonObject> events, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsJsonAsync("/v1/events", events, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var receipt = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        return ((int)receipt!["accepted"]!, receipt["rejected"]!.AsArray().Count);
    }

    /// <summary>Follows a listener's page; yields the server's own measure of each push, null where another's move caused it.</summary>
    public async IAsyncEnumerable<double?> WatchAsync(
        string listener, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await _http.GetStreamAsync(
            new Uri($"/v1/users/{Uri.EscapeDataString(listener)}/home/live", UriKind.Relative), cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            if (item.EventType == "home")
            {
                using var page = JsonDocument.Parse(item.Data);
                yield return page.RootElement.TryGetProperty("latencyMs", out var latency) && latency.ValueKind == JsonValueKind.Number
                    ? latency.GetDouble()
                    : null;
            }
        }
    }

    public void Dispose() => _http.Dispose();
}
