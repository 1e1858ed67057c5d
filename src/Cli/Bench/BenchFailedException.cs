namespace Buddies.Cli.Bench;

/// <summary>A benchmark ran to its end and has found that a promise does not hold; exit code 1.</summary>
/// <param name="message">Which, with the figures.</param>
internal sealed class BenchFailedException(string message) : Exception(message);
