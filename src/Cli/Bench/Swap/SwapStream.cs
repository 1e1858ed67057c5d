using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Buddies.Cli.Bench.Swap;

/// <summary>Watches a listener's page and buddies: neither the version nor the number of what comes ever goes back.</summary>
internal sealed class SwapStream(HttpClient http, SwapTally tally, VersionWatch versions, bool resumes, string id, Func<JsonElement, (int Numbers, double Worst)>? compare)
{
    private int _version;
    private long _sequence;

    /// <summary>The version of what came last.</summary>
    public int Version => Volatile.Read(ref _version);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                await ReadAsync(cancellationToken);
            }
            while (resumes);
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

    /// <summary>From the first update, or the one after the last that came, to the end of the stream.</summary>
    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/v1/users/{id}/home/live", UriKind.Relative));
        if (_sequence > 0)
        {
            request.Headers.Add("Last-Event-ID", _sequence.ToString(CultureInfo.InvariantCulture));
        }

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        _ = answer.EnsureSuccessStatusCode();
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            {
                if (item.EventType is "home" or "buddies")
                {
                    Take(item.EventType, item.EventId, item.Data);
                }
            }
        }
        catch (Exception e) when (resumes && e is (HttpRequestException or IOException) && !cancellationToken.IsCancellationRequested)
        {
            return; // Its server is gone; another one goes on.
        }

        if (!resumes)
        {
            tally.OnFailed($"the stream of {id} ended");
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
