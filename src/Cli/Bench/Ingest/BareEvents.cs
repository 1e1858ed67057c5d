using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>The rows that the bare inserts write: what a batch of events holds, as columns.</summary>
internal readonly record struct BareEvent(string EventId, string UserId, short Kind, string TrackId, int PlayedMs, int DurationMs, long OccurredAtMs);

/// <summary>Makes such rows, each with an id of its own.</summary>
internal sealed class BareEvents(LoadShape shape, int producer)
{
    private readonly Random _random = new(unchecked((shape.Seed * 7919) + producer));
    private readonly long _now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    private long _number;

    /// <summary>Fills a batch.</summary>
    public void Fill(BareEvent[] batch)
    {
        for (var i = 0; i < batch.Length; i++)
        {
            batch[i] = new BareEvent(
                $"load-{producer:000}-{++_number:000000000000}",
                SyntheticWorld.ListenerId(shape.FirstListener + _random.Next(shape.Listeners)).Value,
                1,
                SyntheticWorld.TrackId((int)(shape.Tracks * Math.Pow(_random.NextDouble(), 2))).Value,
                200_000,
                200_000,
                _now);
        }
    }
}

/// <summary>What plain inserts reached.</summary>
/// <param name="PerSecond">Events a second into a table without any index.</param>
/// <param name="KeyedPerSecond">Events a second into a table whose key, listener and event id, refuses a second one: the least that counting once needs.</param>
internal readonly record struct BareResult(double PerSecond, double KeyedPerSecond);
