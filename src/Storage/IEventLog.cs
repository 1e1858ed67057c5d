using Buddies.Engine.Events;

namespace Buddies.Storage;

/// <summary>The append-only log of accepted events, ordered by offset.</summary>
public interface IEventLog
{
    /// <summary>Appends a batch in one durable transaction.</summary>
    /// <param name="events">Valid events in the order they were accepted.</param>
    /// <param name="cancellationToken">Cancels before the transaction; once it has begun it is carried through.</param>
    /// <exception cref="StoreException">It could not be written; none of the batch is in the log.</exception>
    /// <returns>
    /// One offset for each event, in order: positive and ascending for a new event, 0 for one whose user and event id
    /// are already in the log or earlier in the batch.
    /// </returns>
    ValueTask<IReadOnlyList<long>> AppendAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellationToken);

    /// <summary>Streams events in the order of their offsets.</summary>
    /// <param name="afterOffset">Only events beyond this offset; 0 for all.</param>
    /// <param name="cancellationToken">Stops the stream.</param>
    IAsyncEnumerable<LoggedEvent> ReadAsync(long afterOffset, CancellationToken cancellationToken);

    /// <summary>The last offset in the log, 0 when it is empty.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<long> LastOffsetAsync(CancellationToken cancellationToken);

    /// <summary>How many events the log holds.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<long> CountAsync(CancellationToken cancellationToken);
}

/// <summary>An event with its place in the log.</summary>
/// <param name="Offset">1 or more; ascending, gaps are possible.</param>
/// <param name="Event">What happened.</param>
public readonly record struct LoggedEvent(long Offset, UserEvent Event);
