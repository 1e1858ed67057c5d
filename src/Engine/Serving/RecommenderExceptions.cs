namespace Buddies.Engine.Serving;

/// <summary>The runtime cannot answer for the moment.</summary>
/// <param name="message">Why, in words for the client.</param>
public sealed class RecommenderUnavailableException(string message) : Exception(message);

/// <summary>The runtime's queues are full.</summary>
/// <param name="retryAfter">When to try again.</param>
public sealed class RecommenderBusyException(TimeSpan retryAfter) : Exception("The server takes no more events for the moment.")
{
    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
