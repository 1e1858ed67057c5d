using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>Something that the doorman's protocol hears.</summary>
/// <param name="At">The time, by the clock of the protocol's owner.</param>
public abstract record DoormanInput(DateTimeOffset At);

/// <summary>
/// The record as the store has it: at the start, after a compare-and-set that failed or whose answer was lost, and when
/// somebody else is seen to have changed it.
/// </summary>
/// <param name="At">When.</param>
/// <param name="Record">The record.</param>
public sealed record RecordLoaded(DateTimeOffset At, DoormanRecord Record) : DoormanInput(At);

/// <summary>The compare-and-set took effect.</summary>
/// <param name="At">When.</param>
/// <param name="Epoch">The epoch that is now in the store.</param>
public sealed record RecordPersisted(DateTimeOffset At, long Epoch) : DoormanInput(At);

/// <summary>A node has joined, acknowledged or refused.</summary>
/// <param name="At">When.</param>
/// <param name="Report">What it says.</param>
public sealed record NodeReported(DateTimeOffset At, NodeReport Report) : DoormanInput(At);

/// <summary>A node has left, or was found dead.</summary>
/// <param name="At">When.</param>
/// <param name="Node">Which start of which node.</param>
/// <param name="Why">How one knows.</param>
public sealed record NodeLeft(DateTimeOffset At, Member Node, string Why) : DoormanInput(At);

/// <summary>
/// A node that was shut out serves nothing any more on the word of an older record: it is dead, has said so, or its
/// lease has run out since.
/// </summary>
/// <param name="At">When.</param>
/// <param name="Node">Which.</param>
/// <param name="Epoch">The epoch of the <see cref="FenceNode"/> that this answers.</param>
public sealed record NodeFenced(DateTimeOffset At, Member Node, long Epoch) : DoormanInput(At);

/// <summary>Time has passed: deadlines are looked at, and what may have been lost is sent again.</summary>
/// <param name="At">The time.</param>
public sealed record Ticked(DateTimeOffset At) : DoormanInput(At);

/// <summary>The gates have spoken.</summary>
/// <param name="At">When.</param>
/// <param name="Version">About which version.</param>
/// <param name="Reasons">What they found wrong; empty lets it through.</param>
/// <param name="Metrics">What they measured.</param>
/// <param name="Request">The request that asked for them.</param>
/// <param name="Who">Who asked.</param>
public sealed record GatesJudged(
    DateTimeOffset At,
    SnapshotVersion Version,
    IReadOnlyList<string> Reasons,
    IReadOnlyDictionary<string, double> Metrics,
    long Request,
    string Who) : DoormanInput(At)
{
    /// <summary>As in <see cref="ValidateRequested.LowerAccepted"/>, where there was something to accept.</summary>
    public string? LowerAccepted { get; init; }
}

/// <summary>An operator, or a rule in an operator's place, wants something.</summary>
/// <param name="At">When.</param>
/// <param name="Request">The number that the <see cref="Answer"/> carries.</param>
/// <param name="Who">Who wants it.</param>
/// <param name="Why">In words; may be empty.</param>
public abstract record OperatorInput(DateTimeOffset At, long Request, string Who, string Why) : DoormanInput(At)
{
    /// <summary>Named numbers for the journal.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, double>.Empty;
}

/// <summary>Judge a version by the gates.</summary>
/// <param name="At">When.</param>
/// <param name="Request">The request's number.</param>
/// <param name="Who">Who wants it.</param>
/// <param name="Why">In words.</param>
/// <param name="Version">Which; registered, or rejected or retired before.</param>
public sealed record ValidateRequested(DateTimeOffset At, long Request, string Who, string Why, SnapshotVersion Version)
    : OperatorInput(At, Request, Who, Why)
{
    /// <summary>Why its metric may be lower than the current version's beyond the margin: other data, another task. Null: it may not.</summary>
    public string? LowerAccepted { get; init; }
}

/// <summary>Have every node prepare a version, and put the goal's share of the listeners on it.</summary>
/// <param name="At">When.</param>
/// <param name="Request">The request's number.</param>
/// <param name="Who">Who wants it.</param>
/// <param name="Why">In words.</param>
/// <param name="Version">Which; validated, under way already, or the canary.</param>
/// <param name="Goal">How far.</param>
/// <param name="Percent">The canary's share, above 0 and below 100; not looked at for other goals.</param>
public sealed record RolloutRequested(
    DateTimeOffset At, long Request, string Who, string Why, SnapshotVersion Version, RolloutGoal Goal, double Percent = 0)
    : OperatorInput(At, Request, Who, Why);

/// <summary>Refuse a version, whatever is under way with it.</summary>
/// <param name="At">When.</param>
/// <param name="Request">The request's number.</param>
/// <param name="Who">Who wants it.</param>
/// <param name="Why">In words.</param>
/// <param name="Version">Which; not the current one.</param>
public sealed record RejectRequested(DateTimeOffset At, long Request, string Who, string Why, SnapshotVersion Version)
    : OperatorInput(At, Request, Who, Why);

/// <summary>Go back to a version that was current before; whatever is under way is given up.</summary>
/// <param name="At">When.</param>
/// <param name="Request">The request's number.</param>
/// <param name="Who">Who wants it.</param>
/// <param name="Why">In words.</param>
/// <param name="Version">Which; null for <see cref="DoormanRecord.Former"/>.</param>
public sealed record RollbackRequested(DateTimeOffset At, long Request, string Who, string Why, SnapshotVersion? Version = null)
    : OperatorInput(At, Request, Who, Why);

/// <summary>Give up the files of a version for good.</summary>
/// <param name="At">When.</param>
/// <param name="Request">The request's number.</param>
/// <param name="Who">Who wants it.</param>
/// <param name="Why">In words.</param>
/// <param name="Version">Which; one of <see cref="Retention.Collectable"/>, or of <see cref="Retention.Spare"/>.</param>
/// <param name="IsForErasure">Whether it holds somebody who is to be forgotten: then no rollback keeps it.</param>
public sealed record CollectRequested(DateTimeOffset At, long Request, string Who, string Why, SnapshotVersion Version, bool IsForErasure = false)
    : OperatorInput(At, Request, Who, Why);
