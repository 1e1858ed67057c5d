namespace Buddies.Engine.Serving;

/// <summary>What came of one probe.</summary>
public enum FreshnessResult
{
    /// <summary>Everything was there within the objective.</summary>
    Fresh,

    /// <summary>Everything was there, but later.</summary>
    Late,

    /// <summary>Something was not: the store refused, a part was stale, or it took too long.</summary>
    Failed,

    /// <summary>There is no model, so there is nothing to be fresh.</summary>
    NoModel,
}

/// <summary>The latest probe.</summary>
/// <param name="Result">What came of it.</param>
/// <param name="Part">Where it got to, or what is ill: store, partitions, model, buddies, push; empty for one that was fresh.</param>
/// <param name="Latency">From the event to the push; null where it did not get there.</param>
/// <param name="Misses">Probes in a row, this one among them, that were late or failed.</param>
public sealed record FreshnessState(FreshnessResult Result, string Part, TimeSpan? Latency, int Misses);
