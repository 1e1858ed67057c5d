using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>One line of the doorman's append-only journal: what happened, who did it, when and why.</summary>
/// <param name="Epoch">The record's epoch with which it became true.</param>
/// <param name="At">When, by the clock of whoever wrote it.</param>
/// <param name="Action">What happened.</param>
/// <param name="Version">To which version; 0 for what concerns a node.</param>
/// <param name="Who">An operator, a rule, or a node.</param>
/// <param name="Why">In words; may be empty.</param>
/// <param name="Reasons">What was found wrong, one sentence each; empty when nothing was.</param>
/// <param name="Metrics">Named numbers that spoke for or against it; may be empty.</param>
/// <param name="Number">Its place in the journal, from 1; 0 before it is stored.</param>
public sealed record JournalEntry(
    long Epoch,
    DateTimeOffset At,
    JournalAction Action,
    SnapshotVersion Version,
    string Who,
    string Why,
    IReadOnlyList<string> Reasons,
    IReadOnlyDictionary<string, double> Metrics,
    long Number = 0);

/// <summary>What the journal tells of. The numbers are kept in stores and never change their meaning.</summary>
public enum JournalAction
{
    /// <summary>Its files were complete.</summary>
    Registered = 0,

    /// <summary>The gates let it through.</summary>
    Validated = 1,

    /// <summary>The gates, a node or an operator refused it.</summary>
    Rejected = 2,

    /// <summary>Nodes were asked to prepare it.</summary>
    Preparing = 3,

    /// <summary>Every admitted node had it.</summary>
    Ready = 4,

    /// <summary>A share of the listeners was put on it, or the share was changed.</summary>
    Canary = 5,

    /// <summary>It became the current version.</summary>
    Current = 6,

    /// <summary>Another one became current in its place.</summary>
    Retired = 7,

    /// <summary>What was under way ended without effect.</summary>
    Aborted = 8,

    /// <summary>Its files were given up.</summary>
    Collected = 9,

    /// <summary>A node may serve.</summary>
    Admitted = 10,

    /// <summary>A node may serve no more: it left, or did not acknowledge in time.</summary>
    ShutOut = 11,

    /// <summary>A node that was shut out has been seen to stop.</summary>
    Fenced = 12,
}
