using System.Collections.Concurrent;
using Buddies.Engine.Doorman;
using Buddies.Engine.Snapshots;
using Buddies.Storage;

namespace Buddies.Api.Startup;

/// <summary>What store and snapshot files say of versions and the journal, for whichever runtime is behind the port.</summary>
internal sealed class StoredVersions(string dataDirectory)
{
    private readonly ConcurrentDictionary<string, SnapshotManifest> _manifests = [];

    /// <summary>Every version with what its manifest says.</summary>
    public async ValueTask<IReadOnlyList<ModelView>> ListAsync(IStore store, CancellationToken cancellationToken) =>
        [.. (await store.Models.ListAsync(cancellationToken)).Select(Describe)];

    /// <summary>The journal, oldest first.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="afterNumber">Only entries beyond this number; negative for the last ones.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(
        IStore store, long afterNumber, int limit, CancellationToken cancellationToken)
    {
        if (afterNumber >= 0)
        {
            return await store.Doorman.ReadJournalAsync(afterNumber, limit, cancellationToken);
        }

        // The last ones: a journal is short, some ten lines a swap.
        const int Page = 1000;
        var last = new List<JournalEntry>();
        for (var after = 0L; ;)
        {
            var page = await store.Doorman.ReadJournalAsync(after, Page, cancellationToken);
            last.AddRange(page);
            if (page.Count < Page)
            {
                return last.Count > limit ? last.GetRange(last.Count - limit, limit) : last;
            }

            after = page[^1].Number;
            last.RemoveRange(0, Math.Max(0, last.Count - limit));
        }
    }

    private ModelView Describe(RegisteredModel model)
    {
        var manifest = _manifests.GetValueOrDefault(model.ManifestSha256) ?? Read(model);
        return new ModelView(model.Version, model.CreatedAt, model.Watermark, manifest?.Parent, manifest?.Metrics ?? new Dictionary<string, double>());
    }

    private SnapshotManifest? Read(RegisteredModel model)
    {
        try
        {
            var folder = Path.Combine(dataDirectory, "snapshots", model.Folder);
            return _manifests[model.ManifestSha256] = SnapshotManifestReader.Read(folder, model.ManifestSha256).Manifest;
        }
        catch (Exception e) when (e is SnapshotException or IOException)
        {
            return null; // Damaged, or collected: its line in the list stays.
        }
    }
}
