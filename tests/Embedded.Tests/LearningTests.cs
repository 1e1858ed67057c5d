using Buddies.Engine.Bandits;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Judging;

namespace Buddies.Embedded.Tests;

public sealed class LearningTests
{
    private static readonly UserId s_user = TestWorld.Listener(12);

    [Fact]
    public async Task Home_WithinOneVisit_IsOnePage_AndEveryVisitIsDrawnAnew()
    {
        await using var world = await LearningWorld.StartAsync();
        var first = await world.VisitAsync(s_user);
        Assert.True(first.Shelves.Count > 3, string.Join(", ", first.Shelves.Select(shelf => shelf.Id)));
        await world.OnCardAsync(s_user, EventKind.Impression, first.Shelves[0].Cards[0]);
        await world.OnCardAsync(s_user, EventKind.Impression, first.Shelves[0].Cards[1]);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        var again = await world.VisitAsync(s_user);
        Assert.True(first.ShowsTheSameAs(again), "a page changed because it was looked at");
        Assert.Equal(first.Sequence, again.Sequence);
        var drawn = new HashSet<string>();
        for (var visit = 0; visit < 8; visit++)
        {
            drawn.Add(string.Join(",", HomeTests.Cards(await world.VisitAgainAsync(s_user)).Select(card => card.Playlist)));
        }

        Assert.True(drawn.Count > 4, $"{drawn.Count} different pages in 8 visits");
    }

    [Fact]
    public async Task Log_HasEveryPageThatWasSent_OnceAndNoOther()
    {
        await using var world = await LearningWorld.StartAsync();
        var page = await world.VisitAsync(s_user);
        await world.VisitAsync(s_user);
        var shown = Assert.Single(await world.LogAsync("shown"));
        foreach (var card in HomeTests.Cards(page))
        {
            Assert.Contains($"\"playlist\":\"{card.Playlist}\"", shown, StringComparison.Ordinal);
        }

        // A stream makes a page at once, but it counts once it has been taken and the reader comes back for more.
        var other = TestWorld.Listener(13);
        var reader = world.Runtime.HomeLiveAsync(other, HomeRequest.Default, null, default).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        await world.SettleAsync();
        Assert.Single(await world.LogAsync("shown"));
        Assert.True(await reader.MoveNextAsync());
        await world.SettleAsync(other);
        Assert.Equal(2, (await world.LogAsync("shown")).Count);
        await reader.DisposeAsync();
    }

    [Fact]
    public async Task Rewards_OncePlayed_AreLearnedFromAndLogged_AndSurviveARestart()
    {
        await using var world = await LearningWorld.StartAsync();
        var before = world.ShelfOf(Shelves.Taste);
        for (var i = 0; i < 12; i++)
        {
            var user = TestWorld.Listener(i);
            var page = await world.VisitAsync(user);
            foreach (var shelf in page.Shelves.Where(shelf => shelf.Id == Shelves.Taste))
            {
                await world.PlayAsync(user, shelf.Cards[0]);
                await world.OnCardAsync(user, EventKind.Follow, shelf.Cards[0]);
            }
        }

        Assert.Equal(0, world.Runtime.Learned!.Value.Pages);
        await world.LearnAsync();
        var after = world.ShelfOf(Shelves.Taste);
        Assert.Equal(12, world.Runtime.Learned!.Value.Pages);
        Assert.True(after.Mean > before.Mean + 0.1 && after.Deviation < before.Deviation, $"{before} became {after}");

        var logged = ImpressionLog.Read(await world.LogAsync("rewarded")).ToList();
        Assert.Equal(12, logged.Count);
        Assert.Contains(logged, page => page.Rewards.Any(reward => reward > 0.5));
        await world.RestartAsync();
        Assert.Equal(12, world.Runtime.Learned!.Value.Pages);
        Assert.Equal(after.Mean, world.ShelfOf(Shelves.Taste).Mean, 1e-9);
    }

