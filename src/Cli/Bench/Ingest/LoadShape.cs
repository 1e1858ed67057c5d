namespace Buddies.Cli.Bench.Ingest;

/// <summary>Who sends how much.</summary>
/// <param name="Producers">Connections, each with one batch under way at a time.</param>
/// <param name="Batch">Events in a batch.</param>
/// <param name="Rate">Events a second of all producers together; 0 for as many as the server takes.</param>
/// <param name="FirstListener">The first listener of the synthetic world who listens.</param>
/// <param name="Listeners">How many listen; each event is of one drawn at random.</param>
/// <param name="Tracks">Tracks of the world.</param>
/// <param name="Seed">Chooses who plays what.</param>
internal sealed record LoadShape(int Producers, int Batch, double Rate, int FirstListener, int Listeners, int Tracks, int Seed);
