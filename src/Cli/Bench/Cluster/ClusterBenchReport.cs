using Buddies.Cli.Bench.Profile;

namespace Buddies.Cli.Bench.Cluster;

/// <summary>What <c>buddies bench cluster</c> has measured.</summary>
/// <param name="Rows">The runtime of one process first, then the cluster by silos; all on PostgreSQL, each on an empty database of its own.</param>
/// <param name="Listeners">Listeners of the synthetic world.</param>
/// <param name="Seconds">How long each phase was measured.</param>
/// <param name="Producers">Connections that send, each with one batch under way.</param>
/// <param name="Batch">Events in a batch.</param>
/// <param name="Readers">Connections that read pages, each with one under way.</param>
/// <param name="Conditions">On what.</param>
internal sealed record ClusterBenchReport(
    IReadOnlyList<ClusterBenchRow> Rows, int Listeners, double Seconds, int Producers, int Batch, int Readers, MachineConditions Conditions);

/// <summary>One runtime.</summary>
/// <param name="Runtime">embedded or cluster.</param>
/// <param name="Silos">Processes.</param>
/// <param name="EventsPerSecond">Events acknowledged a second: durable, and in the cluster applied.</param>
/// <param name="AckP50Ms">Half of the batches were acknowledged sooner.</param>
/// <param name="AckP99Ms">Of a hundred batches one took longer.</param>
/// <param name="CpuMicrosPerEvent">Processor time of all processes an event, PostgreSQL's not counted.</param>
/// <param name="CpuPerEventToEmbedded">That over the embedded runtime's in this run; 1 for itself.</param>
/// <param name="HomesPerSecond">Pages a second.</param>
/// <param name="HomeP50Ms">Half of the pages took less.</param>
/// <param name="HomeP99Ms">Of a hundred pages one took longer.</param>
/// <param name="CpuMicrosPerHome">Processor time of all processes a page.</param>
/// <param name="Rejected">Events refused for what they say, or known already: none, if all is well.</param>
/// <param name="Refused">Batches that were told to come later.</param>
/// <param name="FailedHomes">Pages that were not answered: none, if all is well.</param>
/// <param name="EventShares">What all processes' time went into while they took events, sampled after the measured phase; null where nothing was sampled.</param>
/// <param name="HomeShares">The same while they answered pages.</param>
internal sealed record ClusterBenchRow(
    string Runtime,
    int Silos,
    double EventsPerSecond,
    double? AckP50Ms,
    double? AckP99Ms,
    double CpuMicrosPerEvent,
    double CpuPerEventToEmbedded,
    double HomesPerSecond,
    double? HomeP50Ms,
    double? HomeP99Ms,
    double CpuMicrosPerHome,
    long Rejected,
    long Refused,
    long FailedHomes,
    ProcessorShares? EventShares,
    ProcessorShares? HomeShares);
