using Buddies.Engine.Identifiers;

namespace Buddies.Storage;

/// <summary>Keeps listeners' facts as opaque bytes, each with the offset up to which events are in them.</summary>
public interface ICheckpointStore
{
    /// <summary>Writes checkpoints, each replacing the user's former one, in one durable transaction.</summary>
    /// <param name="checkpoints">At most one for a user.</param>
    /// <param name="cancellationToken">Cancels before the transaction.</param>
    ValueTask SaveAsync(IReadOnlyList<UserCheckpoint> checkpoints, CancellationToken cancellationToken);

    /// <summary>Streams every checkpoint, in no order.</summary>
    /// <param name="cancellationToken">Stops the stream.</param>
    /// <remarks>Bytes whose checksum does not match are reported as null state with offset 0: replay such a user from the log.</remarks>
    IAsyncEnumerable<UserCheckpoint> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Forgets all checkpoints; the next start replays the log from its beginning.</summary>
    /// <param name="cancellationToken">Cancels before the transaction.</param>
    ValueTask ClearAsync(CancellationToken cancellationToken);
}

/// <summary>One user's facts as of an offset.</summary>
/// <param name="User">Whose.</param>
/// <param name="State">The facts' bytes; null when they were found damaged.</param>
/// <param name="Offset">Every event of this user up to this offset is in the state.</param>
public readonly record struct UserCheckpoint(UserId User, byte[]? State, long Offset);
