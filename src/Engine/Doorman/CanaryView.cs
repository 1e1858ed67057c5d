using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>How a canary does.</summary>
/// <param name="Version">The candidate.</param>
/// <param name="Percent">Its share of the listeners.</param>
/// <param name="Age">Time since it began or its share changed.</param>
/// <param name="Control">What listeners of the current version did.</param>
/// <param name="Candidate">What its own listeners did.</param>
/// <param name="Verdict">What the rules say of that now.</param>
public sealed record CanaryView(
    SnapshotVersion Version, double Percent, TimeSpan Age, EngagementCounts Control, EngagementCounts Candidate, CanaryVerdict Verdict);
