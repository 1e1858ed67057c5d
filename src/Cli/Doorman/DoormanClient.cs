using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Buddies.Cli.Server;

namespace Buddies.Cli.Doorman;

/// <summary>An operator's calls to a running server.</summary>
internal sealed class DoormanClient(Uri server) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private readonly HttpClient _http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(5) }.WithKey();

    /// <summary>What serves, what is under way, every version, and the end of the journal.</summary>
    public Task<JsonObject> ReadAsync(int journal, CancellationToken cancellationToken) =>
        SendAsync(() => _http.GetAsync(new Uri($"/v1/doorman?journal={journal}", UriKind.Relative), cancellationToken), cancellationToken);

    /// <summary>Asks for something; returns once it is durable.</summary>
    /// <exception cref="IOException">It was refused, with the reason, or nobody answered.</exception>
    public Task<JsonObject> AskAsync(string path, JsonObject body, CancellationToken cancellationToken) =>
        SendAsync(() => _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, cancellationToken), cancellationToken);

    /// <summary>Waits until nothing is under way.</summary>
    /// <returns>The doorman's state then.</returns>
    public async Task<JsonObject> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await ReadAsync(20, cancellationToken);
            if (state["rollout"] is null)
            {
                return state;
            }

            await Task.Delay(s_pause, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonObject> SendAsync(Func<Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await send();
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            var body = JsonNode.Parse(text) as JsonObject ?? [];
            return answer.IsSuccessStatusCode
                ? body
                : throw new IOException((string?)body["detail"] ?? $"{server} answered {(int)answer.StatusCode}.");
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"No answer from {server}: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new IOException($"{server} did not answer as this tool expects: {e.Message}", e);
        }
    }
}
