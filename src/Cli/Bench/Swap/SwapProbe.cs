using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Cli.Bench.Swap;

/// <summary>
/// A listener who likes and plays tracks now and then, and between that asks again and again: every answer must hold all
/// that was acknowledged before it was asked for, whatever version it is of.
/// </summary>
internal sealed class SwapProbe(
    HttpClient http, SwapOracle oracle, SwapTally tally, VersionWatch versions, string id, UserTaste facts, IReadOnlyList<string> tracks, int seed)
{
    /// <summary>Questions for each event: most swaps come between two events, so that the vector comes from the fold-in of the facts.</summary>
    private const int QuestionsPerEvent = 5;

    private readonly Random _random = new(seed);
    private float[] _before = oracle.VectorOf(facts);
    private float[] _vector = oracle.VectorOf(facts);
    private int _sent;

    public async Task RunAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            for (var step = _random.Next(QuestionsPerEvent); ; step++)
            {
                await Task.Delay(pause / QuestionsPerEvent, cancellationToken);
                if (step % QuestionsPerEvent == 0)
                {
                    await ListenAsync(cancellationToken);
                }

                await AskAsync(step % 2 == 0 ? "buddies?k=50" : "home", cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var isLike = _random.Next(3) == 0;
        var @event = new UserEvent(
            new EventId($"swap-{id}-{++_sent}"), new UserId(id), isLike ? EventKind.Like : EventKind.Listen, new TrackId(tracks[_random.Next(tracks.Count)]),
            null, isLike ? null : 200_000, isLike ? null : 200_000, now);
        var body = new JsonObject
        {
            ["eventId"] = @event.Id.Value,
            ["userId"] = id,
            ["kind"] = @event.Kind.ToWireName(),
            ["trackId"] = @event.Track!.Value.Value,
            ["playedMs"] = @event.PlayedMs,
            ["durationMs"] = @event.DurationMs,
            ["occurredAt"] = now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        };
        try
        {
            using var answer = await http.PostAsJsonAsync("/v1/events", new JsonArray(body), cancellationToken);
            if (answer.StatusCode != HttpStatusCode.Accepted)
            {
                tally.OnFailed($"an event of {id}: {(int)answer.StatusCode}");
                return;
            }

            tally.OnEvents(1);
            oracle.Apply(facts, @event);
            (_before, _vector) = (_vector, oracle.VectorOf(facts));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            tally.OnFailed($"an event of {id}: {e.Message}");
        }
    }

    private async Task AskAsync(string what, CancellationToken cancellationToken)
    {
        var before = versions.Before(id);
        try
        {
            using var response = await http.GetAsync(new Uri($"/v1/users/{id}/{what}", UriKind.Relative), cancellationToken);
            tally.OnResponse();
            if (!response.IsSuccessStatusCode)
            {
                tally.OnFailed($"{what} of {id}: {(int)response.StatusCode}");
                return;
            }

            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            var version = answer.RootElement.GetProperty("snapshotVersion").GetInt32();
            versions.After(id, before, version);
            var (numbers, worst) = oracle.Compare(_vector, answer.RootElement);
            tally.OnChecked(numbers);
            if (worst > 1)
            {
                // Right for the time before the last event: that event is missing. Wrong for both: vectors of two versions.
                var (_, withoutLast) = oracle.Compare(_before, answer.RootElement);
                var problem = $"{what} of {id}, version {version}, event {_sent}: a number is {worst:0.0} tolerances off, {withoutLast:0.0} without the last event";
                if (withoutLast <= 1)
                {
                    tally.OnMissing(problem);
                }
                else
                {
                    tally.OnMixed(problem);
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            tally.OnFailed($"{what} of {id}: {e.Message}");
        }
    }
}
