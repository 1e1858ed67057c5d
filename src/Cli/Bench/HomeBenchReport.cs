namespace Buddies.Cli.Bench;

/// <summary>How fast pages are made.</summary>
/// <param name="Users">Listeners in the cells.</param>
/// <param name="Playlists">Playlists that candidates come from.</param>
/// <param name="Requests">Pages that were measured, one after the other.</param>
/// <param name="P50Ms">Median time of a page, milliseconds.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="MaxMs">The longest.</param>
/// <param name="PerSecond">Pages a second on the one thread.</param>
/// <param name="CpuMs">CPU time of the process for a page, mean, collecting garbage included: what is left where others use the machine too.</param>
/// <param name="BytesPerRequest">Bytes allocated for a page, mean.</param>
/// <param name="MeanShelves">Shelves of a page, mean.</param>
/// <param name="MeanCards">Cards of a page, mean.</param>
/// <param name="ScanMs">Median time of finding playlists near the taste and near the session, which is within the above.</param>
/// <param name="BuildSeconds">Time to make the world and its cells, not measured above.</param>
/// <param name="Cpu">The processor's name.</param>
/// <param name="Seed">Of the world.</param>
/// <param name="Ranked">Whether the model had a ranker of playlists, and links: 100 a track at most.</param>
internal sealed record HomeBenchReport(
    int Users,
    int Playlists,
    int Requests,
    double P50Ms,
    double P99Ms,
    double MaxMs,
    double PerSecond,
    double CpuMs,
    double BytesPerRequest,
    double MeanShelves,
    double MeanCards,
    double ScanMs,
    double BuildSeconds,
    string Cpu,
    int Seed,
    bool Ranked);
