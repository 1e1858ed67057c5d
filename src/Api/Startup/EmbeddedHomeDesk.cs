using Buddies.Embedded;
using Buddies.Engine.Experiments;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Insights;
using Buddies.Engine.Serving;
using Buddies.Storage.Home;

namespace Buddies.Api.Startup;

/// <summary>The one-process runtime's Home behind the port.</summary>
internal sealed class EmbeddedHomeDesk(EmbeddedRecommender recommender) : IHomeDesk
{
    private EmbeddedRuntime Serving => recommender.Runtime ?? throw new RecommenderUnavailableException("The server is not ready.");

    public ValueTask<CardStory?> WhyAsync(UserId user, string impressionId, CancellationToken cancellationToken) =>
        Serving.WhyAsync(user, impressionId, cancellationToken);

    public ValueTask<ListenerStory?> StoryAsync(UserId user, CancellationToken cancellationToken) => Serving.StoryAsync(user, cancellationToken);

    public ValueTask<bool> ChooseAsync(UserId user, ListenerChoice choice, CancellationToken cancellationToken) =>
        Serving.ChooseAsync(user, choice, cancellationToken);

    public ValueTask<HomeHoldings?> HoldingsAsync(UserId user, CancellationToken cancellationToken) => Serving.HomeHoldingsAsync(user, cancellationToken);

    public ValueTask<InsightReport?> InsightsAsync(DateTimeOffset from, int playlists, CancellationToken cancellationToken) =>
        new(Serving.Insights(from, playlists));

    public ValueTask<IReadOnlyList<(Experiment Experiment, ExperimentReport Report)>> ExperimentsAsync(CancellationToken cancellationToken) =>
        new(Serving.ReportExperiments());
}
