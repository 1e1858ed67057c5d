using Buddies.Embedded;
using Buddies.Embedded.Learning;
using Buddies.Engine.Bandits;
using Buddies.Engine.Experiments;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Api.Startup;

/// <summary>The one-process runtime's Home behind the port.</summary>
internal sealed class EmbeddedHomeDesk(EmbeddedRecommender recommender) : IHomeDesk
{
    public (PolicyState State, long Pages)? Learned => recommender.Runtime?.Learned;

    private EmbeddedRuntime Serving => recommender.Runtime ?? throw new RecommenderUnavailableException("The server is not ready.");

    public ValueTask<CardStory?> WhyAsync(UserId user, string impressionId, CancellationToken cancellationToken) =>
        Serving.WhyAsync(user, impressionId, cancellationToken);

    public ValueTask<ListenerStory?> StoryAsync(UserId user, CancellationToken cancellationToken) => Serving.StoryAsync(user, cancellationToken);

    public ValueTask<bool> ChooseAsync(UserId user, ListenerChoice choice, CancellationToken cancellationToken) =>
        Serving.ChooseAsync(user, choice, cancellationToken);

    public ValueTask<HomeHoldings?> HoldingsAsync(UserId user, CancellationToken cancellationToken) => Serving.HomeHoldingsAsync(user, cancellationToken);

    public InsightReport? Insights(DateTimeOffset from, int playlists) => Serving.Insights(from, playlists);

    public IReadOnlyList<(Experiment Experiment, ExperimentReport Report)> Experiments() => Serving.ReportExperiments();
}
