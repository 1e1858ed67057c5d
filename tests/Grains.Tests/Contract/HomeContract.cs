using System.Text.Json;
using Buddies.Api;
using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Judging;
using Buddies.Engine.Serving;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Contract;

/// <summary>What every runtime promises of a Home that explores and learns, whether one process or a cluster.</summary>
public abstract class HomeContract(RuntimeHarness harness) : IAsyncLifetime
{
    private static readonly UserId s_user = Listener(12);
    private static readonly TimeSpan s_never = TimeSpan.FromHours(10);
    private int _eventNumber;

    protected static HomeRequest All { get; } = new(HomeRequest.MaxShelves, 5, []);

    protected RuntimeHarness Harness => harness;

    /// <summary>One of the ways in; the same one wherever there is only one.</summary>
    protected virtual IRecommender Entrance(int number) => harness.Recommender;

    /// <summary>The desk behind one of the ways in.</summary>
    protected virtual IHomeDesk Desk(int number) => harness.Desk;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await harness.DisposeAsync();

    [Fact]
    public async Task Pages_ThatWereSent_AreLoggedOnce_Explained_AndLearnedFrom()
    {
        await StartAsync();
        var before = (await StoryAsync(0)).Shelves.Single(shelf => shelf.Shelf == Shelves.Taste).Belief;
        var pages = new List<HomePage>();
        for (var i = 0; i < 12; i++)
        {
            // Before anybody moves: a move that arrives between the two may make another page.
            pages.Add(await Entrance(i).HomeAsync(Listener(i), All, default));
            Assert.Equal(pages[i].Sequence, (await Entrance(i + 1).HomeAsync(Listener(i), All, default)).Sequence);
        }

        foreach (var (i, page) in pages.Index())
        {
            foreach (var card in page.Shelves.Where(shelf => shelf.Id == Shelves.Taste).Select(shelf => shelf.Cards[0]))
            {
                var story = await Desk(i + 1).WhyAsync(Listener(i), card.ImpressionId, default);
                Assert.Equal((card.Playlist, Shelves.Taste, page.Version), (story!.Card.Playlist, story.Card.Shelf, story.Page.Snapshot));
                Assert.InRange(story.Card.Propensity, 0.001, 1);
                Assert.Equal(CardFeatures.Count, story.Weights.Count);
                await SendAsync(i, Event(Listener(i), EventKind.Listen, card.Playlist), Event(Listener(i), EventKind.Follow, card.Playlist));
            }
        }

        Assert.Null(await Desk(0).WhyAsync(Listener(0), "1-2-3", default));
        Assert.Equal(0, (await StoryAsync(0)).PagesLearned);
        await harness.LearnAsync();

        Assert.Equal(12, (await harness.LogAsync("shown")).Count);
        var rewarded = ImpressionLog.Read(await harness.LogAsync("rewarded")).ToList();
        Assert.Equal(12, rewarded.Count);
        Assert.Contains(rewarded, page => page.Rewards.Any(reward => reward > 0.5));
        Assert.All(rewarded, page => Assert.Equal(harness.Recommender.Status.Version, page.Page.Snapshot));
        var stories = new[] { await StoryAsync(0), await StoryAsync(1), await StoryAsync(2) };
        Assert.All(stories, story => Assert.Equal((12, stories[0].PolicyVersion), (story.PagesLearned, story.PolicyVersion)));
        var after = stories[2].Shelves.Single(shelf => shelf.Shelf == Shelves.Taste).Belief;
        Assert.True(after.Mean > before.Mean + 0.1 && after.Deviation < before.Deviation, $"{before} became {after}");
    }

    [Fact]
    public async Task APageOfAStream_CountsOnceItsReaderIsBackForMore()
    {
        await StartAsync();
        await using var pages = Entrance(1).HomeLiveAsync(s_user, All, null, default).GetAsyncEnumerator();
        Assert.True(await pages.MoveNextAsync());
        Assert.IsType<HomeUpdate>(pages.Current);
        Assert.Empty(await harness.LogAsync("shown"));
        Assert.True(await pages.MoveNextAsync());
        await UntilAsync(async () => (await harness.LogAsync("shown")).Count == 1);
    }

