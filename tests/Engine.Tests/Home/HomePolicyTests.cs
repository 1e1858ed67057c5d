using Buddies.Engine.Bandits;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Taste;
using Buddies.Engine.Tests.Taste;

namespace Buddies.Engine.Tests.Home;

public sealed class HomePolicyTests
{
    private static readonly PolicyState s_unlearned = new PolicyLearner(RankingWeights.Default).MakeState();

    [Fact]
    public void Compose_AnyWorld_KeepsEveryPromise() => Property.ForSeeds(300, seed =>
    {
        var world = RandomWorld(seed, out var request);
        var result = world.Compose(request);
        var (page, shown) = (result.Page, result.Shown!);
        var cards = page.Shelves.SelectMany(shelf => shelf.Cards).ToArray();
        Assert.True(page.Shelves.Count <= request.Shelves);
        Assert.Equal(page.Shelves.Count, page.Shelves.DistinctBy(shelf => shelf.Id).Count());
        Assert.Equal(cards.Length, cards.DistinctBy(card => card.Playlist).Count());
        Assert.All(page.Shelves, shelf => Assert.InRange(shelf.Cards.Count, 1, request.Cards));
        Assert.All(page.Shelves, shelf => Assert.All(shelf.Cards, card => Assert.Equal(shelf.Id, card.Source)));
        foreach (var (shelf, card) in page.Shelves.SelectMany(shelf => shelf.Cards.Select(card => (shelf, card))))
        {
            AssertAllowed(world, shelf, card, request);
        }

        // What is logged is what is shown, with propensities that a policy of this ε may have.
        Assert.Equal(cards.Select(card => card.Playlist), shown.Cards.Select(card => card.Playlist));
        Assert.Equal(cards.Select(card => card.ImpressionId), shown.Cards.Select(shown.IdOf));
        foreach (var card in shown.Cards)
        {
            Assert.InRange(card.Propensity, world.Policy!.Epsilon / card.Choices.Count, 1 + 1e-9);
            Assert.InRange(card.ShelfPropensity, world.Policy.Epsilon / Shelves.All.Count, 1 + 1e-9);
            Assert.InRange(card.Chosen, 0, card.Choices.Count - 1);
        }
    });

    [Fact]
    public void Compose_SameInputsAndSeed_GivesTheSamePageAndLog() => Property.ForSeeds(50, seed =>
    {
        var (one, other) = (RandomWorld(seed, out var request).Compose(request), RandomWorld(seed, out _).Compose(request));
        Assert.True(one.Page.ShowsTheSameAs(other.Page));
        Assert.Equal(
            one.Shown!.Cards.Select(card => (card.Shelf, card.ShelfPropensity, card.Propensity, card.CandidateSet, card.Playlist)),
            other.Shown!.Cards.Select(card => (card.Shelf, card.ShelfPropensity, card.Propensity, card.CandidateSet, card.Playlist)));
    });

    [Theory]
    [InlineData("")]
    [InlineData("because=links,taste=factors,buddies=bpr,now=factors,new=bpr")]
    public void Compose_ManySeeds_ShelvesAndCardsComeAsOftenAsTheirPropensitiesSay(string models)
    {
        const int Seeds = 3_000;
        var world = Listener();
        if (models.Length > 0)
        {
            world.RankBy(new PlaylistRanking(RankingWeights.Default with { Chosen = 0.5f, Linked = 0.5f, Freshness = 0.2f }, 0.3));
            world.ShelfModels = ShelfModels.Parse(models);
        }

        var (shelves, cards) = (new Dictionary<string, (double Sum, int Count)>(), new Dictionary<(string, PlaylistId), (double Sum, int Count)>());
        for (var seed = 0; seed < Seeds; seed++)
        {
            world.Seed = (ulong)seed;
            var first = world.Compose().Shown!.Cards[0];
            var (shelfSum, shelfCount) = shelves.GetValueOrDefault(first.Shelf);
            shelves[first.Shelf] = (shelfSum + first.ShelfPropensity, shelfCount + 1);
            var (cardSum, cardCount) = cards.GetValueOrDefault((first.Shelf, first.Playlist));
            cards[(first.Shelf, first.Playlist)] = (cardSum + first.Propensity, cardCount + 1);
        }

        // The first place has the same candidates whatever the seed: its propensities are one distribution.
        Assert.True(shelves.Count >= 4, $"Only {shelves.Count} shelves ever came first.");
        Assert.Equal(1, shelves.Values.Sum(shelf => shelf.Sum / shelf.Count), 0.02);
        foreach (var (shelf, (sum, count)) in shelves)
        {
            AssertFrequency(sum / count, count, Seeds, shelf);
            var own = cards.Where(pair => pair.Key.Item1 == shelf).ToArray();
            foreach (var ((_, playlist), (cardSum, cardCount)) in own)
            {
                AssertFrequency(cardSum / cardCount, cardCount, count, $"{shelf}/{playlist}");
            }
        }
    }

