using Buddies.Engine.Doorman;

namespace Buddies.Storage;

/// <summary>The doorman's durable record and its journal.</summary>
public interface IDoormanStore
{
    /// <summary>Reads the record as of the last change anybody made.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Epoch 0 and every registered version before the first change.</returns>
    ValueTask<DoormanRecord> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Changes the record if nobody else has changed it since: one durable compare-and-set on the epoch, with the states of
    /// the versions and the journal in the same transaction.
    /// </summary>
    /// <param name="expectedEpoch">The epoch that the caller saw.</param>
    /// <param name="next">What takes its place; its epoch is one more. Versions that it does not list stay as they are.</param>
    /// <param name="journal">What is appended, in order; numbers are given here.</param>
    /// <param name="cancellationToken">Cancels before the effect.</param>
    /// <returns>False, and no effect, when the epoch is no longer the expected one.</returns>
    /// <exception cref="ArgumentException">The next epoch is not one more than the expected one.</exception>
    /// <exception cref="InvalidOperationException">A version is not registered.</exception>
    ValueTask<bool> TryWriteAsync(
        long expectedEpoch, DoormanRecord next, IReadOnlyList<JournalEntry> journal, CancellationToken cancellationToken);

    /// <summary>Reads the journal, oldest first.</summary>
    /// <param name="afterNumber">Only entries beyond this number; 0 for all.</param>
    /// <param name="limit">At most so many, 1 or more.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(long afterNumber, int limit, CancellationToken cancellationToken);
}
