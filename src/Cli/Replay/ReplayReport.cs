namespace Buddies.Cli.Replay;

/// <summary>What became of a replay.</summary>
internal sealed record ReplayReport
{
    /// <summary>Events of the history that were asked for.</summary>
    public long Events { get; init; }

    /// <summary>Of these, those that the server has answered.</summary>
    public long Sent { get; init; }

    /// <summary>New to the server.</summary>
    public long Accepted { get; init; }

    /// <summary>Known to the server; without further effect.</summary>
    public long Duplicates { get; init; }

    /// <summary>Refused for what they say.</summary>
    public long Rejected { get; init; }

    /// <summary>The first reason why.</summary>
    public string? FirstError { get; init; }

    /// <summary>How often the server said to come later, 429 or 503.</summary>
    public long ToldToWait { get; init; }

    /// <summary>How often it did not answer.</summary>
    public long NoAnswer { get; init; }

    /// <summary>Plays of rows that stand for several, which were not sent.</summary>
    public long PlaysLeftOut { get; init; }

    /// <summary>Lines of a file that are no events.</summary>
    public long BadLines { get; init; }

    /// <summary>The first of them.</summary>
    public string? FirstBadLine { get; init; }

    /// <summary>The time of the last event that was answered: <c>--from</c> with it goes on where this ended.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Whether the whole history was sent.</summary>
    public bool IsComplete { get; init; }

    /// <summary>How long it took.</summary>
    public double Seconds { get; init; }
}
