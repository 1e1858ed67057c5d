using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Buddies.Cli.Bench.Swap;

/// <summary>Watches a listener's page and buddies: neither the version nor the number of what comes ever goes back.</summary>
internal sealed class SwapStream(HttpClient http, SwapTally tally, VersionWatch versions, string id, Func<JsonElement, (int Numbers, double Worst)>? compare)
{
    private int _version;
    private long _sequence;

    /// <summary>The version of what came last.</summary>
    public int Version => Volatile.Read(ref _version);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await http.GetStreamAsync(new Uri($"/v1/users/{id}/home/live", UriKind.Relative), cancellationToken);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            {
                if (item.EventType is "home" or "buddies")
                {
                    Take(item.EventType, item.EventId, item.Data);
                }
            }

            tally.OnFailed($"the stream of {id} ended");
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            tally.OnFailed($"the stream of {id}: {e.Message}");
        }
    }

    private void Take(string type, string? number, string data)
    {
        tally.OnResponse();
        using var update = JsonDocument.Parse(data);
        var version = update.RootElement.GetProperty("snapshotVersion").GetInt32();
        var sequence = long.Parse(number ?? "0", CultureInfo.InvariantCulture);
        if (sequence <= _sequence)
        {
            tally.OnBackwards($"the stream of {id}: {type} {sequence} after {_sequence}");
        }

        // What comes over a stream may have been on its way while somebody else asked: it is compared with the stream itself.
        versions.After(id, _version, version);
        _sequence = sequence;
        Volatile.Write(ref _version, version);
        if (compare?.Invoke(update.RootElement) is var (numbers, worst))
        {
            tally.OnChecked(numbers);
            if (worst > 1)
            {
                tally.OnMixed($"the stream of {id}, {type}, version {version}: a number is {worst:0.0} tolerances off");
            }
        }
    }
}
