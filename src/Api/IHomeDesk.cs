using Buddies.Engine.Experiments;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Insights;
using Buddies.Storage.Home;

namespace Buddies.Api;

/// <summary>How Home is decided and what comes of it, for a runtime that explores and learns.</summary>
/// <remarks>Every method may throw <see cref="Engine.Serving.RecommenderUnavailableException"/> as those of <see cref="IRecommender"/> do.</remarks>
public interface IHomeDesk
{
    /// <summary>How a card came to stand where it stands; null where nothing is known of it any more.</summary>
    ValueTask<CardStory?> WhyAsync(UserId user, string impressionId, CancellationToken cancellationToken);

    /// <summary>How a listener's pages are decided; null where Home is fixed.</summary>
    ValueTask<ListenerStory?> StoryAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Sets what a listener has chosen; false where Home is fixed.</summary>
    ValueTask<bool> ChooseAsync(UserId user, ListenerChoice choice, CancellationToken cancellationToken);

    /// <summary>Everything that Home keeps about a listener; null where Home is fixed.</summary>
    ValueTask<HomeHoldings?> HoldingsAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>What was counted since a time; null where Home is fixed.</summary>
    ValueTask<InsightReport?> InsightsAsync(DateTimeOffset from, int playlists, CancellationToken cancellationToken);

    /// <summary>Where the experiments stand.</summary>
    ValueTask<IReadOnlyList<(Experiment Experiment, ExperimentReport Report)>> ExperimentsAsync(CancellationToken cancellationToken);
}

/// <summary>A runtime whose Home is fixed.</summary>
public sealed class NoHomeDesk : IHomeDesk
{
    /// <inheritdoc/>
    public ValueTask<CardStory?> WhyAsync(UserId user, string impressionId, CancellationToken cancellationToken) => new((CardStory?)null);

    /// <inheritdoc/>
    public ValueTask<ListenerStory?> StoryAsync(UserId user, CancellationToken cancellationToken) => new((ListenerStory?)null);

    /// <inheritdoc/>
    public ValueTask<bool> ChooseAsync(UserId user, ListenerChoice choice, CancellationToken cancellationToken) => new(false);

    /// <inheritdoc/>
    public ValueTask<HomeHoldings?> HoldingsAsync(UserId user, CancellationToken cancellationToken) => new((HomeHoldings?)null);

    /// <inheritdoc/>
    public ValueTask<InsightReport?> InsightsAsync(DateTimeOffset from, int playlists, CancellationToken cancellationToken) => new((InsightReport?)null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<(Experiment Experiment, ExperimentReport Report)>> ExperimentsAsync(CancellationToken cancellationToken) =>
        new(Array.Empty<(Experiment, ExperimentReport)>());
}
