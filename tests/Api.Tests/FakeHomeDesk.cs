using Buddies.Engine.Bandits;
using Buddies.Engine.Experiments;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Insights;
using Buddies.Engine.Ranking;
using Buddies.Storage.Home;

namespace Buddies.Api.Tests;

/// <summary>A Home of which little is known, and which remembers what was chosen.</summary>
internal sealed class FakeHomeDesk : IHomeDesk
{
    private readonly PolicyState _state = new PolicyLearner(RankingWeights.Default).MakeState();

    /// <summary>Whether Home is fixed.</summary>
    public bool IsFixed { get; set; }

    public ListenerChoice Choice { get; private set; } = ListenerChoice.Default;

    public DateTimeOffset AskedFrom { get; private set; }

    public ValueTask<CardStory?> WhyAsync(UserId user, string impressionId, CancellationToken cancellationToken)
    {
        float[] features = [1, 0.5f, .. new float[CardFeatures.Count - 2]];
        var card = new Impression("taste", 1, 0.25, 2, 0.125, 7, new PlaylistId("p1"), 1, [new float[CardFeatures.Count], features]);
        var page = new ShownPage(user, 5, 1_000, "product", 3, new SnapshotVersion(2), 4, PageSlice.Policy, [card]);
        return new(CardStory.Of(page, impressionId, _state, null));
    }

    public ValueTask<ListenerStory?> StoryAsync(UserId user, CancellationToken cancellationToken) => new(IsFixed
        ? null
        : new ListenerStory(
            user, 5, 0.75, "product", _state.Version, PageSlice.Policy, 9, Choice, [("narrow", null)], 3, [(new PlaylistId("p1"), 1_000)],
            [.. Shelves.All.Select(shelf => (shelf, _state.ShelfOf(5, shelf)))]));

    public ValueTask<bool> ChooseAsync(UserId user, ListenerChoice choice, CancellationToken cancellationToken)
    {
        Choice = choice;
        return new(true);
    }

    public ValueTask<HomeHoldings?> HoldingsAsync(UserId user, CancellationToken cancellationToken) => new(IsFixed
        ? null
        : new HomeHoldings(Choice, ["""{"user":"u","page":5}"""], ["""{"user":"u","card":"p1"}"""]));

    public ValueTask<InsightReport?> InsightsAsync(DateTimeOffset from, int playlists, CancellationToken cancellationToken)
    {
        AskedFrom = from;
        var hour = from.ToUnixTimeMilliseconds() / 3_600_000;
        return new(IsFixed ? null : new InsightReport(
            [
                new(new InsightKey(hour, "taste", 2, PageSlice.Policy, 1), new InsightTally { Cards = 10, Clicks = 1 }),
                new(new InsightKey(hour + 1, "taste", 2, PageSlice.Policy, 1), new InsightTally { Cards = 5 }),
            ],
            [new ListeningHour(hour, 60_000, 30_000)],
            [new PlaylistInsight("p1", "Mix", new InsightTally { Kept = 2 })],
            [new(hour / 24, new ColdStartTally { Started = 3, Opened = 2 })],
            _state.Version,
            9));
    }

    public ValueTask<IReadOnlyList<(Experiment Experiment, ExperimentReport Report)>> ExperimentsAsync(CancellationToken cancellationToken)
    {
        var experiment = new Experiment("narrow", [new Variant("control", 1), new Variant("narrow", 1)]);
        return new([(experiment, new ExperimentRun(experiment, [new Metric("reward", 0.3)]).Report())]);
    }
}
