using Buddies.Engine.Identifiers;

namespace Buddies.Storage;

/// <summary>The registered model versions and the one that is current.</summary>
public interface IModelRegistry
{
    /// <summary>Takes the next version number; it is never given out again, even when no snapshot comes of it.</summary>
    ValueTask<SnapshotVersion> ReserveVersionAsync(CancellationToken cancellationToken);

    /// <summary>Registers a snapshot whose files are complete.</summary>
    /// <exception cref="InvalidOperationException">The version is registered already, or was never reserved.</exception>
    ValueTask RegisterAsync(RegisteredModel model, CancellationToken cancellationToken);

    /// <summary>Every registered model, oldest first.</summary>
    ValueTask<IReadOnlyList<RegisteredModel>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The epoch and the version that is current.</summary>
    /// <returns>Epoch 0 and version 0 before the first commit.</returns>
    ValueTask<CurrentModel> CurrentAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes a version current if nobody else has changed the doorman's record since: one durable compare-and-set, for where no
    /// node serves. Whatever was under way ends.
    /// </summary>
    /// <param name="expectedEpoch">The epoch that the caller saw.</param>
    /// <param name="version">A registered version.</param>
    /// <param name="cancellationToken">Cancels before the effect.</param>
    /// <returns>False, and no effect, when the epoch is no longer the expected one.</returns>
    /// <exception cref="InvalidOperationException">The version is not registered.</exception>
    ValueTask<bool> TryCommitAsync(long expectedEpoch, SnapshotVersion version, CancellationToken cancellationToken);
}

/// <summary>A model version on record.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Folder">Its folder's name under the data directory's <c>snapshots</c>.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="ManifestSha256">SHA-256 of its manifest, lower-case hexadecimal.</param>
/// <param name="Watermark">Events up to this offset took part in its training.</param>
public sealed record RegisteredModel(
    SnapshotVersion Version,
    string Folder,
    DateTimeOffset CreatedAt,
    string ManifestSha256,
    long Watermark);

/// <summary>Which version is served, as the doorman's record says.</summary>
/// <param name="Epoch">Grows by one with every change of that record.</param>
/// <param name="Version">The version; 0 when there is none.</param>
public readonly record struct CurrentModel(long Epoch, SnapshotVersion Version);