    [Fact]
    public void Compose_ALittleMoreLearned_MostCardsStayWhereTheyAre()
    {
        var (same, others) = (0, 0);
        for (var seed = 0; seed < 100; seed++)
        {
            var (world, learner) = (Listener(), new PolicyLearner(RankingWeights.Default));
            world.Seed = (ulong)seed;
            var before = world.Compose(withSession: false); // In a session hardly anything is drawn.
            learner.Learn(new RewardedPage(before.Shown!, new double[before.Shown!.Cards.Count], new bool[before.Shown.Cards.Count], [.. before.Shown.Cards.Select(card => card.ShelfPosition == 0)]));
            world.Policy = world.Policy! with { State = learner.MakeState() };
            var after = world.Compose(withSession: false);
            same += CountSame(before, after);
            world.Seed += 1_000;
            others += CountSame(before, world.Compose(withSession: false));
        }

        Assert.True(same > 2 * others, $"{same} cards stayed after one page more was learned from, and {others} by chance alone");

        static int CountSame(HomeResult one, HomeResult other) => one.Shown!.Cards.Select(card => (card.Shelf, card.ShelfPosition, card.Position, card.Playlist))
            .Intersect(other.Shown!.Cards.Select(card => (card.Shelf, card.ShelfPosition, card.Position, card.Playlist))).Count();
    }

    [Fact]
    public void Compose_UniformSlice_DrawsAllAlike()
    {
        var world = Listener();
        world.Policy = world.Policy! with { UniformShare = 1 };
        var shown = world.Compose().Shown!;
        Assert.Equal(PageSlice.Uniform, shown.Slice);
        Assert.All(shown.Cards, card => Assert.Equal(1.0 / card.Choices.Count, card.Propensity, 1e-12));
    }

    [Fact]
    public void Compose_NoExploration_AlwaysShowsTheSame()
    {
        var world = Listener();
        world.Policy = world.Policy! with { Exploration = 0, Epsilon = 0, UniformShare = 0, HasNewShelf = false };
        var page = world.Compose();
        Assert.All(page.Shown!.Cards, card => Assert.Equal((1.0, 1.0), (card.Propensity, card.ShelfPropensity)));
        world.Seed = 99;
        Assert.True(page.Page.ShowsTheSameAs(world.Build()));
        Assert.DoesNotContain(page.Page.Shelves, shelf => shelf.Id == Shelves.New);
    }

    [Fact]
    public void Compose_InASession_TakesTheBestButForEpsilon_AndDrawsWithoutOne()
    {
        var world = Listener();
        var (inSession, without) = (Shown(true), Shown(false));
        var among = inSession.Count(card => card.Choices.Count > 1);
        Assert.True(among > 200, $"Only {among} cards were drawn among others.");
        Assert.All(inSession, card => Assert.True(
            IsOneOf(card.Propensity, 1 - Rest(card), 0.05 / card.Choices.Count), $"{card.Playlist} of {card.Choices.Count} has propensity {card.Propensity}."));
        Assert.Contains(without, card => !IsOneOf(card.Propensity, 1 - Rest(card), 0.05 / card.Choices.Count));

        Impression[] Shown(bool withSession) => [.. Enumerable.Range(0, 100).SelectMany(seed =>
        {
            world.Seed = (ulong)seed;
            return world.Compose(withSession: withSession).Shown!.Cards.Where(card => card.Choices.Count > 0);
        })];

        static double Rest(Impression card) => 0.05 - (0.05 / card.Choices.Count);

        static bool IsOneOf(double value, double one, double other) => Math.Abs(value - one) < 1e-9 || Math.Abs(value - other) < 1e-9;
    }

    [Fact]
    public void Compose_ShelfThatLearnedToBeGood_ComesFirstMoreOften()
    {
        var learner = new PolicyLearner(RankingWeights.Default);
        var world = Listener();
        var before = Share();
        world.Seed = 1;
        var shown = world.Compose().Shown!;
        for (var i = 0; i < 100; i++)
        {
            learner.Learn(new RewardedPage(shown, [.. shown.Cards.Select(card => card.Shelf == Shelves.Popular ? 0.5 : 0)], new bool[shown.Cards.Count], [.. shown.Cards.Select(_ => true)]));
        }

        world.Policy = world.Policy! with { State = learner.MakeState() };
        var after = Share();
        Assert.True(after > before + 0.4, $"Expected much more than {before:0.00}, got {after:0.00}.");

        double Share() => Enumerable.Range(0, 200).Count(seed =>
        {
            world.Seed = (ulong)seed;
            return world.Build().Shelves[0].Id == Shelves.Popular;
        }) / 200.0;
    }

