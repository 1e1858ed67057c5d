using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>
/// Follows one listener's page, and times one probe after another: from sending an event that must take a playlist off
/// the page to the push of the page without it.
/// </summary>
internal sealed class PageWatcher(HttpClient http, string listener)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<string> _cards = [];
    private string? _awaited;
    private long _sentAt;
    private TaskCompletionSource<double?> _pushed = new();

    public string Listener => listener;

    /// <summary>Completes with the first page.</summary>
    public Task FirstPage => _first.Task;

    /// <summary>The playlists on the page that came last, from the top left.</summary>
    public IReadOnlyList<string> Cards
    {
        get
        {
            lock (_lock)
            {
                return _cards;
            }
        }
    }

    /// <summary>Follows the page until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await http.GetStreamAsync(
                new Uri($"/v1/users/{Uri.EscapeDataString(listener)}/home/live", UriKind.Relative), cancellationToken);
            await foreach (var item in SseParser.Create(stream, Read).EnumerateAsync(cancellationToken))
            {
                if (item.Data is { } page)
                {
                    OnPage(page);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The measurement is over.
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            _first.TrySetException(new IOException($"The live page of {listener} broke: {e.Message}", e));
        }
    }

    /// <summary>Begins a probe; right after this the event is to be sent.</summary>
    /// <param name="playlist">What the event takes off the page.</param>
    /// <returns>
    /// Milliseconds to the push; null when the playlist went for another reason, so that nothing was measured. Never
    /// completes when no push comes.
    /// </returns>
    public Task<double?> ExpectAsync(string playlist)
    {
        lock (_lock)
        {
            _awaited = playlist;
            _pushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _sentAt = Stopwatch.GetTimestamp();
            return _pushed.Task;
        }
    }

    private void OnPage(Page page)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            _cards = page.Cards;
            if (_awaited is { } playlist && !page.Cards.Contains(playlist))
            {
                // A page that an event of the listener's own changed says so; the probes' are the only ones.
                _awaited = null;
                _pushed.SetResult(page.IsOwn ? Stopwatch.GetElapsedTime(_sentAt, now).TotalMilliseconds : null);
            }
        }

        _first.TrySetResult();
    }

    /// <summary>Reads an event of the stream; null for one that is no page.</summary>
    private static Page? Read(string type, ReadOnlySpan<byte> data)
    {
        if (type != "home")
        {
            return null;
        }

        var page = new Page([], false);
        var reader = new Utf8JsonReader(data);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.ValueTextEquals("playlistId"u8))
            {
                reader.Read();
                page.Cards.Add(reader.GetString()!);
            }
            else if (reader.CurrentDepth == 1 && reader.ValueTextEquals("latencyMs"u8))
            {
                page = page with { IsOwn = true };
            }
        }

        return page;
    }

    private sealed record Page(List<string> Cards, bool IsOwn);
}
