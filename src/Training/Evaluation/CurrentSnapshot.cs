using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage;

namespace Buddies.Training.Evaluation;

/// <summary>Opens what the registry says is served.</summary>
public static class CurrentSnapshot
{
    /// <summary>Opens the current model's snapshot, verified against the registry.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="cancellationToken">Cancels the registry's read.</param>
    /// <returns>The snapshot; its owner disposes it.</returns>
    /// <exception cref="TrainingException">There is none, or it was trained with another transform.</exception>
    /// <exception cref="SnapshotException">It is damaged.</exception>
    public static async Task<Snapshot> OpenAsync(IStore store, string dataDirectory, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var current = await store.Models.CurrentAsync(cancellationToken).ConfigureAwait(false);
        if (current.Version.Value == 0)
        {
            throw new TrainingException("There is no current model. Train one first: buddies train --data DIR.");
        }

        var models = await store.Models.ListAsync(cancellationToken).ConfigureAwait(false);
        var model = models.Single(model => model.Version == current.Version);
        var snapshot = Snapshot.Open(Path.Combine(SnapshotFolders.In(dataDirectory), model.Folder), model.ManifestSha256);
        if (snapshot.Manifest.TransformFingerprint != TasteTransform.Default.Fingerprint)
        {
            snapshot.Dispose();
            throw new TrainingException($"Version {current.Version} was trained with another taste transform than this tool has. Train again: buddies train --data DIR.");
        }

        return snapshot;
    }
}
