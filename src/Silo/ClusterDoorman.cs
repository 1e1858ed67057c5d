using Buddies.Api;
using Buddies.Api.Startup;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Grains;
using Buddies.Storage;

namespace Buddies.Silo;

/// <summary>The cluster's doorman behind the HTTP surface's port, from any silo.</summary>
internal sealed class ClusterDoorman(ClusterDoor door, IStore store, string dataDirectory, CanaryRules rules, TimeProvider time) : IDoorman
{
    private readonly StoredVersions _versions = new(dataDirectory);

    public async ValueTask<DoormanView> ReadAsync(CancellationToken cancellationToken)
    {
        var record = await store.Doorman.ReadAsync(cancellationToken);
        var models = await _versions.ListAsync(store, cancellationToken);
        var sight = await door.LookAtDoormanAsync(cancellationToken);
        return new DoormanView(record, models, sight.Canary is { } canary ? Judge(canary) : null, sight.Readers ?? [], door.Status.Version, sight.LastFlip, sight.LastFlip - sight.FirstFlip);
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(long afterNumber, int limit, CancellationToken cancellationToken) =>
        StoredVersions.ReadJournalAsync(store, afterNumber, limit, cancellationToken);

    public async ValueTask<DoormanAnswer> AskAsync(DoormanOrder order, CancellationToken cancellationToken)
    {
        var action = order.Action switch
        {
            Api.DoormanAction.Validate => Grains.DoormanAction.Validate,
            Api.DoormanAction.Canary => Grains.DoormanAction.Canary,
            Api.DoormanAction.Promote => Grains.DoormanAction.Promote,
            Api.DoormanAction.Reject => Grains.DoormanAction.Reject,
            _ => Grains.DoormanAction.Rollback,
        };
        var reply = await door.AskDoormanAsync(
            new DoormanQuestion(action, order.Version?.Value ?? 0, order.Percent, order.Who, order.Why) { AcceptLowerRecall = order.AcceptLowerRecall }, cancellationToken);
        return new DoormanAnswer(reply.IsAccepted, reply.Message);
    }

    private CanaryView Judge(CanarySight canary)
    {
        var age = time.GetUtcNow() - canary.Since;
        return new CanaryView(
            new SnapshotVersion(canary.Version), canary.Percent, age, canary.Control, canary.Candidate, rules.Judge(canary.Control, canary.Candidate, age));
    }
}
