namespace Buddies.Training.Synth;

/// <summary>What was written of a synthetic world.</summary>
public sealed record SyntheticReport
{
    /// <summary>Listeners.</summary>
    public required int Listeners { get; init; }

    /// <summary>Tracks.</summary>
    public required int Tracks { get; init; }

    /// <summary>Artists.</summary>
    public required int Artists { get; init; }

    /// <summary>Playlists.</summary>
    public required int Playlists { get; init; }

    /// <summary>Events by the wire name of their kind; those that the log had already are not counted.</summary>
    public required IReadOnlyDictionary<string, long> Events { get; init; }

    /// <summary>Events that the log had already.</summary>
    public required long Duplicates { get; init; }

    /// <summary>How long it took, as the caller measured it.</summary>
    public double Seconds { get; init; }
}
