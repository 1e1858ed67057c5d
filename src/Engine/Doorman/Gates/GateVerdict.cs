namespace Buddies.Engine.Doorman.Gates;

/// <summary>What the gates say of a version.</summary>
/// <param name="Reasons">What is wrong, one sentence each; empty lets it through.</param>
/// <param name="Metrics">What was compared, for the journal.</param>
public sealed record GateVerdict(IReadOnlyList<string> Reasons, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>Whether it is let through.</summary>
    public bool IsPassed => Reasons.Count == 0;
}
