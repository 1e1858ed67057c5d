namespace Buddies.Cli.Server;

/// <summary>What the server said to a batch of events.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Accepted">Events that were new.</param>
/// <param name="Duplicates">Events that were known.</param>
/// <param name="Rejected">Events that were refused for what they say.</param>
/// <param name="RetryAfter">When to come back; null where it is not said.</param>
/// <param name="Detail">The first refused event's error, or the body of an answer that is no receipt; null where all is well.</param>
internal readonly record struct DoorAnswer(int Status, int Accepted, int Duplicates, int Rejected, TimeSpan? RetryAfter, string? Detail)
{
    /// <summary>Whether the batch was taken: what it says is durable.</summary>
    public bool IsTaken => Status == 202;

    /// <summary>Whether the same batch may be sent again later.</summary>
    public bool IsLater => Status is 429 or 503;
}