    [Fact]
    public async Task Crash_LosesWhatWasNotSavedAndNoMore()
    {
        await using var world = await LearningWorld.StartAsync();
        await world.VisitAsync(s_user);
        await world.LearnAsync();
        await world.Runtime.Learning!.SaveAsync();
        await world.VisitAgainAsync(s_user);
        await world.LearnAsync();
        Assert.Equal(2, world.Runtime.Learned!.Value.Pages);
        await world.CrashAsync();
        Assert.Equal(1, world.Runtime.Learned!.Value.Pages);
    }

    [Fact]
    public async Task Seen_TooOftenWithoutAClick_IsNotShown_UntilItIsOpened_AndARestartRemembers()
    {
        await using var world = await LearningWorld.StartAsync();
        var card = (await world.VisitAllAsync(s_user)).Shelves.First(shelf => shelf.Id == Shelves.Taste).Cards[0];
        for (var i = 0; i < 8; i++)
        {
            await world.OnCardAsync(s_user, EventKind.Impression, card);
        }

        Assert.DoesNotContain(HomeTests.Cards(await world.VisitAgainAsync(s_user)), shown => shown.Playlist == card.Playlist);
        await world.RestartAsync();
        Assert.DoesNotContain(HomeTests.Cards(await world.HomeAsync(s_user)), shown => shown.Playlist == card.Playlist);
        await world.OnCardAsync(s_user, EventKind.Click, card);
        world.Time.Advance(world.Runtime.Learning!.Options.Visit);
        Assert.Contains(HomeTests.Cards(await world.HomeAsync(s_user)), shown => shown.Playlist == card.Playlist);
    }

    [Fact]
    public async Task Choice_OfDiscoveries_IsKeptAndChangesThePage()
    {
        await using var world = await LearningWorld.StartAsync();
        Assert.True(await world.Runtime.ChooseAsync(s_user, new ListenerChoice(1), default));
        var first = 0;
        for (var visit = 0; visit < 10; visit++)
        {
            first += (await world.VisitAgainAsync(s_user)).Shelves[0].Id == Shelves.New ? 1 : 0;
        }

        Assert.True(first >= 4, $"the shelf of discoveries came first in {first} of 10 visits");
        await world.CrashAsync();
        Assert.Equal(1, (await world.Runtime.StoryAsync(s_user, default))!.Choice.Discovery);
    }

    [Fact]
    public async Task Why_OfACard_TellsHowItWasDrawn()
    {
        const int ChosenPlace = 11;
        await using var world = await LearningWorld.StartAsync();
        var page = await world.VisitAsync(s_user);
        var chosen = new List<float>();
        foreach (var card in HomeTests.Cards(page))
        {
            var story = await world.Runtime.WhyAsync(s_user, card.ImpressionId, default);
            Assert.Equal(card.Playlist, story!.Card.Playlist);
            Assert.Equal(card.Source, story.Card.Shelf);
            chosen.Add(story.Card.Choices[story.Card.Chosen][ChosenPlace]);
            Assert.Equal((CardFeatures.Count, CardFeatures.Count), (story.Card.Choices[0].Length, story.Weights.Count));
        }

        // The world's listeners follow playlists: its model has a ranker of them, whose word is among what is told.
        Assert.Contains(chosen, score => score != 0);
        Assert.Equal("chosen by your like", CardFeatures.Names[ChosenPlace]);
        Assert.Null(await world.Runtime.WhyAsync(s_user, "1-2-3", default));
        Assert.Null(await world.Runtime.WhyAsync(TestWorld.Listener(13), HomeTests.Cards(page).First().ImpressionId, default));
    }

