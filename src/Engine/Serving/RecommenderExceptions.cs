namespace Buddies.Engine.Serving;

/// <summary>The runtime cannot answer for the moment.</summary>
/// <param name="message">Why, in words for the client.</param>
/// <param name="cause">What it came of; null where there is nothing more to tell.</param>
public sealed class RecommenderUnavailableException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The runtime's queues are full.</summary>
/// <param name="retryAfter">When to try again.</param>
public sealed class RecommenderBusyException(TimeSpan retryAfter) : Exception("The server takes no more events for the moment.")
{
    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
