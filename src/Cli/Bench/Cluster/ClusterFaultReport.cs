namespace Buddies.Cli.Bench.Cluster;

/// <summary>What <c>buddies bench cluster-faults</c> has found.</summary>
/// <param name="Silos">Silos, each a process.</param>
/// <param name="Seconds">How long there was load.</param>
/// <param name="Acknowledged">Events that were acknowledged in the end; every event sent was repeated until it was.</param>
/// <param name="Lost">Acknowledged events that are not in the log or had no effect; 0 if all is well.</param>
/// <param name="Doubled">Events that are in the log twice, were never sent, or had more than one effect; 0 if all is well.</param>
/// <param name="FailedReads">Reads that no silo answered within the patience.</param>
/// <param name="LongestGapMs">The longest that any read waited for its answer, other silos asked meanwhile.</param>
/// <param name="EventsAltered">Events that are in the log with other contents, or in another order of their listener's; 0 if all is well.</param>
/// <param name="FactsDiffer">Listeners whose facts are not the model's; 0 if all is well.</param>
/// <param name="VectorsDiffer">Listeners whose vector, or a similarity that is served of it, is not the model's; 0 if all is well.</param>
/// <param name="Listeners">Listeners compared.</param>
/// <param name="Reads">Reads.</param>
/// <param name="FirstAnswers">The share of the reads that the silo asked first answered.</param>
/// <param name="ReadP50Ms">Half of the reads waited no longer.</param>
/// <param name="ReadP99Ms">Of a hundred reads one waited longer.</param>
/// <param name="LongestWriteGapMs">The longest that a batch of events waited for its acknowledgement, repetitions included.</param>
/// <param name="Repeated">Batches that had to be sent again because no answer came.</param>
/// <param name="Killed">Kills with kill -9 under load.</param>
/// <param name="Restarted">Silos stopped in order and started again under load.</param>
/// <param name="LongestStopMs">The longest that a silo took to stop in order.</param>
/// <param name="LongestStartMs">The longest that a silo took until it was ready.</param>
/// <param name="RecallBefore">Recall@20 of the buddies that are served, against brute force over the model, after the load and before one more silo is killed.</param>
/// <param name="RecallFloor">What it has to come back to.</param>
/// <param name="RecallBackMs">From the kill until every listener's buddies were served with that recall on average; null if it did not within the patience.</param>
/// <param name="Seed">Of events and moments.</param>
/// <param name="Conditions">On what.</param>
internal sealed record ClusterFaultReport(
    int Silos,
    double Seconds,
    long Acknowledged,
    long Lost,
    long Doubled,
    long FailedReads,
    double LongestGapMs,
    long EventsAltered,
    int FactsDiffer,
    int VectorsDiffer,
    int Listeners,
    long Reads,
    double FirstAnswers,
    double ReadP50Ms,
    double ReadP99Ms,
    double LongestWriteGapMs,
    long Repeated,
    int Killed,
    int Restarted,
    double LongestStopMs,
    double LongestStartMs,
    double RecallBefore,
    double RecallFloor,
    double? RecallBackMs,
    int Seed,
    MachineConditions Conditions)
{
    /// <summary>Whether every promise held.</summary>
    public bool IsClean => Lost + Doubled + EventsAltered + FactsDiffer + VectorsDiffer + FailedReads == 0 && RecallBackMs is not null;
}
