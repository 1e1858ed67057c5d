namespace Buddies.Cli.Bench.Fuzz;

/// <summary>What hostile requests came to.</summary>
/// <param name="Requests">Requests sent.</param>
/// <param name="Seed">What chose them.</param>
/// <param name="Statuses">How often each status came; 0 for connections that were closed without an answer.</param>
/// <param name="Taken">Events that the server said it took.</param>
/// <param name="Faults">How many answers were not in order.</param>
/// <param name="Examples">The first of them.</param>
/// <param name="RssBytes">The server's memory after each tenth of the requests; null where nobody looked.</param>
/// <param name="IsMemoryLevel">Whether it stayed as it was after the first tenth; null where nobody looked.</param>
internal sealed record FuzzReport(
    int Requests,
    int Seed,
    IReadOnlyDictionary<string, int> Statuses,
    long Taken,
    int Faults,
    IReadOnlyList<string> Examples,
    IReadOnlyList<long>? RssBytes = null,
    bool? IsMemoryLevel = null)
{
    /// <summary>Adds up the parts of one run.</summary>
    public static FuzzReport Sum(IReadOnlyList<FuzzReport> parts, IReadOnlyList<long> rssBytes, bool isMemoryLevel) => new(
        parts.Sum(part => part.Requests),
        parts[0].Seed,
        parts.SelectMany(part => part.Statuses).GroupBy(pair => pair.Key).OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value)),
        parts.Sum(part => part.Taken),
        parts.Sum(part => part.Faults),
        [.. parts.SelectMany(part => part.Examples).Take(FuzzRun.MostExamples)],
        rssBytes,
        isMemoryLevel);
}
