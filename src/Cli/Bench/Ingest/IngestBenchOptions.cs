namespace Buddies.Cli.Bench.Ingest;

/// <summary>How the event path is measured.</summary>
/// <param name="Store">sqlite or postgres.</param>
/// <param name="Connection">A PostgreSQL that may make databases; null for a private one.</param>
/// <param name="Server">The built server.</param>
/// <param name="WorkFolder">Where the store lies while it is measured.</param>
/// <param name="Producers">Connections, each with one batch under way.</param>
/// <param name="Batch">Events in a batch.</param>
/// <param name="Rate">Events a second; 0 for as many as the server takes.</param>
/// <param name="Duration">How long is measured.</param>
/// <param name="WarmUp">How long the same load runs before that.</param>
/// <param name="Baseline">How long each of the two bare inserts runs; zero for none.</param>
/// <param name="Listeners">Listeners of the world.</param>
/// <param name="Watch">Of these, how many keep their page open and probe the push; the others listen.</param>
/// <param name="ProbesPerSecond">Probes of the push.</param>
/// <param name="Seed">Chooses the world and who plays what.</param>
internal sealed record IngestBenchOptions(
    string Store,
    string? Connection,
    string Server,
    string WorkFolder,
    int Producers,
    int Batch,
    double Rate,
    TimeSpan Duration,
    TimeSpan WarmUp,
    TimeSpan Baseline,
    int Listeners,
    int Watch,
    double ProbesPerSecond,
    int Seed)
{
    /// <summary>Tracks of the world.</summary>
    public const int Tracks = 5_000;

    /// <summary>The load of the producers.</summary>
    public LoadShape Shape => new(Producers, Batch, Rate, Watch, Listeners - Watch, Tracks, Seed);
}
