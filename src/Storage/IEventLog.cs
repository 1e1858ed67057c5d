using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage;

/// <summary>The append-only log of accepted events, ordered by offset.</summary>
/// <remarks>
/// Every event belongs to one of <see cref="EventPartitions.Count"/> partitions by its user. All offsets come from one
/// counter, so those of any partition ascend too: who reads some partitions keeps one number, the last offset read.
/// In time the log is cut into segments, and what is no longer needed is dropped by whole segments.
/// </remarks>
public interface IEventLog
{
    /// <summary>Appends a batch in one durable transaction.</summary>
    /// <param name="events">Valid events in the order they were accepted.</param>
    /// <param name="cancellationToken">Cancels before the transaction; once it has begun it is carried through.</param>
    /// <exception cref="StoreException">
    /// It could not be written; none of the batch is in the log. Only where <see cref="StoreException.IsUncertain"/> is set,
    /// all of it may be there: the same call again makes sure.
    /// </exception>
    /// <returns>
    /// One offset for each event, in order: positive and ascending for a new event, 0 for one whose user and event id
    /// came before: earlier in the batch, or in an event that the log still keeps. Every event takes a number, duplicates
    /// too, so a larger step tells that somebody else has written, or an attempt has failed.
    /// </returns>
    ValueTask<IReadOnlyList<long>> AppendAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellationToken);

    /// <summary>Streams the events of a range in the order of their offsets.</summary>
    /// <param name="range">Which.</param>
    /// <param name="cancellationToken">Stops the stream.</param>
    IAsyncEnumerable<LoggedEvent> ReadAsync(EventRange range, CancellationToken cancellationToken);

    /// <summary>Streams every event beyond an offset in the order of their offsets.</summary>
    /// <param name="afterOffset">Only events beyond this offset; 0 for all that are kept.</param>
    /// <param name="cancellationToken">Stops the stream.</param>
    IAsyncEnumerable<LoggedEvent> ReadAsync(long afterOffset, CancellationToken cancellationToken) =>
        ReadAsync(new EventRange(afterOffset), cancellationToken);

    /// <summary>One listener's events beyond an offset, in the order of their offsets; by an index, so it reads no others.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="afterOffset">Only events beyond this offset; 0 for all that are kept.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <remarks>What lies beyond a listener's checkpoint is little; all of it is held in memory.</remarks>
    ValueTask<IReadOnlyList<LoggedEvent>> ReadUserAsync(UserId user, long afterOffset, CancellationToken cancellationToken);

    /// <summary>The last offset in the log, 0 when nothing was ever appended; what is dropped or erased does not make it smaller than what was dropped.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<long> LastOffsetAsync(CancellationToken cancellationToken);

    /// <summary>How many events the log holds.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>The offset through which events have been dropped, 0 when none were.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<long> DroppedThroughAsync(CancellationToken cancellationToken);

    /// <summary>Drops whole segments of old events for good.</summary>
    /// <param name="acceptedBefore">Only segments that hold no event accepted at this time or later.</param>
    /// <param name="throughOffset">Only segments that hold no event beyond this offset: what no checkpoint holds yet must stay.</param>
    /// <param name="cancellationToken">Cancels before the effect.</param>
    /// <returns>The offset through which events have been dropped.</returns>
    /// <remarks>
    /// The newest segment always stays. An event id is free again some time after its event was dropped, never before.
    /// Former checkpoints that would need dropped events are replaced by the newest ones.
    /// </remarks>
    ValueTask<long> DropAsync(DateTimeOffset acceptedBefore, long throughOffset, CancellationToken cancellationToken);
}

/// <summary>A part of the log.</summary>
/// <param name="AfterOffset">Only events beyond this offset; 0 for all that are kept.</param>
/// <param name="ThroughOffset">Only events up to this offset, itself included.</param>
/// <param name="Partitions">Bit p stands for partition p; only events of these.</param>
public readonly record struct EventRange(
    long AfterOffset, long ThroughOffset = long.MaxValue, ulong Partitions = EventPartitions.All);

/// <summary>An event with its place in the log.</summary>
/// <param name="Offset">1 or more; ascending, gaps are possible.</param>
/// <param name="Event">What happened.</param>
public readonly record struct LoggedEvent(long Offset, UserEvent Event);
