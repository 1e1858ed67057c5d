using Buddies.Embedded.Doorman;
using Buddies.Embedded.Versions;
using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Training;

namespace Buddies.Api.Startup;

/// <summary>Judges versions of this server's data directory by the gates.</summary>
internal sealed class ServerGates(IStore store, string dataDirectory)
{
    /// <summary>Reads every byte of a version on a thread that rests, and compares it with the current one.</summary>
    public async Task<GateOutcome> JudgeAsync(SnapshotVersion version, SnapshotVersion current, bool acceptsLower, CancellationToken cancellationToken)
    {
        var models = await store.Models.ListAsync(cancellationToken);
        var model = models.Single(model => model.Version == version);
        var served = models.FirstOrDefault(model => model.Version == current);
        var verdict = await RestingThread.RunAsync(pause => SnapshotGates.Judge(
            PathOf(model), model.ManifestSha256, served is null ? null : Read(served), TasteTransform.Default.Fingerprint, new GateOptions { AcceptsLower = acceptsLower }, pause));
        return new GateOutcome(verdict.Reasons, verdict.Metrics);
    }

    private SnapshotManifest Read(RegisteredModel model) => SnapshotManifestReader.Read(PathOf(model), model.ManifestSha256).Manifest;

    private string PathOf(RegisteredModel model) => Path.Combine(SnapshotFolders.In(dataDirectory), model.Folder);
}
