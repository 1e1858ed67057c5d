using Buddies.Api;
using Buddies.Engine.Experiments;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Insights;
using Buddies.Grains;
using Buddies.Storage.Home;

namespace Buddies.Silo;

/// <summary>The cluster's Home behind the HTTP surface's port.</summary>
internal sealed class ClusterHomeDesk(ClusterDoor door) : IHomeDesk
{
    public ValueTask<CardStory?> WhyAsync(UserId user, string impressionId, CancellationToken cancellationToken) => door.WhyAsync(user, impressionId, cancellationToken);

    public ValueTask<ListenerStory?> StoryAsync(UserId user, CancellationToken cancellationToken) => door.StoryAsync(user, cancellationToken);

    public ValueTask<bool> ChooseAsync(UserId user, ListenerChoice choice, CancellationToken cancellationToken) => door.ChooseAsync(user, choice, cancellationToken);

    public ValueTask<HomeHoldings?> HoldingsAsync(UserId user, CancellationToken cancellationToken) => door.HomeHoldingsAsync(user, cancellationToken);

    public ValueTask<InsightReport?> InsightsAsync(DateTimeOffset from, int playlists, CancellationToken cancellationToken) =>
        door.InsightsAsync(from, playlists, cancellationToken);

    public ValueTask<IReadOnlyList<(Experiment Experiment, ExperimentReport Report)>> ExperimentsAsync(CancellationToken cancellationToken) =>
        door.ExperimentsAsync(cancellationToken);
}
