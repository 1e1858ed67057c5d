namespace Buddies.Cli.Bench.Cluster;

/// <summary>How versions are exchanged in a cluster that is harmed.</summary>
/// <param name="Silo">The built silo.</param>
/// <param name="Connection">A PostgreSQL that may make databases; null for a private one.</param>
/// <param name="WorkFolder">Where the data directory lies meanwhile.</param>
/// <param name="Silos">How many.</param>
/// <param name="Users">Listeners of the synthetic world.</param>
/// <param name="Swaps">How many versions are let in; what is done to the silos goes round in fours.</param>
/// <param name="Patience">How long a client asks one silo after the other before its request counts as failed.</param>
/// <param name="ReadsPerSecond">Pages and lists of buddies asked for, all listeners together.</param>
/// <param name="EventsPerSecond">Events sent, all probes together.</param>
/// <param name="Streams">Live pages that are watched.</param>
/// <param name="Seed">Chooses who does what.</param>
internal sealed record ClusterSwapOptions(
    string Silo,
    string? Connection,
    string WorkFolder,
    int Silos,
    int Users,
    int Swaps,
    TimeSpan Patience,
    double ReadsPerSecond,
    double EventsPerSecond,
    int Streams,
    int Seed);

/// <summary>What swaps in a cluster did and met.</summary>
/// <param name="Silos">Silos.</param>
/// <param name="Users">Listeners.</param>
/// <param name="Swaps">Versions let in.</param>
/// <param name="Stopped">Silos stopped in order in mid-swap.</param>
/// <param name="KilledInSwap">Silos killed with kill -9 in mid-swap.</param>
/// <param name="KilledInLoad">Silos killed with kill -9 between two swaps.</param>
/// <param name="Responses">Answers and live updates that were checked.</param>
/// <param name="Failed">Requests that no silo answered within the patience, and streams that could not be opened again.</param>
/// <param name="Mixed">Answers that cannot be of the one version that they name.</param>
/// <param name="Backwards">Answers of an older version, or with a lower sequence, than the listener had seen before they were asked for.</param>
/// <param name="MissingListens">Answers that lack an event that was acknowledged before they were asked for.</param>
/// <param name="Events">Events acknowledged.</param>
/// <param name="Checked">Numbers compared with an independent fold-in of all events.</param>
/// <param name="Repeated">How often another silo had to be asked.</param>
/// <param name="FlipSkewP50Ms">From the first silo's flip to the last one's, median over the swaps.</param>
/// <param name="FlipSkewMaxMs">The longest.</param>
/// <param name="FlipMaxMs">The longest from a commit to the last silo's answer.</param>
/// <param name="SwapP50Ms">From the request to promote a version until all silos that were left served it, median.</param>
/// <param name="SwapMaxMs">The longest: a killed silo has to be found out and its lease to run out.</param>
/// <param name="ReadP50Ms">Half of the reads waited no longer.</param>
/// <param name="ReadP99Ms">Of a hundred reads one waited longer.</param>
/// <param name="Problems">The first few things that went wrong, in words.</param>
/// <param name="Conditions">On what.</param>
internal sealed record ClusterSwapReport(
    int Silos,
    int Users,
    int Swaps,
    int Stopped,
    int KilledInSwap,
    int KilledInLoad,
    long Responses,
    long Failed,
    long Mixed,
    long Backwards,
    long MissingListens,
    long Events,
    long Checked,
    long Repeated,
    double? FlipSkewP50Ms,
    double? FlipSkewMaxMs,
    double? FlipMaxMs,
    double? SwapP50Ms,
    double? SwapMaxMs,
    double? ReadP50Ms,
    double? ReadP99Ms,
    IReadOnlyList<string> Problems,
    MachineConditions Conditions)
{
    /// <summary>Whether every promise held.</summary>
    public bool IsClean => Failed + Mixed + Backwards + MissingListens == 0;
}
