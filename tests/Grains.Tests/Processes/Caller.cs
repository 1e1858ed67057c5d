using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Buddies.Grains.Tests.Processes;

/// <summary>Asks one process, with a key or without.</summary>
internal sealed class Caller(Uri server, string? key = null) : IDisposable
{
    private readonly HttpClient _http = new()
    {
        BaseAddress = server,
        Timeout = TimeSpan.FromSeconds(60),
        DefaultRequestHeaders = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
    };

    /// <summary>The status of an answer.</summary>
    public async Task<int> StatusAsync(HttpMethod method, string path, object? body = null)
    {
        using var answer = await SendAsync(method, path, body);
        return (int)answer.StatusCode;
    }

    /// <summary>An answer that has to be a success.</summary>
    public async Task<JsonElement> AskAsync(HttpMethod method, string path, object? body = null)
    {
        using var answer = await SendAsync(method, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public Task<JsonElement> GetAsync(string path) => AskAsync(HttpMethod.Get, path);

    /// <summary>The playlists on a page.</summary>
    public static string[] PlaylistsOf(JsonElement page) =>
        [.. page.GetProperty("shelves").EnumerateArray().SelectMany(shelf => shelf.GetProperty("cards").EnumerateArray()).Select(card => card.GetProperty("playlistId").GetString()!)];

    /// <summary>Has every later request belong to a trace that is exported.</summary>
    public void Trace(string traceId) => _http.DefaultRequestHeaders.Add("traceparent", $"00-{traceId}-00f067aa0ba902b7-01");

    public Task<string> TextAsync(string path) => _http.GetStringAsync(path);

    /// <summary>A live stream's events, as <c>event</c> and <c>data</c>.</summary>
    public async IAsyncEnumerable<(string Name, JsonElement Data)> LiveAsync(string path)
    {
        using var reader = new StreamReader(await _http.GetStreamAsync(path));
        var name = "";
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                yield return (name, JsonDocument.Parse(line["data: ".Length..]).RootElement);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        return await _http.SendAsync(request);
    }
}
