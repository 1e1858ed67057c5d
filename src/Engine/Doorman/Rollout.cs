using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>How far a version is meant to get.</summary>
public enum RolloutGoal
{
    /// <summary>Served to a share of the listeners.</summary>
    Canary,

    /// <summary>Served to all.</summary>
    Current,
}

/// <summary>What was asked for and is not done yet; durable, so that whoever owns the protocol next goes on with it.</summary>
/// <param name="Version">The version that nodes prepare.</param>
/// <param name="Goal">What then becomes of it.</param>
/// <param name="Percent">The share of listeners where the goal is a canary, above 0 and below 100.</param>
/// <param name="IsRollback">Whether it goes back to a retired version.</param>
/// <param name="Who">Who asked.</param>
/// <param name="Why">And why.</param>
/// <param name="Began">The record's epoch with which it began.</param>
public sealed record Rollout(
    SnapshotVersion Version, RolloutGoal Goal, double Percent, bool IsRollback, string Who, string Why, long Began);

/// <summary>A version that a fixed share of the listeners is on, beside the current one.</summary>
/// <param name="Version">The candidate.</param>
/// <param name="Percent">Which share, above 0 and below 100.</param>
/// <param name="Since">When the candidate or its share last changed.</param>
public sealed record Canary(SnapshotVersion Version, double Percent, DateTimeOffset Since);