    [Fact]
    public void Compose_DialTurnedToDiscovery_ShowsMoreUnheard()
    {
        var world = Listener();
        world.Policy = world.Policy! with { Exploration = 0, Epsilon = 0 };
        world.Mark(EventKind.Unfollow, "c-jazz"); // Followed and never heard: neither familiar nor a discovery.
        for (var i = 0; i < 8; i++)
        {
            // As rock the one as the other, half of them known, half of them not.
            world.Add($"known-{i}", $"k{i}", 0, [0, 1, 4, 5, 8, 9 + i]);
            world.Add($"mixed-{i}", $"m{i}", 0, [0, 1, 4, 11, 12, 9 + i]);
            world.Add($"unheard-{i}", $"n{i}", 0, [2, 3, 6, 7, 10, 11 + i]);
        }

        var shares = new[] { 0.0, 0.5, 1.0 }.Select(dial => world
            .Build(new HomeRequest(3, 3, []) { Discovery = dial }).Shelves
            .SelectMany(shelf => shelf.Cards).Average(card => UnheardShare(world, card))).ToArray();
        Assert.True(shares[0] <= shares[1] && shares[1] <= shares[2] && shares[2] > shares[0] + 0.2, $"Expected rising shares of unheard tracks, got {string.Join(", ", shares)}.");
        world.Discovery = 1;
        var own = world.Build(new HomeRequest(3, 2, []));
        Assert.True(own.ShowsTheSameAs(world.Build(new HomeRequest(3, 2, []) { Discovery = 1 })));
    }

    [Fact]
    public void Compose_NoHistory_IsPopularAndNewAndSaysSo()
    {
        var world = new HomeWorld { Policy = new HomePolicy("test", s_unlearned) { UniformShare = 0 } };
        world.Near.Clear();
        world.Fresh.Add(world.IndexOf("d-quiet"));
        var page = world.Build();
        Assert.Equal([Shelves.New, Shelves.Popular], page.Shelves.Select(shelf => shelf.Id).Order());
        var reasons = Enumerable.Range(0, 20).SelectMany(seed =>
        {
            world.Seed = (ulong)seed;
            return world.Build().Shelves.Where(shelf => shelf.Id == Shelves.New).SelectMany(shelf => shelf.Cards).Select(card => card.Reason);
        }).ToArray();
        Assert.Contains("new here", reasons);
        Assert.All(reasons, reason => Assert.True(reason == "new here" || reason.EndsWith("unheard", StringComparison.Ordinal), reason));
    }

    [Fact]
    public void Compose_PlantedHistory_SaysTheReasonsOfEachShelf()
    {
        var world = Listener();
        var reasons = Enumerable.Range(0, 40).SelectMany(seed =>
        {
            world.Seed = (ulong)seed;
            var request = new HomeRequest(HomeRequest.MaxShelves, 10, []);
            return (IEnumerable<Shelf>)[.. world.Build(request).Shelves, .. world.Build(request, withSession: false).Shelves];
        }).SelectMany(shelf => shelf.Cards.Select(card => (shelf.Id, card.Playlist.Value, shelf.Title, card.Reason))).ToHashSet();
        Assert.Contains((Shelves.Again, "c-jazz", "Jump back in", "you follow it"), reasons);
        Assert.Contains((Shelves.Near, "d-followed", "Popular near you", "followed by 12 listeners of like taste"), reasons);
        Assert.Contains(reasons, reason => reason is (Shelves.Followed, "c-mixed", _, "followed by listener b, 0.83 taste match, and 1 more buddy"));
        Assert.Contains(reasons, reason => reason.Id == Shelves.Because && reason.Title == "Because you played Track 5" && reason.Value == "b-rock-1" && reason.Reason == "holds Track 5 and 3 more by Artist 1");
        Assert.Contains(reasons, reason => reason.Id == Shelves.Now && reason.Reason.Contains(" match with what you play now: Artist ", StringComparison.Ordinal));
        Assert.Contains(reasons, reason => reason.Id == Shelves.New && reason is { Value: "fresh" } && reason.Reason.StartsWith("new here, ", StringComparison.Ordinal));
    }

    private static void AssertFrequency(double propensity, int count, int total, string what)
    {
        // Five standard deviations of a binomial draw, and one observation.
        var slack = (5 * Math.Sqrt(propensity * (1 - propensity) / total)) + (1.0 / total);
        Assert.True(Math.Abs((count / (double)total) - propensity) <= slack, $"{what}: came {count / (double)total:0.000} of {total}, propensity {propensity:0.000}.");
    }