    [Fact]
    public async Task Cards_SeenTooOften_AreLeftOut_UntilOneIsOpened()
    {
        await StartAsync(new HomeOptions { Visit = TimeSpan.Zero, LearnInterval = s_never });
        var card = (await Entrance(0).HomeAsync(s_user, All, default)).Shelves.First(shelf => shelf.Id == Shelves.Taste).Cards[0];
        await SendAsync(1, [.. Enumerable.Range(0, 8).Select(_ => Event(s_user, EventKind.Impression, card.Playlist))]);
        for (var visit = 0; visit < 3; visit++)
        {
            Assert.DoesNotContain((await Entrance(visit).HomeAsync(s_user, All, default)).Shelves.SelectMany(shelf => shelf.Cards), shown => shown.Playlist == card.Playlist);
        }

        await SendAsync(2, Event(s_user, EventKind.Click, card.Playlist));
        await UntilAsync(async () =>
            (await Entrance(0).HomeAsync(s_user, new HomeRequest(HomeRequest.MaxShelves, HomeRequest.MaxCards, []), default))
                .Shelves.SelectMany(shelf => shelf.Cards).Any(shown => shown.Playlist == card.Playlist));
    }

    [Fact]
    public async Task Choice_BetweenTheFamiliarAndDiscoveries_IsInForceByEveryWay()
    {
        await StartAsync();
        Assert.Equal(0.5, (await Desk(0).StoryAsync(s_user, default))!.Choice.Discovery);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
            Assert.True(await Desk(i).ChooseAsync(Listener(i), new ListenerChoice(i / 20.0), default))));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(i / 20.0, (await Desk(i + 1).StoryAsync(Listener(i), default))!.Choice.Discovery);
        }
    }

    [Fact]
    public async Task ANewPlaylist_IsOfferedByEveryWay_UntilItWasSeenOftenEnough()
    {
        await StartAsync(new HomeOptions { Visit = TimeSpan.Zero, LearnInterval = s_never, FairImpressions = 6 });
        var fresh = new PlaylistId("fresh-one");
        await Entrance(1).UpsertPlaylistsAsync([new Playlist(fresh, "Fresh", new UserId("stranger"), true, [.. Enumerable.Range(0, 12).Select(i => SyntheticWorld.TrackId(40 * i))], 0)], default);
        await UntilAsync(async () => await IsOfferedAsync(0) && await IsOfferedAsync(1) && await IsOfferedAsync(2));
        await SendAsync(0, [.. Enumerable.Range(0, 6).Select(i => Event(Listener(i), EventKind.Impression, fresh))]);
        await harness.LearnAsync();
        Assert.False(await IsOfferedAsync(0) || await IsOfferedAsync(1) || await IsOfferedAsync(2));

        // As new, and not as one that fits: that may be shown to whom it fits.
        async Task<bool> IsOfferedAsync(int entrance)
        {
            for (var i = 0; i < 30; i++)
            {
                var page = await Entrance(entrance).HomeAsync(Listener(i), All, default);
                if (page.Shelves.SelectMany(shelf => shelf.Cards).Any(card => card.Playlist == fresh && card.Source == Shelves.New && card.Reason.StartsWith("new here", StringComparison.Ordinal)))
                {
                    return true;
                }
            }

            return false;
        }
    }

    [Fact]
    public async Task AnErasedListener_IsGoneFromEveryLogAndFromTheExport_AndNobodyElseIs()
    {
        await StartAsync(Trying());
        for (var i = 0; i < 12; i++)
        {
            await Entrance(i).HomeAsync(Listener(i), All, default);
        }

        await Desk(1).ChooseAsync(s_user, new ListenerChoice(0.9), default);
        await Entrance(2).HomeAsync(s_user, All, default);
        await harness.LearnAsync();
        await harness.SettleLogsAsync();
        var held = await Desk(2).HoldingsAsync(s_user, default);
        Assert.Equal((0.9, 1), (held!.Choice.Discovery, held.Shown.Count));
        Assert.NotEmpty(held.Rewarded);
        Assert.All([.. held.Shown, .. held.Rewarded], line => Assert.Equal(s_user.Value, JsonDocument.Parse(line).RootElement.GetProperty("user").GetString()));
        var others = (await harness.LogAsync("shown")).Count - 1;
        Assert.NotEmpty(FilesWith(s_user));

        var receipt = await Entrance(0).EraseAsync(s_user, default);

        Assert.All(receipt.Pending, pending => Assert.Contains("snapshot", pending, StringComparison.Ordinal));
        Assert.Empty(FilesWith(s_user));
        Assert.Equal(others, (await harness.LogAsync("shown")).Count);
        held = await Desk(1).HoldingsAsync(s_user, default);
        Assert.Equal((0.5, 0, 0), (held!.Choice.Discovery, held.Shown.Count, held.Rewarded.Count));
        await harness.LearnAsync();
        Assert.Empty(FilesWith(s_user));
    }

    [Fact]
    public async Task InsightsAndExperiments_TellOfEverybody_WhicheverWayTheyAreAsked()
    {
        await StartAsync(Trying());
        var cards = 0;
        for (var i = 0; i < 20; i++)
        {
            var page = await Entrance(i).HomeAsync(Listener(i), All, default);
            cards += page.Shelves.Sum(shelf => shelf.Cards.Count);
            await SendAsync(i, Event(Listener(i), EventKind.Click, page.Shelves[0].Cards[0].Playlist), Event(Listener(i), EventKind.Listen, page.Shelves[0].Cards[0].Playlist));
            var variant = Assert.Single((await Desk(i).StoryAsync(Listener(i), default))!.Experiments).Variant;
            var story = await Desk(i).WhyAsync(Listener(i), page.Shelves[0].Cards[0].ImpressionId, default);
            Assert.EndsWith($"narrow={variant}", story!.Page.Policy, StringComparison.Ordinal);
        }

        await harness.LearnAsync();
        for (var entrance = 0; entrance < 3; entrance++)
        {
            var report = (await Desk(entrance).InsightsAsync(DateTimeOffset.UtcNow.AddHours(-2), 5, default))!;
            Assert.Equal((cards, 20, 20), (report.Cells.Sum(cell => cell.Value.Cards), report.Cells.Sum(cell => cell.Value.Clicks), report.Cells.Sum(cell => cell.Value.Plays)));
            Assert.Equal(20 * 200_000, report.Listening.Sum(hour => hour.RecommendedMs));
            Assert.Equal(20, report.PagesLearned);
            var (definition, experiment) = Assert.Single(await Desk(entrance).ExperimentsAsync(default));
            Assert.Equal(Enumerable.Range(0, 20).Count(i => definition.VariantOf(Listener(i)) == 1), experiment.Exposed[1]);
            Assert.Equal(20, experiment.Exposed.Sum());
        }
    }

    protected async Task StartAsync(HomeOptions? home = null)
    {
        harness.Home = home ?? new HomeOptions { LearnInterval = s_never };
        await harness.StartAsync();
    }

    protected static UserId Listener(int number) => SyntheticWorld.ListenerId(number);

    protected UserEvent Event(UserId user, EventKind kind, PlaylistId playlist) => new(
        new EventId(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"h{Interlocked.Increment(ref _eventNumber)}")),
        user,
        kind,
        kind == EventKind.Listen ? SyntheticWorld.TrackId(1) : null,
        playlist,
        kind == EventKind.Listen ? 200_000 : null,
        kind == EventKind.Listen ? 200_000 : null,
        DateTimeOffset.UtcNow);

    protected async Task SendAsync(int entrance, params UserEvent[] events) =>
        Assert.Equal(events.Length, (await Entrance(entrance).IngestAsync(events, new IngestTerms("p") { WaitApplied = TimeSpan.FromSeconds(30) }, default)).Accepted);

    protected async Task<ListenerStory> StoryAsync(int number) => (await Desk(number).StoryAsync(s_user, default))!;

    protected static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static HomeOptions Trying() => new()
    {
        LearnInterval = s_never,
        Experiments = [new HomeExperiment("narrow", [new("control"), new("narrow", 1, Window: 1)])],
    };

    private List<string> FilesWith(UserId user)
    {
        var mark = $"\"{user.Value}\"";
        return [.. new[] { "impressions", "experiments" }.Select(folder => Path.Combine(harness.Directory, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*.ndjson*", SearchOption.AllDirectories))
            .Where(file =>
            {
                using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
                return reader.ReadToEnd().Contains(mark, StringComparison.Ordinal);
            })];
    }
}
