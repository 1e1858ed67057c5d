using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>Something that the doorman's protocol wants done.</summary>
public abstract record DoormanCommand;

/// <summary>
/// Write the record by one durable compare-and-set, with the journal in the same transaction; then answer with
/// <see cref="RecordPersisted"/>, or, whatever went wrong, with <see cref="RecordLoaded"/>.
/// </summary>
/// <param name="ExpectedEpoch">The epoch that must be in the store.</param>
/// <param name="Next">What takes its place; its epoch is one more.</param>
/// <param name="Journal">What is appended.</param>
public sealed record PersistRecord(long ExpectedEpoch, DoormanRecord Next, IReadOnlyList<JournalEntry> Journal) : DoormanCommand;

/// <summary>Tell a node; the message may be lost, late, or come twice.</summary>
/// <param name="Orders">What, and whom.</param>
public sealed record SendOrders(NodeOrders Orders) : DoormanCommand;

/// <summary>
/// See to it that a node serves nothing on the word of a record older than the epoch, then answer with
/// <see cref="NodeFenced"/>: it is dead, it has said so, or its lease has run out. May be asked again and again.
/// </summary>
/// <param name="Node">Which.</param>
/// <param name="Epoch">The epoch in which it was shut out, or a later one.</param>
public sealed record FenceNode(Member Node, long Epoch) : DoormanCommand;

/// <summary>Judge a version by the gates, then answer with <see cref="GatesJudged"/>.</summary>
/// <param name="Request">The request's number, to be handed back.</param>
/// <param name="Who">Who asked, to be handed back.</param>
/// <param name="Version">Which.</param>
public sealed record RunGates(long Request, string Who, SnapshotVersion Version) : DoormanCommand
{
    /// <summary>As in <see cref="ValidateRequested.LowerAccepted"/>; to be handed back.</summary>
    public string? LowerAccepted { get; init; }
}

/// <summary>Answer an operator: once what was asked is durable, or at once when it cannot be.</summary>
/// <param name="Request">The request's number.</param>
/// <param name="IsAccepted">Whether it is, or will be, done.</param>
/// <param name="Message">What will happen, or why not.</param>
public sealed record Answer(long Request, bool IsAccepted, string Message) : DoormanCommand;
