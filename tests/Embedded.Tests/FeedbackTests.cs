using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Embedded.Tests;

/// <summary>Feedback given anywhere counts everywhere, for good, until it is taken back; and how listeners and playlists begin.</summary>
public sealed class FeedbackTests
{
    private static readonly UserId s_user = TestWorld.Listener(21);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hide_OfATrack_WhereverItWasGiven_ChangesEveryShelfAndBothVectors_AndUndoTakesItBack(bool namesPlaylist)
    {
        await using var world = await LearningWorld.StartAsync();
        var page = await world.HomeAsync(s_user);
        var card = page.Shelves.First(shelf => shelf.Id == Shelves.Taste).Cards[0];
        var track = world.Runtime.Catalogue.IdOf(new TrackIndex(world.Contents(card.Playlist).InOrder[0]));
        await world.SendAsync(world.Event(s_user, EventKind.Listen, track));
        var (taste, session) = (await world.UnitAsync(s_user), (await world.Runtime.StoryAsync(s_user, default))!.Session);
        Assert.True(session > 0.4, $"one full play made a session of {session}");

        // From a card's playlist, or from the player, which knows no playlist.
        await world.SendAsync(world.Event(s_user, EventKind.Hide, track, namesPlaylist ? card.Playlist : null));
        Assert.True(Distance(taste, await world.UnitAsync(s_user)) > 0.01, "the taste did not move");
        Assert.True((await world.Runtime.StoryAsync(s_user, default))!.Session < session, "the session goes on as if nothing had been said");
        await AssertGoneAsync("at once");
        await world.CrashAsync();
        await AssertGoneAsync("after a crash");
        world.Time.Advance(TimeSpan.FromDays(400));
        await AssertGoneAsync("a year later");
        await world.SendAsync(world.Event(s_user, EventKind.Unhide, track));
        var index = world.Runtime.Catalogue.Intern(track).Value;
        var isBack = false;
        for (var visit = 0; visit < 10 && !isBack; visit++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(11));
            isBack = HomeTests.Cards(await world.HomeAsync(s_user)).Any(shown => Array.BinarySearch(world.Contents(shown.Playlist).Ascending, index) >= 0);
        }

        Assert.True(isBack, "nothing with the track came back after the hide was taken back");

