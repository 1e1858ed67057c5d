namespace Buddies.Cli.Bench.Swap;

/// <summary>What <c>bench swap</c> does.</summary>
/// <param name="Users">Listeners of the synthetic world.</param>
/// <param name="Swaps">How many times a new version is let in.</param>
/// <param name="ServerPath">The built server.</param>
/// <param name="Work">A folder for the world, which a run uses up and removes.</param>
/// <param name="IsSetupOnly">Whether the world is only made, for a run to come.</param>
/// <param name="Every">The least time from the beginning of one swap to that of the next; zero for back to back.</param>
/// <param name="ReadsPerSecond">Pages and lists of buddies asked for, all listeners together.</param>
/// <param name="EventsPerSecond">Events sent, all probes together.</param>
/// <param name="Streams">Live pages that are watched.</param>
/// <param name="Quiet">How long reads are measured before the first swap, and once more after the first ones.</param>
/// <param name="First">How many swaps come before reads are measured once more without one; these and what they compile are told apart.</param>
/// <param name="Epochs">Rounds of training of the first version.</param>
/// <param name="Seed">Chooses who does what.</param>
internal sealed record SwapBenchOptions(
    int Users, int Swaps, string ServerPath, string Work, bool IsSetupOnly, TimeSpan Every, double ReadsPerSecond, double EventsPerSecond, int Streams, TimeSpan Quiet, int First, int Epochs, int Seed);

/// <summary>What swaps under load did and met.</summary>
/// <param name="Users">Listeners.</param>
/// <param name="Swaps">Versions let in.</param>
/// <param name="Responses">Answers and live updates that were checked.</param>
/// <param name="Failed">Requests and streams that failed.</param>
/// <param name="Mixed">Answers that cannot be of the one version that they name: some number in them is of another.</param>
/// <param name="Backwards">Answers of an older version, or with a lower sequence, than the listener had seen before they were asked for.</param>
/// <param name="MissingListens">Answers whose numbers lack an event that was acknowledged before they were asked for.</param>
/// <param name="Events">Events acknowledged.</param>
/// <param name="Checked">Numbers compared with an independent fold-in of all events.</param>
/// <param name="FlipP50Ms">From a commit until nobody could get the version before, median.</param>
/// <param name="FlipP99Ms">The same, 99th percentile.</param>
/// <param name="SwapP50Ms">From the request to promote a version until it served, median.</param>
/// <param name="ReadP99MsQuiet">Reads under the same load without a swap, 99th percentile.</param>
/// <param name="ReadP99MsSwapping">Reads while versions were prepared and flipped, 99th percentile.</param>
/// <param name="ReadP50MsQuiet">Median of the former.</param>
/// <param name="ReadP50MsSwapping">Median of the latter.</param>
/// <param name="RollbackMs">From the request to roll back until the former version served.</param>
/// <param name="EverySeconds">The least time from one swap to the next.</param>
/// <param name="VersionBytes">What the first version took in the server, by its own count.</param>
/// <param name="ServerPeakMb">The server's largest resident memory while versions were exchanged.</param>
/// <param name="ServerQuietMb">Its resident memory before the first swap.</param>
/// <param name="MemoryRatio">What there was at most, without the rest of the server, over two versions.</param>
/// <param name="FirstSwaps">The swaps that compiled what swaps run; the figures of reads beside swaps are of the others.</param>
/// <param name="ReadP99MsFirst">Reads beside the first swaps, 99th percentile.</param>
/// <param name="TwoVersionsBytes">What the current version and the former one took before the other swaps, by the server's own count.</param>
/// <param name="ServerSettledPeakMb">Its largest resident memory during the other swaps.</param>
/// <param name="ServerQuietPeakMb">Its largest resident memory without a swap, between the first swaps and the others.</param>
/// <param name="SettledMemoryRatio">The former without all of the latter but two versions, over two versions; null where no swaps were told apart.</param>
/// <param name="Problems">The first few things that went wrong, in words.</param>
internal sealed record SwapReport(
    int Users,
    int Swaps,
    long Responses,
    long Failed,
    long Mixed,
    long Backwards,
    long MissingListens,
    long Events,
    long Checked,
    double? FlipP50Ms,
    double? FlipP99Ms,
    double? SwapP50Ms,
    double? ReadP99MsQuiet,
    double? ReadP99MsSwapping,
    double? ReadP50MsQuiet,
    double? ReadP50MsSwapping,
    double? RollbackMs,
    double EverySeconds,
    long VersionBytes,
    long ServerPeakMb,
    long ServerQuietMb,
    double MemoryRatio,
    int FirstSwaps,
    double? ReadP99MsFirst,
    long TwoVersionsBytes,
    long ServerSettledPeakMb,
    long ServerQuietPeakMb,
    double? SettledMemoryRatio,
    IReadOnlyList<string> Problems);
