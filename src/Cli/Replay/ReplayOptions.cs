namespace Buddies.Cli.Replay;

/// <summary>How a history is sent.</summary>
/// <param name="Speed">How many times as fast as it happened; 0 for as fast as the server takes it.</param>
/// <param name="Batch">Most events in a batch.</param>
/// <param name="Patience">How long a server that does not answer is tried again.</param>
internal sealed record ReplayOptions(double Speed, int Batch, TimeSpan Patience);
