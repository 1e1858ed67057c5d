namespace Buddies.Cli;

/// <summary>The command line asks for what the tool cannot do; exit code 2.</summary>
/// <param name="message">What was asked and what is possible.</param>
internal sealed class UsageException(string message) : Exception(message);
