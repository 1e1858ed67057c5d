using System.Diagnostics;
using System.Text.Json;

namespace Buddies.Cli.Bench.Swap;

/// <summary>Asks for pages and lists of silent listeners, at a steady rate, and checks every number.</summary>
internal sealed class SwapReader(HttpClient http, SwapOracle oracle, SwapTally tally, VersionWatch versions, IReadOnlyList<(string Id, int Row)> silent, int seed)
{
    private readonly Random _random = new(seed);

    public async Task RunAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            // A steady rate, whatever an answer takes: who waits for a slow one asks the next ones late, and all at once.
            var due = Stopwatch.GetTimestamp();
            while (true)
            {
                due += (long)(pause.TotalSeconds * Stopwatch.Frequency);
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, cancellationToken);
                }

                var (id, row) = silent[_random.Next(silent.Count)];
                await AskAsync(id, row, _random.Next(2) == 0 ? "home" : "buddies?k=20", cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    private async Task AskAsync(string id, int row, string what, CancellationToken cancellationToken)
    {
        var before = versions.Before(id);
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var response = await http.GetAsync(new Uri($"/v1/users/{id}/{what}", UriKind.Relative), cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            tally.OnRead(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (!response.IsSuccessStatusCode)
            {
                tally.OnFailed($"{what} of {id}: {(int)response.StatusCode}");
                return;
            }

            using var answer = JsonDocument.Parse(body);
            versions.After(id, before, answer.RootElement.GetProperty("snapshotVersion").GetInt32());
            var (numbers, worst) = oracle.Compare(oracle.TrainedVectorOf(row), answer.RootElement);
            tally.OnChecked(numbers);
            if (worst > 1)
            {
                tally.OnMixed($"{what} of {id}, version {answer.RootElement.GetProperty("snapshotVersion")}: a number is {worst:0.0} tolerances off");
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            tally.OnFailed($"{what} of {id}: {e.Message}");
        }
    }
}
