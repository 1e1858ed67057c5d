
namespace Buddies.Engine.Home;

/// <summary>How Home explores, learns and is told about.</summary>
public sealed class HomeOptions
{
    /// <summary>
    /// How long one visit lasts: asking again within it is answered by the same draws, so that a page does not jump, and
    /// what was seen counts from the next visit on. Default 10 minutes.
    /// </summary>
    public TimeSpan Visit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after a page was sent what the listener does still counts for it. Longer learns later. Default 30 minutes.</summary>
    public TimeSpan RewardWindow { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Pages that wait for their rewards at one time, about 20 KB each; of more, the oldest are closed before their time. Default 10,000.</summary>
    public int WaitingPages { get; init; } = 10_000;

    /// <summary>How often rewards that are in are learned from. Default 10 s.</summary>
    public TimeSpan LearnInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often what was learned and counted is saved; so much of it a crash may cost. Default a minute.</summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Weight that a day takes from what was learned. Default 0.97: half of it in 23 days.</summary>
    public double FadePerDay { get; init; } = 0.97;

    /// <summary>A new playlist is offered for exploration until it was seen so often. Default 30.</summary>
    public int FairImpressions { get; init; } = 30;

    /// <summary>A new playlist is offered for exploration for so long at most. Default 14 days.</summary>
    public TimeSpan FreshFor { get; init; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Listeners of whom it is known what they have seen and opened of late, some 3 KB each and 30 KB at most; of more, those
    /// who came longest ago give way. Default 20,000.
    /// </summary>
    public int RememberedListeners { get; init; } = 20_000;

    /// <summary>Events at the end of the log from which, at a start, it is found out again what was seen, opened and followed of late. Default 200,000.</summary>
    public int RememberedEvents { get; init; } = 200_000;

    /// <summary>Bytes of one file of the impression logs. Default 64 MiB.</summary>
    public long LogFileBytes { get; init; } = 64L << 20;

    /// <summary>Files kept of each impression log; of more, the oldest are deleted. Default 16.</summary>
    public int LogFiles { get; init; } = 16;

    /// <summary>Days that the insights go back. Default 14.</summary>
    public int InsightDays { get; init; } = 14;

    /// <summary>How long a listener is observed after the first exposure to an experiment. Default a day.</summary>
    public TimeSpan ObservedFor { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The experiments that run. Default none.</summary>
    public IReadOnlyList<HomeExperiment> Experiments { get; init; } = [];
}
