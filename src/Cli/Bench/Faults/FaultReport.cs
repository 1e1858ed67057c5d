namespace Buddies.Cli.Bench.Faults;

/// <summary>What <c>buddies bench faults</c> has found.</summary>
/// <param name="Store">sqlite or postgres.</param>
/// <param name="Rounds">Rounds, each with a kill -9 under load.</param>
/// <param name="Acknowledged">Events that were acknowledged in the end; every event sent was repeated until it was.</param>
/// <param name="Lost">Acknowledged events that are not in the log or had no effect; 0 if all is well.</param>
/// <param name="Doubled">Events that are in the log twice, were never sent, or had more than one effect; 0 if all is well.</param>
/// <param name="VectorsDiffer">Listeners whose vector, or a similarity that is served of it, is not the model's; 0 if all is well.</param>
/// <param name="FactsDiffer">Listeners whose facts are not the model's; 0 if all is well.</param>
/// <param name="EventsAltered">Events that are in the log with other contents, or in another order of their listener's; 0 if all is well.</param>
/// <param name="Listeners">Listeners compared.</param>
/// <param name="KilledUnderLoad">Kills of the server with requests under way.</param>
/// <param name="KilledStarting">Kills while it started and replayed.</param>
/// <param name="KilledStopping">Kills while it stopped and wrote checkpoints.</param>
/// <param name="StoreKilled">Kills of PostgreSQL with requests under way.</param>
/// <param name="Repeated">Batches that had to be sent again because no answer came.</param>
/// <param name="KnownSent">Acknowledged events that were sent again on purpose.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Seed">Of events and moments.</param>
/// <param name="Conditions">On what.</param>
internal sealed record FaultReport(
    string Store,
    int Rounds,
    long Acknowledged,
    long Lost,
    long Doubled,
    int VectorsDiffer,
    int FactsDiffer,
    long EventsAltered,
    int Listeners,
    int KilledUnderLoad,
    int KilledStarting,
    int KilledStopping,
    int StoreKilled,
    long Repeated,
    long KnownSent,
    double Seconds,
    int Seed,
    MachineConditions Conditions)
{
    /// <summary>Whether every promise held.</summary>
    public bool IsClean => Lost + Doubled + VectorsDiffer + FactsDiffer + EventsAltered == 0;
}
