using System.Diagnostics;
using System.Globalization;
using System.Text;
using Buddies.Cli.Server;
using Buddies.Cli.Simulate;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>
/// Measures event → applied → live push under whatever load there is: listeners with an open page send, now and then, a
/// play that moves their taste together with a hide of a playlist on the page, which must then be pushed without it.
/// </summary>
/// <remarks>The hide is taken back with the listener's next probe, so the pages stay as full as they were.</remarks>
internal sealed class PushProbes : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly int _tracks;
    private readonly Random _random;
    private readonly HttpClient _http;
    private readonly EventDoor[] _doors;
    private readonly PageWatcher[] _watchers;
    private readonly string?[] _hidden;
    private readonly CancellationTokenSource _ending = new();
    private Task _watching = Task.CompletedTask;
    private long _number;
    private long _accepted;

    /// <param name="server">The server.</param>
    /// <param name="count">The first so many listeners of the synthetic world.</param>
    /// <param name="tracks">Tracks of the world.</param>
    /// <param name="seed">Chooses what is played and hidden.</param>
    public PushProbes(Uri server, int count, int tracks, int seed)
    {
        (_tracks, _random) = (tracks, new Random(seed));
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan }.WithKey();
        _watchers = [.. Enumerable.Range(0, count).Select(n => new PageWatcher(_http, SyntheticWorld.ListenerId(n).Value))];
        _doors = [.. _watchers.Select(_ => new EventDoor(server))];
        _hidden = new string?[count];
    }

    /// <summary>From sending to the push.</summary>
    public Quantiles Pushes { get; private set; } = new();

    /// <summary>Probes after which no push came in ten seconds.</summary>
    public int Missed { get; private set; }

    /// <summary>Events of probes that were taken as new.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Opens the pages and waits until each has come.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _watching = Task.WhenAll(_watchers.Select(watcher => Task.Run(() => watcher.RunAsync(_ending.Token), CancellationToken.None)));
        await Task.WhenAll(_watchers.Select(watcher => watcher.FirstPage)).WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
    }

    /// <summary>Forgets what was measured so far.</summary>
    public void Clear() => (Pushes, Missed, _accepted) = (new Quantiles(), 0, 0);

    /// <summary>Probes at a steady rate, one listener after another, each with one probe at a time.</summary>
    /// <param name="perSecond">Probes a second of all together.</param>
    /// <param name="cancellationToken">Begins no further probe; those under way are awaited.</param>
    public async Task RunAsync(double perSecond, CancellationToken cancellationToken)
    {
        var underWay = new Task[_watchers.Length];
        Array.Fill(underWay, Task.CompletedTask);
        var started = Stopwatch.GetTimestamp();
        try
        {
            for (var k = 0; _watchers.Length > 0; k++)
            {
                var due = TimeSpan.FromSeconds(k / perSecond);
                if (due - Stopwatch.GetElapsedTime(started) is { TotalMilliseconds: >= 1 } left)
                {
                    await Task.Delay(left, cancellationToken);
                }

                var n = k % _watchers.Length;
                if (underWay[n].IsCompleted && _watchers[n].Cards.Count > 0)
                {
                    await underWay[n];
                    underWay[n] = ProbeAsync(n);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }

        await Task.WhenAll(underWay);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watching;
        _ending.Dispose();
        _http.Dispose();
        foreach (var door in _doors)
        {
            door.Dispose();
        }
    }

    private async Task ProbeAsync(int n)
    {
        var watcher = _watchers[n];
        var cards = watcher.Cards;
        var playlist = cards[_random.Next(cards.Count)];
        var lines = new StringBuilder();
        Add(lines, watcher, "listen", SyntheticWorld.TrackId(_random.Next(_tracks)).Value, null);
        if (_hidden[n] is { } former)
        {
            Add(lines, watcher, "unhide", null, former);
        }

        Add(lines, watcher, "hide", null, playlist);
        _hidden[n] = playlist;
        var body = Encoding.UTF8.GetBytes(lines.ToString());
        try
        {
            var pushed = watcher.ExpectAsync(playlist);
            var answer = await _doors[n].PostAsync(body, _ending.Token);
            Interlocked.Add(ref _accepted, answer.Accepted);
            if (!answer.IsTaken)
            {
                return; // Told to come later: nothing to wait for.
            }

            if (await pushed.WaitAsync(s_patience, _ending.Token) is { } milliseconds)
            {
                Pushes.Add(milliseconds);
            }
        }
        catch (TimeoutException)
        {
            Missed++;
        }
        catch (OperationCanceledException)
        {
            // Given up with the whole benchmark.
        }
    }

    private void Add(StringBuilder lines, PageWatcher watcher, string kind, string? track, string? playlist)
    {
        var subject = track is not null ? $"\"trackId\":\"{track}\"" : $"\"playlistId\":\"{playlist}\"";
        lines.Append(
            CultureInfo.InvariantCulture,
            $"{{\"eventId\":\"probe-{Interlocked.Increment(ref _number)}\",\"userId\":\"{watcher.Listener}\",\"kind\":\"{kind}\",{subject},\"occurredAt\":\"{TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\"}}\n");
    }
}