    private static HomeWorld Listener()
    {
        // Wide draws, whatever the product ships: a few hundred pages then show everything that may be drawn.
        var world = new HomeWorld { Policy = new HomePolicy("test", s_unlearned) { UniformShare = 0, Exploration = 1, Optimism = 0.5, Epsilon = 0.05 } };
        world.Apply(EventKind.Listen, 0, 1, 4, 8, 16);
        world.Facts.Apply(TasteWorld.TrackEvent(EventKind.Listen, 5, TimeSpan.FromMinutes(3)), new TrackIndex(5), null);
        world.Mark(EventKind.Follow, "c-jazz");
        world.Add("fresh", "e", 0, HomeWorld.Range(10, 6));
        world.Fresh.Add(world.IndexOf("fresh"));
        world.PopularNear.Add(new PopularPlaylist(world.IndexOf("d-followed"), 12));
        foreach (var buddy in (string[])["b", "c", "d"])
        {
            world.Follows.Add(new BuddyFollow(world.IndexOf("c-mixed"), new UserId(buddy), world.NowMs - 1_000));
        }

        return world;
    }

    private static double UnheardShare(HomeWorld world, Card card)
    {
        var tracks = world.Catalogue.Describe(world.IndexOf(card.Playlist.Value))!.InOrder;
        return tracks.Count(track => !world.Facts.TryGetTrack(new TrackIndex(track), out _)) / (double)tracks.Length;
    }

    private static void AssertAllowed(HomeWorld world, Shelf shelf, Card card, HomeRequest request)
    {
        var index = world.IndexOf(card.Playlist.Value);
        var contents = world.Catalogue.Describe(index);
        Assert.NotNull(contents);
        Assert.True(contents is { IsPublic: true, InOrder.Length: > 0 } && contents.Owner != HomeWorld.User, $"{card.Playlist} must not be shown.");
        Assert.DoesNotContain(contents.Owner, world.Blocked);
        Assert.DoesNotContain(card.Playlist, request.Exclude);
        Assert.True(world.Seen.CountOf(index, world.NowMs) < world.Policy!.SeenCap, $"{card.Playlist} was seen too often.");
        var marks = world.Facts.MarksOf(index);
        Assert.Equal(FactMarks.None, marks & FactMarks.Hidden);
        Assert.True(shelf.Id == Shelves.Again || (marks & (FactMarks.Followed | FactMarks.Saved | FactMarks.Liked)) == 0, $"{card.Playlist} is the listener's already.");
        Assert.All(contents.InOrder, track =>
            Assert.False(world.Facts.TryGetTrack(new TrackIndex(track), out var fact) && (fact.Marks & FactMarks.Hidden) != 0, $"{card.Playlist} holds the hidden t{track}."));
    }

    private static HomeWorld RandomWorld(int seed, out HomeRequest request)
    {
        var random = new Random(seed);
        var world = Listener();
        world.Seed = (ulong)seed;
        string[] all = ["b-rock-1", "b-rock-2", "b-rock-3", "b-secret", "b-empty", "c-jazz", "c-mixed", "d-followed", "d-quiet", "mine", "fresh"];
        var kinds = (EventKind[])[EventKind.Listen, EventKind.Listen, EventKind.Like, EventKind.Skip, EventKind.Hide];
        for (var i = random.Next(8); i > 0; i--)
        {
            world.Apply(kinds[random.Next(kinds.Length)], random.Next(HomeWorld.Tracks));
        }

        foreach (var id in all)
        {
            switch (random.Next(8))
            {
                case 0:
                    world.Mark(random.Next(2) == 0 ? EventKind.Hide : EventKind.Follow, id);
                    break;
                case 1:
                    for (var i = random.Next(12); i > 0; i--)
                    {
                        world.Seen.Apply(EventKind.Impression, world.IndexOf(id), world.NowMs);
                    }

                    break;
                case 2:
                    world.Played.Add(new PlayedPlaylist(world.IndexOf(id), world.NowMs - random.Next(100_000)));
                    break;
                default:
                    break;
            }
        }

        if (random.Next(4) == 0)
        {
            world.Blocked.Add(new UserId(random.Next(2) == 0 ? "b" : "d"));
        }

        if (random.Next(2) == 0)
        {
            var weights = RankingWeights.Default with { Chosen = random.NextSingle(), Linked = random.NextSingle(), Freshness = random.NextSingle() };
            world.RankBy(new PlaylistRanking(random.Next(2) == 0 ? weights : null, random.Next(2) * 0.3), seed, random.Next(2) == 0);
            world.ShelfModels = random.Next(2) == 0 ? ShelfModels.None : ShelfModels.Parse("because=links,taste=factors,buddies=bpr");
        }

        request = new HomeRequest(random.Next(1, 10), random.Next(1, 6), [.. all.Where(_ => random.Next(8) == 0).Select(id => new PlaylistId(id))]) { Discovery = random.NextDouble() };
        return world;
    }
}