    [Fact]
    public async Task Erasure_LeavesNothingOfTheListener_InLogsChoicesAndRewards_EvenAfterACrash()
    {
        await using var world = await LearningWorld.StartAsync();
        foreach (var user in new[] { s_user, TestWorld.Listener(13) })
        {
            var page = await world.VisitAsync(user);
            await world.PlayAsync(user, page.Shelves[0].Cards[0]);
            await world.Runtime.ChooseAsync(user, new ListenerChoice(0.9), default);
        }

        await world.LearnAsync();
        await world.VisitAgainAsync(s_user);
        await world.Runtime.EraseAsync(s_user, default);
        await world.LearnAsync();
        await AssertGoneAsync();
        await world.CrashAsync();
        await AssertGoneAsync();
        Assert.Equal(0.9, (await world.Runtime.StoryAsync(TestWorld.Listener(13), default))!.Choice.Discovery);

        async Task AssertGoneAsync()
        {
            foreach (var name in new[] { "shown", "rewarded" })
            {
                var lines = await world.LogAsync(name);
                Assert.NotEmpty(lines);
                Assert.DoesNotContain(lines, line => line.Contains(s_user.Value, StringComparison.Ordinal));
            }

            Assert.Equal(0.5, (await world.Runtime.StoryAsync(s_user, default))!.Choice.Discovery);
        }
    }

    [Fact]
    public async Task Insights_CountWhatWasShownAndWhatCameOfIt_AndSurviveARestart()
    {
        await using var world = await LearningWorld.StartAsync();
        var page = await world.VisitAsync(s_user);
        var card = page.Shelves[0].Cards[0];
        await world.OnCardAsync(s_user, EventKind.Impression, card);
        await world.OnCardAsync(s_user, EventKind.Click, card);
        await world.PlayAsync(s_user, card);
        await world.SendAsync(world.Event(s_user, EventKind.Listen, TestWorld.Track(3)));
        await world.SettleAsync(s_user);
        AssertCounted();
        await world.RestartAsync();
        AssertCounted();

        void AssertCounted()
        {
            var report = world.Runtime.Insights(world.Time.GetUtcNow() - TimeSpan.FromHours(2), 10)!;
            var cell = report.Cells.Single(cell => cell.Key.Shelf == page.Shelves[0].Id);
            Assert.Equal((page.Shelves[0].Cards.Count, 1, 1, 1, 200_000), (cell.Value.Cards, cell.Value.Seen, cell.Value.Clicks, cell.Value.Plays, cell.Value.ListenMs));
            Assert.Equal(page.Version.Value, cell.Key.Version);
            var hour = Assert.Single(report.Listening);
            Assert.Equal((200_000, 200_000), (hour.RecommendedMs, hour.OtherMs));
            Assert.Equal(1, report.Playlists.Single(playlist => playlist.Playlist == card.Playlist.Value).Tally.Plays);
        }
    }

    [Fact]
    public async Task Experiment_ExposesByTheHash_ObservesOnce_AndSurvivesARestart()
    {
        var experiment = new HomeExperiment("narrow", [new("control"), new("narrow", 1, Window: 1, Epsilon: 0)]);
        await using var world = await LearningWorld.StartAsync(new HomeOptions { Experiments = [experiment], ObservedFor = TimeSpan.FromHours(2) });
        for (var i = 0; i < 20; i++)
        {
            var user = TestWorld.Listener(i);
            var page = await world.VisitAllAsync(user);
            var (_, variant) = Assert.Single((await world.Runtime.StoryAsync(user, default))!.Experiments);
            var story = await world.Runtime.WhyAsync(user, page.Shelves.First(shelf => shelf.Id == Shelves.Taste).Cards[0].ImpressionId, default);
            Assert.Equal(variant == "narrow" ? 1 : 5, story!.Card.Choices.Count);
            Assert.EndsWith($"narrow={variant}", story.Page.Policy, StringComparison.Ordinal);
        }

        await world.LearnAsync();
        world.Time.Advance(TimeSpan.FromHours(2));
        await world.LearnAsync();
        AssertReported();
        await world.RestartAsync();
        AssertReported();

        void AssertReported()
        {
            var (definition, report) = Assert.Single(world.Runtime.ReportExperiments());
            Assert.Equal(20, report.Exposed.Sum());
            Assert.Equal(Enumerable.Range(0, 20).Count(i => definition.VariantOf(TestWorld.Listener(i)) == 1), report.Exposed[1]);
            Assert.All(report.Metrics, metric => Assert.Equal(20, metric.Control.Count + metric.Treatment.Count));
        }
    }
}
