namespace Buddies.Cli.Bench;

/// <summary>What <c>buddies bench buddies</c> was asked for.</summary>
/// <param name="Sizes">Numbers of listeners.</param>
/// <param name="Dimension">d.</param>
/// <param name="Threads">Threads for our engines' moves; the peers have one.</param>
/// <param name="K">Buddies in a list.</param>
/// <param name="Moves">Moves made up, and the most in one phase.</param>
/// <param name="PeerMoves">The most for a peer in one phase.</param>
/// <param name="Seconds">How long a phase may take.</param>
/// <param name="Seed">Chooses the world.</param>
/// <param name="Engines">Ours.</param>
/// <param name="Peers">Whether the peers run too.</param>
/// <param name="PeersFolder">The sources of their drivers; null when not found.</param>
/// <param name="WorkFolder">Where worlds are written.</param>
internal sealed record BuddyBenchOptions(
    IReadOnlyList<int> Sizes,
    int Dimension,
    int Threads,
    int K,
    int Moves,
    int PeerMoves,
    double Seconds,
    int Seed,
    IReadOnlyList<BenchEngine> Engines,
    bool Peers,
    string? PeersFolder,
    string WorkFolder);
