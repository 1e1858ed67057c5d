using System.Diagnostics;
using Buddies.Cli.Simulate;

namespace Buddies.Cli.Bench.Cluster;

/// <summary>Reads as a client does that knows every silo: another one is asked when one does not answer.</summary>
/// <param name="silos">Where they are.</param>
/// <param name="listeners">Whom to ask about.</param>
/// <param name="patience">After which a read counts as failed.</param>
/// <param name="seed">Chooses who is asked what.</param>
internal sealed class ClusterReader(IReadOnlyList<Uri> silos, IReadOnlyList<string> listeners, TimeSpan patience, int seed) : IDisposable
{
    /// <summary>How long one silo is waited for.</summary>
    private static readonly TimeSpan s_attempt = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private static readonly string[] s_what = ["home", "buddies?k=20", "taste"];

    private readonly Random _random = new(seed);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(1) }) { Timeout = s_attempt };

    /// <summary>Every read's time until its answer, in milliseconds.</summary>
    public Quantiles Waits { get; } = new();

    /// <summary>Reads.</summary>
    public long Reads { get; private set; }

    /// <summary>Reads that the silo asked first answered.</summary>
    public long FirstAnswers { get; private set; }

    /// <summary>Reads that nobody answered in time.</summary>
    public long Failed { get; private set; }

    /// <summary>The longest wait, failed reads included.</summary>
    public TimeSpan LongestWait { get; private set; }

    /// <summary>Reads at a steady rate; one that waits long delays the next ones.</summary>
    public async Task RunAsync(TimeSpan interval, CancellationToken ending)
    {
        var due = Stopwatch.GetTimestamp();
        while (!ending.IsCancellationRequested)
        {
            due = Math.Max(due + (long)(interval.TotalSeconds * Stopwatch.Frequency), Stopwatch.GetTimestamp() - Stopwatch.Frequency);
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { TotalMilliseconds: >= 1 } left)
            {
                await Task.Delay(left, CancellationToken.None);
            }

            await ReadAsync();
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task ReadAsync()
    {
        var path = new Uri($"/v1/users/{Uri.EscapeDataString(listeners[_random.Next(listeners.Count)])}/{s_what[_random.Next(s_what.Length)]}", UriKind.Relative);
        var (first, started) = (_random.Next(silos.Count), Stopwatch.GetTimestamp());
        Reads++;
        for (var attempt = 0; ; attempt++)
        {
            var isAnswered = await TryAsync(new Uri(silos[(first + attempt) % silos.Count], path));
            var waited = Stopwatch.GetElapsedTime(started);
            LongestWait = waited > LongestWait ? waited : LongestWait;
            if (isAnswered && waited <= patience)
            {
                FirstAnswers += attempt == 0 ? 1 : 0;
                Waits.Add(waited.TotalMilliseconds);
                return;
            }

            if (waited > patience)
            {
                Failed++;
                return;
            }

            await Task.Delay(s_pause);
        }
    }

    private async Task<bool> TryAsync(Uri read)
    {
        try
        {
            using var answer = await _http.GetAsync(read);
            if ((int)answer.StatusCode is not (200 or 429 or 503))
            {
                throw new BenchFailedException($"{read} was answered {(int)answer.StatusCode}.");
            }

            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            return false; // Killed, or it takes too long.
        }
    }
}
