namespace Buddies.Cli.Bench.Ingest;

/// <summary>What <c>buddies bench ingest --overload</c> has measured.</summary>
/// <param name="Store">sqlite or postgres.</param>
/// <param name="CapacityPerSecond">Events a second that the same server takes from the usual producers.</param>
/// <param name="OfferedPerSecond">Events a second that the deaf producers sent.</param>
/// <param name="Overload">Offered by capacity; 10 was aimed at, less is what sender and server together could do.</param>
/// <param name="AcceptedPerSecond">Events a second that were taken meanwhile.</param>
/// <param name="Refused429">Answers 429 in all.</param>
/// <param name="Unavailable503">Answers 503 in all.</param>
/// <param name="WithoutRetryAfter">Those that did not say when to come back; 0 if all is well.</param>
/// <param name="ObeyedPerSecond">Events a second taken while every producer obeyed Retry-After.</param>
/// <param name="Obeyed">Batches that came back when told to.</param>
/// <param name="ObeyedTaken">Those of them that were taken then, at once.</param>
/// <param name="Accepted">Events taken in all.</param>
/// <param name="CountsDiffer">Listeners of whom not exactly the taken events took effect; 0 if all is well.</param>
/// <param name="RssBeforeBytes">The server's memory before the overload.</param>
/// <param name="RssQuarterBytes">The most that it held in each quarter of the overload.</param>
/// <param name="Producers">Connections.</param>
/// <param name="Batch">Events in a batch.</param>
/// <param name="Seconds">How long each of the two phases took.</param>
/// <param name="Conditions">On what it was measured.</param>
internal sealed record OverloadReport(
    string Store,
    double CapacityPerSecond,
    double OfferedPerSecond,
    double Overload,
    double AcceptedPerSecond,
    long Refused429,
    long Unavailable503,
    long WithoutRetryAfter,
    double ObeyedPerSecond,
    long Obeyed,
    long ObeyedTaken,
    long Accepted,
    int CountsDiffer,
    long RssBeforeBytes,
    IReadOnlyList<long> RssQuarterBytes,
    int Producers,
    int Batch,
    double Seconds,
    MachineConditions Conditions)
{
    /// <summary>How much larger the last quarter's memory may be than the second's and still be called level.</summary>
    private const double LevelWithin = 1.2;

    /// <summary>What does not hold; null if all does.</summary>
    public string? FindFault() =>
        CountsDiffer > 0 ? $"{CountsDiffer} listeners have not exactly the effects of what was accepted."
        : Refused429 == 0 ? "Nothing was refused: this was no overload."
        : WithoutRetryAfter > 0 ? $"{WithoutRetryAfter} refusals do not say when to come back."
        : Obeyed > 0 && ObeyedTaken == 0 ? "Nobody who came back when told to was taken."
        : RssQuarterBytes[3] > LevelWithin * RssQuarterBytes[1] ? $"Memory grows: {RssQuarterBytes[1]:N0} bytes in the second quarter, {RssQuarterBytes[3]:N0} in the last."
        : null;
}
