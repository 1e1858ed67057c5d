using Buddies.Engine.Identifiers;
using Buddies.Storage.Privacy;

namespace Buddies.Storage;

/// <summary>Everything of one data directory or database that must survive a crash.</summary>
/// <remarks>Safe for concurrent use. A method that returns has made its effect durable. Times are kept in UTC to the millisecond.</remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>The append-only log of accepted events: the truth.</summary>
    IEventLog Events { get; }

    /// <summary>Checkpoints of listeners' facts, so that a start need not replay the whole log.</summary>
    ICheckpointStore Checkpoints { get; }

    /// <summary>Tracks and playlists.</summary>
    ICatalogueStore Catalogue { get; }

    /// <summary>The registered model versions and which of them is current.</summary>
    IModelRegistry Models { get; }

    /// <summary>The doorman's record of what is served, and its journal.</summary>
    IDoormanStore Doorman { get; }

    /// <summary>Friendships known from a dataset; read by evaluation alone, never by training or serving.</summary>
    IFriendshipStore Friendships { get; }

    /// <summary>What listeners have chosen about being seen.</summary>
    IPrivacyStore Privacy { get; }

    /// <summary>Small named values.</summary>
    ISettingStore Settings { get; }

    /// <summary>Begins an import whose rows all become visible at <see cref="IImportSession.CommitAsync"/>, or not at all.</summary>
    /// <param name="source">What is imported, for the record: <c>hetrec</c>, <c>mpd</c> …</param>
    /// <param name="cancellationToken">Gives up waiting for the store's writer.</param>
    /// <remarks>While it is open every other write waits for it; reads go on.</remarks>
    ValueTask<IImportSession> BeginImportAsync(string source, CancellationToken cancellationToken);

    /// <summary>Removes a listener's events, checkpoint, own playlists, friendships and choices, and remembers that the id was erased.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="cancellationToken">Cancels before the effect, never in the middle of it.</param>
    /// <remarks>
    /// Only a SHA-256 of the id stays. Playlists of others keep standing; what others did with the erased listener's
    /// playlists stays in the log under an id that says nothing.
    /// </remarks>
    ValueTask EraseAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Whether a listener was ever erased; so that a backup, brought back, can be made to forget them again.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<bool> WasErasedAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Takes bytes that were overwritten or deleted out of what the store keeps beside its rows, such as a write-ahead log.</summary>
    /// <remarks>For whoever has overwritten something personal. Where another process holds the log, the next complete checkpoint does it.</remarks>
    ValueTask ScrubAsync() => ValueTask.CompletedTask;

    /// <summary>Who was erased since a time, for one that has read the store meanwhile.</summary>
    /// <param name="since">By the clocks of those who erased: allow for their differences.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<ErasedListeners> ErasedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Takes the right to serve this store until the answer is disposed of; one server at a time has it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where the data directory's own lock is enough.</returns>
    /// <exception cref="StoreException">Another server has it.</exception>
    ValueTask<IAsyncDisposable?> TakeServingAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IAsyncDisposable?>(null);

    /// <summary>Takes the right to serve this store together with others who take it this way, as the silos of a cluster do.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where the data directory's own lock is enough.</returns>
    /// <exception cref="StoreException">A server that serves alone has it.</exception>
    ValueTask<IAsyncDisposable?> ShareServingAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IAsyncDisposable?>(null);
}
