namespace Buddies.Cli.Simulate;

/// <summary>How a simulated crowd listens.</summary>
internal sealed record SimulateOptions(Uri Server, double EventsPerSecond, TimeSpan Duration, int Listeners, int Watched, int Seed);
