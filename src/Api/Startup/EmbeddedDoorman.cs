using System.Collections.Concurrent;
using Buddies.Embedded.Doorman;
using Buddies.Engine.Doorman;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Storage;

namespace Buddies.Api.Startup;

/// <summary>The one-process doorman behind the port; not ready until the runtime serves.</summary>
internal sealed class EmbeddedDoorman(BuddiesApiOptions options) : IDoorman
{
    private readonly ConcurrentDictionary<string, SnapshotManifest> _manifests = [];
    private volatile Serving? _serving;

    /// <summary>The doorman and its store, once they work.</summary>
    public void Open(LocalDoorman doorman, IStore store) => _serving = new Serving(doorman, store);

    private Serving Ready => _serving ?? throw new RecommenderUnavailableException("The server is not ready.");

    public async ValueTask<DoormanView> ReadAsync(CancellationToken cancellationToken)
    {
        var (doorman, store) = Ready;
        var record = await store.Doorman.ReadAsync(cancellationToken);
        var models = await store.Models.ListAsync(cancellationToken);
        return new DoormanView(record, [.. models.Select(Describe)], doorman.Canary, doorman.Readers, doorman.Serving, doorman.LastFlip);
    }

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(long afterNumber, int limit, CancellationToken cancellationToken)
    {
        var store = Ready.Store;
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

    public async ValueTask<DoormanAnswer> AskAsync(DoormanOrder order, CancellationToken cancellationToken) =>
        await Ready.Doorman.AskAsync(
            (at, request) => order.Action switch
            {
                DoormanAction.Validate => new ValidateRequested(at, request, order.Who, order.Why, order.Version!.Value),
                DoormanAction.Canary => new RolloutRequested(at, request, order.Who, order.Why, order.Version!.Value, RolloutGoal.Canary, order.Percent),
                DoormanAction.Promote => new RolloutRequested(at, request, order.Who, order.Why, order.Version!.Value, RolloutGoal.Current),
                DoormanAction.Reject => new RejectRequested(at, request, order.Who, order.Why, order.Version!.Value),
                _ => new RollbackRequested(at, request, order.Who, order.Why, order.Version),
            },
            cancellationToken);

    private ModelView Describe(RegisteredModel model)
    {
        var manifest = _manifests.GetValueOrDefault(model.ManifestSha256) ?? Read(model);
        return new ModelView(model.Version, model.CreatedAt, model.Watermark, manifest?.Parent, manifest?.Metrics ?? new Dictionary<string, double>());
    }

    private SnapshotManifest? Read(RegisteredModel model)
    {
        try
        {
            var folder = Path.Combine(options.DataDirectory, "snapshots", model.Folder);
            return _manifests[model.ManifestSha256] = SnapshotManifestReader.Read(folder, model.ManifestSha256).Manifest;
        }
        catch (Exception e) when (e is SnapshotException or IOException)
        {
            return null; // Damaged, or collected: its line in the list stays.
        }
    }

    private sealed record Serving(LocalDoorman Doorman, IStore Store);
}
