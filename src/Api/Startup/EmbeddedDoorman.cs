using Buddies.Embedded.Doorman;
using Buddies.Engine.Doorman;
using Buddies.Engine.Serving;
using Buddies.Storage;

namespace Buddies.Api.Startup;

/// <summary>The one-process doorman behind the port; not ready until the runtime serves.</summary>
internal sealed class EmbeddedDoorman(BuddiesApiOptions options) : IDoorman
{
    private readonly StoredVersions _versions = new(options.DataDirectory);
    private volatile Serving? _serving;

    /// <summary>The doorman and its store, once they work.</summary>
    public void Open(LocalDoorman doorman, IStore store) => _serving = new Serving(doorman, store);

    private Serving Ready => _serving ?? throw new RecommenderUnavailableException("The server is not ready.");

    public async ValueTask<DoormanView> ReadAsync(CancellationToken cancellationToken)
    {
        var (doorman, store) = Ready;
        var record = await store.Doorman.ReadAsync(cancellationToken);
        var models = await _versions.ListAsync(store, cancellationToken);
        return new DoormanView(record, models, doorman.Canary, doorman.Readers, doorman.Serving, doorman.LastFlip);
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(long afterNumber, int limit, CancellationToken cancellationToken) =>
        StoredVersions.ReadJournalAsync(Ready.Store, afterNumber, limit, cancellationToken);

    public async ValueTask<DoormanAnswer> AskAsync(DoormanOrder order, CancellationToken cancellationToken) =>
        await Ready.Doorman.AskAsync(
            (at, request) => order.Action switch
            {
                DoormanAction.Validate => new ValidateRequested(at, request, order.Who, order.Why, order.Version!.Value) { LowerAccepted = order.AcceptLowerRecall },
                DoormanAction.Canary => new RolloutRequested(at, request, order.Who, order.Why, order.Version!.Value, RolloutGoal.Canary, order.Percent),
                DoormanAction.Promote => new RolloutRequested(at, request, order.Who, order.Why, order.Version!.Value, RolloutGoal.Current),
                DoormanAction.Reject => new RejectRequested(at, request, order.Who, order.Why, order.Version!.Value),
                _ => new RollbackRequested(at, request, order.Who, order.Why, order.Version),
            },
            cancellationToken);

    private sealed record Serving(LocalDoorman Doorman, IStore Store);
}
