namespace Buddies.Cli.Bench.Cluster;

/// <summary>What is compared.</summary>
/// <param name="Server">The built server of one process.</param>
/// <param name="Silo">The built silo.</param>
/// <param name="Connection">A PostgreSQL that may make databases; null for a private one.</param>
/// <param name="WorkFolder">Where data directories lie meanwhile.</param>
/// <param name="Silos">The sizes of clusters.</param>
/// <param name="Duration">How long each phase is measured.</param>
/// <param name="WarmUp">How long of the same load before.</param>
/// <param name="Sample">How long of the same load stacks are sampled after each phase; zero for not at all.</param>
/// <param name="Stacks">A folder for the stacks that were found; null for none.</param>
/// <param name="Listeners">Listeners of the synthetic world.</param>
/// <param name="Producers">Connections that send.</param>
/// <param name="Batch">Events in a batch.</param>
/// <param name="Readers">Connections that read.</param>
/// <param name="Seed">Chooses the world and who plays what.</param>
internal sealed record ClusterBenchOptions(
    string Server, string Silo, string? Connection, string WorkFolder, IReadOnlyList<int> Silos, TimeSpan Duration, TimeSpan WarmUp, TimeSpan Sample, string? Stacks, int Listeners, int Producers, int Batch, int Readers, int Seed);
