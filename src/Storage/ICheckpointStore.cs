using Buddies.Engine.Identifiers;

namespace Buddies.Storage;

/// <summary>Keeps listeners' facts as opaque bytes, each with the offset up to which events are in them.</summary>
public interface ICheckpointStore
{
    /// <summary>Writes checkpoints in one durable transaction. A user's newest one before it is kept, the one before that gives way.</summary>
    /// <param name="checkpoints">At most one for a user.</param>
    /// <param name="cancellationToken">Cancels before the transaction.</param>
    ValueTask SaveAsync(IReadOnlyList<UserCheckpoint> checkpoints, CancellationToken cancellationToken);

    /// <summary>Streams the best checkpoint of every user who has any, in no order.</summary>
    /// <param name="cancellationToken">Stops the stream.</param>
    /// <remarks>
    /// Where the newest does not match its checksum, the one before it is given, and said to be the former. Where neither
    /// does, null state with offset 0: replay such a user from the log.
    /// </remarks>
    IAsyncEnumerable<UserCheckpoint> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>The best checkpoint of one user, as <see cref="ReadAllAsync"/> would give it.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Null where the user has none.</returns>
    ValueTask<UserCheckpoint?> ReadAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Forgets all checkpoints; the next start replays the log from its beginning.</summary>
    /// <param name="cancellationToken">Cancels before the transaction.</param>
    ValueTask ClearAsync(CancellationToken cancellationToken);
}

/// <summary>One user's facts as of an offset.</summary>
/// <param name="User">Whose.</param>
/// <param name="State">The facts' bytes; null when they were found damaged.</param>
/// <param name="Offset">Every event of this user up to this offset is in the state.</param>
/// <param name="IsFormer">Whether a newer one was found damaged: events after the offset must be replayed, however old they are.</param>
public readonly record struct UserCheckpoint(UserId User, byte[]? State, long Offset, bool IsFormer = false);