        async Task AssertGoneAsync(string when)
        {
            var hidden = world.Runtime.Catalogue.Intern(track).Value;
            for (var visit = 0; visit < 3; visit++)
            {
                world.Time.Advance(TimeSpan.FromMinutes(11));
                foreach (var shown in HomeTests.Cards(await world.HomeAsync(s_user)))
                {
                    Assert.False(Array.BinarySearch(world.Contents(shown.Playlist).Ascending, hidden) >= 0, $"{when}: {shown.Source} brings {track} back with {shown.Playlist}");
                }
            }
        }
    }

    [Fact]
    public async Task Hide_OfAPlaylist_OnAnyShelf_IsGoneFromAll_AndUndoTakesItBack()
    {
        await using var world = await LearningWorld.StartAsync();
        foreach (var source in new[] { Shelves.Buddies, Shelves.Taste, Shelves.Popular })
        {
            var card = HomeTests.Cards(await world.VisitAllAsync(s_user)).First(shown => shown.Source == source);
            await world.OnCardAsync(s_user, EventKind.Hide, card);
            await AssertShownAsync(card.Playlist, isShown: false);
            await world.RestartAsync();
            await AssertShownAsync(card.Playlist, isShown: false);
            Assert.True(await IsMarkedHiddenAsync(card.Playlist));
            await world.OnCardAsync(s_user, EventKind.Unhide, card);
            Assert.False(await IsMarkedHiddenAsync(card.Playlist));
            if (source == Shelves.Popular)
            {
                // In the order of followers; elsewhere the page is the one that a listener who never hid would get, whatever is on it: see below.
                await AssertShownAsync(card.Playlist, isShown: true);
            }
        }

        async Task<bool> IsMarkedHiddenAsync(PlaylistId playlist) => (await world.Runtime.HoldingsAsync(s_user, default)).PlaylistMarks
            .Any(held => held.Playlist == playlist && held.Marks.Contains("Hidden", StringComparison.Ordinal));

        async Task AssertShownAsync(PlaylistId playlist, bool isShown)
        {
            var visits = 0;
            for (var visit = 0; visit < 6; visit++)
            {
                world.Time.Advance(TimeSpan.FromMinutes(11));
                visits += HomeTests.Cards(await world.VisitAllAsync(s_user)).Any(shown => shown.Playlist == playlist) ? 1 : 0;
            }

            Assert.True(isShown ? visits > 0 : visits == 0, $"{playlist} was on {visits} of 6 pages");
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Hide_UndoneAfterItWasLearned_LeavesListenerAndHomeAsTheirTwinsWhoNeverHid(bool isTrack, bool isRestarted)
    {
        await using var one = await LearningWorld.StartAsync();
        await using var twin = await LearningWorld.StartAsync();
        var card = (await VisitAsync(one)).Shelves.First(shelf => shelf.Id == Shelves.Taste).Cards[1];
        await VisitAsync(twin);
        var track = isTrack ? one.Runtime.Catalogue.IdOf(new TrackIndex(one.Contents(card.Playlist).InOrder[^1])) : (TrackId?)null;
        await one.SendAsync(one.Event(s_user, EventKind.Hide, track, card.Playlist));
        await one.LearnAsync();
        await twin.LearnAsync();
        var gap = Belief(twin, card).Mean - Belief(one, card).Mean;
        Assert.True(gap > 0.1, $"the hide has taught little to take back: {gap}");

        if (isRestarted)
        {
            await one.RestartAsync();
            await twin.RestartAsync();
        }

        // The player knows no playlist.
        // The twin takes back what was never said, so that both learn, and let what they know fade, at the same times.
        await one.SendAsync(one.Event(s_user, EventKind.Unhide, track, isTrack ? null : card.Playlist));
        await twin.SendAsync(twin.Event(s_user, EventKind.Unhide, track, isTrack ? null : card.Playlist));
        await one.LearnAsync();
        await twin.LearnAsync();
        Assert.Equal(Belief(twin, card).Mean, Belief(one, card).Mean, 1e-9);
        Assert.Equal(Belief(twin, card).Deviation, Belief(one, card).Deviation, 1e-9);
        var (mine, theirs) = (one.Runtime.Learned!.Value.State, twin.Runtime.Learned!.Value.State);
        Assert.All(mine.Cards.Mean.ToArray().Zip(theirs.Cards.Mean.ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
        Assert.All(Shelves.All, shelf => Assert.Equal(theirs.ShelfOf(4, shelf).Mean, mine.ShelfOf(4, shelf).Mean, 1e-9));
        Assert.Equal(Facts(twin).TrackCount, Facts(one).TrackCount);
        var distance = Distance(await twin.UnitAsync(s_user), await one.UnitAsync(s_user));
        Assert.True(distance < 1e-5, $"the taste has kept {distance} of the hide");

        var (page, other) = (await VisitAsync(one, HomeRequest.MaxCards), await VisitAsync(twin, HomeRequest.MaxCards));
        Assert.Contains(HomeTests.Cards(page), shown => shown.Playlist == card.Playlist);
        Assert.Equal(HomeTests.Cards(other).Select(shown => (shown.Playlist, shown.Source)), HomeTests.Cards(page).Select(shown => (shown.Playlist, shown.Source)));
        Assert.All(HomeTests.Cards(page).Zip(HomeTests.Cards(other)), pair => Assert.Equal(pair.Second.Score, pair.First.Score, 1e-4f));

        static async Task<HomePage> VisitAsync(TestWorld world, int cards = 5)
        {
            world.Time.Advance(TimeSpan.FromMinutes(11));
            return await world.HomeAsync(s_user, new HomeRequest(HomeRequest.MaxShelves, cards, []));
        }

        static NormalArm Belief(TestWorld world, Card card) => world.Runtime.Learned!.Value.State.PlaylistOf(card.Playlist);

        static UserTaste Facts(TestWorld world) => world.Runtime.Users.Find(s_user)!.Facts;
    }

    [Fact]
    public async Task Erase_AfterALearnedHide_LeavesNothingOfItToTakeBack()
    {
        await using var world = await LearningWorld.StartAsync();
        var card = (await world.VisitAllAsync(s_user)).Shelves[0].Cards[0];
        await world.OnCardAsync(s_user, EventKind.Hide, card);
        await world.LearnAsync();
        await world.Runtime.Learning!.SaveAsync();
        Assert.Contains("\"hides\":[{", await SavedAsync(), StringComparison.Ordinal);
        await world.Runtime.EraseAsync(s_user, default);
        Assert.Contains("\"hides\":[]", await SavedAsync(), StringComparison.Ordinal);

        async Task<string> SavedAsync() => await world.Store.Settings.GetAsync("home.policy", default) ?? string.Empty;
    }

    [Fact]
    public async Task Newcomer_SeesWhatIsPopularAndExplored_AndAfterThreePlaysAPageOfTheirOwn()
    {
        await using var world = await LearningWorld.StartAsync();
        await world.Runtime.UpsertPlaylistsAsync([Playlist(world, "brand-new", 30)], default);
        var user = new UserId("nobody yet");
        var first = await world.VisitAsync(user);
        Assert.All(HomeTests.Cards(first), card => Assert.Contains(card.Source, new[] { Shelves.Popular, Shelves.New }));
        Assert.Contains(HomeTests.Cards(first), card => card is { Source: Shelves.Popular, Reason: ['f', 'o', 'l', ..] });
        Assert.Contains(HomeTests.Cards(first), card => card is { Source: Shelves.New } && card.Reason.EndsWith("unheard", StringComparison.Ordinal));
        var owners = first.Shelves.Single(shelf => shelf.Id == Shelves.New).Cards.Select(card => card.Owner).ToArray();
        Assert.Equal(owners.Length, owners.Distinct().Count());
        var opened = first.Shelves.First(shelf => shelf.Id == Shelves.Popular).Cards[0];
        for (var i = 0; i < 3; i++)
        {
            await world.PlayAsync(user, opened, i);
        }

        var page = await world.VisitAgainAsync(user);
        Assert.Contains(page.Shelves, shelf => shelf.Id == Shelves.Taste);
        Assert.Contains(page.Shelves, shelf => shelf.Id == Shelves.Buddies);
        var funnel = world.Runtime.Insights(world.Time.GetUtcNow() - TimeSpan.FromHours(2), 1)!.ColdStart.Single().Value;
        Assert.Equal((1, 1, 1, 1, 1, 0), (funnel.Started, funnel.Opened, funnel.Played, funnel.PlayedThree, funnel.Personal, funnel.Kept));
    }

    [Fact]
    public async Task NewPlaylist_OfAStranger_IsSeenAFairNumberOfTimesWithinADay()
    {
        await using var world = await LearningWorld.StartAsync();
        var playlist = Playlist(world, "brand-new", 40);
        await world.Runtime.UpsertPlaylistsAsync([playlist], default);
        var seen = 0;
        var hours = 0;
        for (; hours < 24 && seen < world.Runtime.Learning!.Options.FairImpressions; hours++)
        {
            world.Time.Advance(TimeSpan.FromHours(1));
            for (var i = 0; i < 40; i++)
            {
                // Everybody looks at the first three cards of the first three shelves.
                var user = TestWorld.Listener(i);
                var cards = (await world.VisitAsync(user)).Shelves.Take(3).SelectMany(shelf => shelf.Cards.Take(3)).ToArray();
                seen += cards.Count(card => card.Playlist == playlist.Id);
                await world.SendAsync([.. cards.Select(card => world.Event(user, EventKind.Impression, null, card.Playlist))]);
            }
        }

        Assert.True(seen >= world.Runtime.Learning!.Options.FairImpressions, $"seen {seen} times by 40 listeners within {hours} hours");
        await world.LearnAsync();
        Assert.Empty(world.Runtime.Learning.Fresh.Offered);
    }

    private static Playlist Playlist(TestWorld world, string id, int firstTrack) => new(
        new PlaylistId(id), id, new UserId("a stranger"), true, [.. Enumerable.Range(firstTrack, 12).Select(TestWorld.Track)], 0);

    private static double Distance(float[] left, float[] right) => Math.Sqrt(left.Zip(right).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));
}
