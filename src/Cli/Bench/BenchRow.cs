namespace Buddies.Cli.Bench;

/// <summary>One engine at one size.</summary>
/// <param name="Engine">Which.</param>
/// <param name="N">Listeners.</param>
/// <param name="Threads">Threads that made the moves.</param>
internal sealed record BenchRow(string Engine, int N, int Threads)
{
    /// <summary>Whether it is ours.</summary>
    public bool IsPeer { get; init; }

    /// <summary>Moves a second, the mover's list fresh after each.</summary>
    public double? OwnPerSecond { get; init; }

    /// <summary>Moves a second, everybody's list kept up, in the peers' case as far as they do.</summary>
    public double? AllPerSecond { get; init; }

    /// <summary>Recall of movers' lists right after their move.</summary>
    public double? RecallOwn { get; init; }

    /// <summary>Recall of arbitrary listeners' stored lists after all moves.</summary>
    public double? RecallAll { get; init; }

    /// <summary>Resident bytes that building added, by n, without lists (phase own).</summary>
    public double? BytesPerUser { get; init; }

    /// <summary>The same with everybody's list (phase all); the peers' lists are not counted.</summary>
    public double? AllBytesPerUser { get; init; }

    /// <summary>By the engine's own count, phase own.</summary>
    public double? ReportedBytesPerUser { get; init; }

    /// <summary>Seconds to build, without lists.</summary>
    public double? BuildSeconds { get; init; }

    /// <summary>Seconds to build everybody's list as well.</summary>
    public double? AllBuildSeconds { get; init; }

    /// <summary>Moves timed in phase own.</summary>
    public int? OwnMoves { get; init; }

    /// <summary>Moves timed in phase all.</summary>
    public int? AllMoves { get; init; }

    /// <summary>After how many moves a list is fresh; 1 is after each.</summary>
    public int? MovesPerCall { get; init; }

    /// <summary>Parameters and peculiarities.</summary>
    public string? Note { get; init; }

    /// <summary>Why it, or one of its phases, did not run.</summary>
    public string? Absent { get; init; }
}
