using Buddies.Engine.Doorman;
using Buddies.Engine.Experiments;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Doorman;

/// <summary>What the doorman of one process works with.</summary>
public sealed class LocalDoormanOptions
{
    /// <summary>
    /// Judges a version, the first argument, beside the current one: what is wrong with it, and what was measured. The third
    /// says that it may be worse than the current one.
    /// </summary>
    public required Func<SnapshotVersion, SnapshotVersion, bool, CancellationToken, Task<GateOutcome>> Gates { get; init; }

    /// <summary>How long the protocol waits.</summary>
    public DoormanOptions Doorman { get; init; } = new();

    /// <summary>When a canary is promoted or rejected without a hand; null leaves it to operators.</summary>
    public CanaryRules? CanaryRules { get; init; } = new();

    /// <summary>How engagement with the current version is watched; null for not at all.</summary>
    public EngagementWatchOptions? EngagementWatch { get; init; } = new();

    /// <summary>Told of a version whose engagement has surely fallen, once: train again. On the doorman's turn; must not block.</summary>
    public Action<SnapshotVersion>? EngagementFell { get; init; }
}

/// <summary>What the gates found.</summary>
/// <param name="Reasons">What is wrong, one sentence each; empty lets it through.</param>
/// <param name="Metrics">What was measured.</param>
public sealed record GateOutcome(IReadOnlyList<string> Reasons, IReadOnlyDictionary<string, double> Metrics);
