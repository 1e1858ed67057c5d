namespace Buddies.Cli.Bench.Cluster;

/// <summary>How a cluster is harmed.</summary>
/// <param name="Silo">The built silo.</param>
/// <param name="Connection">A PostgreSQL that may make databases; null for a private one.</param>
/// <param name="WorkFolder">Where the data directory lies meanwhile.</param>
/// <param name="Silos">How many.</param>
/// <param name="Duration">How long there is load.</param>
/// <param name="KillEvery">How often one is killed, in the first two thirds of that time.</param>
/// <param name="Patience">How long a read asks one silo after the other before it counts as failed.</param>
/// <param name="Producers">Producers, each with listeners of its own.</param>
/// <param name="Readers">Connections that read.</param>
/// <param name="ReadRate">Reads a second of all readers together.</param>
/// <param name="Seed">Chooses events and moments.</param>
internal sealed record ClusterFaultOptions(
    string Silo, string? Connection, string WorkFolder, int Silos, TimeSpan Duration, TimeSpan KillEvery, TimeSpan Patience, int Producers, int Readers, double ReadRate, int Seed)
{
    /// <summary>Listeners whose buddies are compared.</summary>
    public const int BuddyCount = 20;

    /// <summary>What recall has to come back to.</summary>
    public const double RecallFloor = 0.9;
}
