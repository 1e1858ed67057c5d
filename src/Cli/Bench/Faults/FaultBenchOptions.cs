namespace Buddies.Cli.Bench.Faults;

/// <summary>What a round kills.</summary>
internal enum FaultTarget
{
    /// <summary>Our server.</summary>
    Server,

    /// <summary>PostgreSQL under it.</summary>
    Store,

    /// <summary>Now this, now that.</summary>
    Both,
}

/// <summary>How faults are made.</summary>
/// <param name="Store">sqlite or postgres.</param>
/// <param name="Connection">A PostgreSQL that may make databases; null for a private one.</param>
/// <param name="Server">The built server.</param>
/// <param name="WorkFolder">Where the store lies meanwhile.</param>
/// <param name="Rounds">Kills under load.</param>
/// <param name="Producers">Producers, each with listeners of its own.</param>
/// <param name="Target">What is killed.</param>
/// <param name="Seed">Chooses events and moments.</param>
internal sealed record FaultBenchOptions(
    string Store, string? Connection, string Server, string WorkFolder, int Rounds, int Producers, FaultTarget Target, int Seed);
