using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Buddies.Cli.Simulate;

/// <summary>
/// Listeners who open their page, look at its first cards, choose a playlist from it (the higher, the likelier), and play,
/// skip, like or hide one of its tracks: a crowd for any server and any data, that follows what it is recommended.
/// </summary>
internal sealed class CrowdSimulation(ServerClient server, SimulateOptions options)
{
    private const int EventsPerPage = 5;
    private const int SeenCards = 5;
    private const int TrackMs = 180_000;
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(100);

    private readonly Random _random = new(options.Seed);
    private readonly string _session = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
    private readonly Dictionary<string, (List<string> Playlists, int Left)> _pages = [];
    private readonly Queue<JsonObject> _waiting = [];
    private readonly Quantiles _acks = new();
    private readonly Quantiles _pushes = new();
    private long _sent;
    private long _accepted;
    private long _rejected;
    private long _failures;
    private long _pagesPushed;

    /// <summary>Runs for the given time or until cancelled.</summary>
    public async Task<SimulateReport> RunAsync(IProgress<(double Seconds, long Accepted)> progress, CancellationToken cancellationToken)
    {
        var listeners = await server.FindListenersAsync(options.Listeners, cancellationToken);
        if (listeners.Count == 0)
        {
            throw new IOException($"{options.Server} knows no listeners: import a dataset or make a synthetic world first.");
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watchers = listeners.Take(options.Watched).Select(listener => WatchAsync(listener, ending.Token)).ToArray();
        var started = Stopwatch.GetTimestamp();
        var owed = 0.0;
        var last = 0.0;
        while (last < options.Duration.TotalSeconds && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(s_beat, cancellationToken);
            var now = Math.Min(options.Duration.TotalSeconds, Stopwatch.GetElapsedTime(started).TotalSeconds);
            owed += (now - last) * options.EventsPerSecond;
            last = now;
            var events = new List<JsonObject>((int)owed + 1);
            for (; owed >= 1; owed--)
            {
                if (_waiting.Count == 0)
                {
                    await AddAsync(listeners[_random.Next(listeners.Count)], cancellationToken);
                }

                if (_waiting.TryDequeue(out var next))
                {
                    events.Add(next);
                }
            }

            await SendAsync(events, cancellationToken);
            progress.Report((last, _accepted));
        }

        await ending.CancelAsync();
        await Task.WhenAll(watchers);
        return new SimulateReport(
            Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 2), listeners.Count, _sent, _accepted, _rejected,
            _acks.At(0.5), _acks.At(0.99), _pagesPushed, _pushes.At(0.5), _pushes.At(0.99), _failures);
    }

    private async Task AddAsync(string listener, CancellationToken cancellationToken)
    {
        try
        {
            if (!_pages.TryGetValue(listener, out var page) || page.Left == 0)
            {
                page = (await server.HomeAsync(listener, cancellationToken), EventsPerPage);
                foreach (var seen in page.Playlists.Take(SeenCards))
                {
                    _waiting.Enqueue(Event(listener, "impression", seen));
                }
            }

            _pages[listener] = (page.Playlists, page.Left - 1);
            if (page.Playlists.Count == 0)
            {
                return;
            }

            // Attention falls with the place on the page.
            var place = (int)(page.Playlists.Count * Math.Pow(_random.NextDouble(), 3));
            var tracks = await server.PlaylistAsync(page.Playlists[place], listener, cancellationToken);
            if (tracks.Count > 0)
            {
                _waiting.Enqueue(Event(listener, "click", page.Playlists[place]));
                _waiting.Enqueue(Choose(listener, page.Playlists[place], tracks[_random.Next(tracks.Count)]));
            }
        }
        catch (HttpRequestException)
        {
            _failures++;
        }
    }

    private JsonObject Choose(string listener, string playlist, (string Track, bool Known) track)
    {
        var luck = _random.NextDouble();
        var kind = luck < (track.Known ? 0.9 : 0.7) ? "listen" : luck < 0.95 ? "skip" : luck < 0.99 ? "like" : "hide";
        var played = kind == "listen" ? TrackMs : kind == "skip" ? 5_000 : (int?)null;
        var chosen = Event(listener, kind, playlist);
        chosen["trackId"] = track.Track;
        chosen["playedMs"] = played;
        chosen["durationMs"] = played is null ? null : TrackMs;
        return chosen;
    }

    private JsonObject Event(string listener, string kind, string playlist) => new()
    {
        ["eventId"] = $"simulate-{_session}-{++_sent}",
        ["userId"] = listener,
        ["kind"] = kind,
        ["playlistId"] = playlist,
        ["occurredAt"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
        ["context"] = new JsonObject { ["source"] = "simulate" },
    };

    private async Task SendAsync(List<JsonObject> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            var (accepted, rejected) = await server.SendAsync(events, cancellationToken);
            _acks.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            _accepted += accepted;
            _rejected += rejected;
        }
        catch (HttpRequestException)
        {
            _failures++;
            _rejected += events.Count;
        }
    }

    private async Task WatchAsync(string listener, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var latency in server.WatchAsync(listener, cancellationToken))
            {
                Interlocked.Increment(ref _pagesPushed);
                if (latency is { } milliseconds)
                {
                    _pushes.Add(milliseconds);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The simulation is over.
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            Interlocked.Increment(ref _failures);
        }
    }
}
