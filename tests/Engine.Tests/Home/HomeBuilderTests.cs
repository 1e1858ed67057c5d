using System.Globalization;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Tests.Home;

public sealed class HomeBuilderTests
{
    private static readonly string[] s_all =
        ["b-rock-1", "b-rock-2", "b-rock-3", "b-secret", "b-empty", "c-jazz", "c-mixed", "d-followed", "d-quiet", "mine"];

    [Fact]
    public void Build_AnyFactsAndRequest_KeepsEveryPromise() => Property.ForSeeds(300, seed =>
    {
        var world = RandomWorld(seed, out var request);
        var page = world.Build(request);

        Assert.Equal((HomeWorld.User, new SnapshotVersion(7), 42L), (page.User, page.Version, page.Sequence));
        Assert.True(page.Shelves.Count <= request.Shelves);
        Assert.Equal(page.Shelves.Count, page.Shelves.DistinctBy(shelf => shelf.Id).Count());
        var cards = page.Shelves.SelectMany(shelf => shelf.Cards).ToArray();
        Assert.Equal(cards.Length, cards.DistinctBy(card => card.Playlist).Count());
        Assert.DoesNotContain(cards, card => request.Exclude.Contains(card.Playlist));
        foreach (var (shelf, s) in page.Shelves.Select((shelf, s) => (shelf, s)))
        {
            Assert.InRange(shelf.Cards.Count, 1, request.Cards);
            for (var c = 0; c < shelf.Cards.Count; c++)
            {
                AssertAllowed(world, shelf.Cards[c]);
                Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"42-{s}-{c}"), shelf.Cards[c].ImpressionId);
                Assert.Equal(shelf.Id, shelf.Cards[c].Source);
            }

            Assert.True(shelf.Id == "popular" || shelf.Cards.GroupBy(card => card.Owner).All(own => own.Count() <= 2), $"{shelf.Id}: one owner has more than 2 cards.");
        }
    });

    [Fact]
    public void Build_SameInputs_GivesTheSamePage() => Property.ForSeeds(50, seed =>
    {
        var (one, other) = (RandomWorld(seed, out var request).Build(request), RandomWorld(seed, out _).Build(request));
        Assert.True(one.ShowsTheSameAs(other));
        Assert.Equal(one.Shelves.SelectMany(shelf => shelf.Cards), other.Shelves.SelectMany(shelf => shelf.Cards));
    });

    /// <summary>Pages are made in memory that is used again: nothing of one may be left for the next.</summary>
    [Fact]
    public void Build_AfterPagesOfOthers_GivesTheSamePage() => Property.ForSeeds(50, seed =>
    {
        var world = RandomWorld(seed, out var request);
        var page = world.Build(request);
        for (var other = 1; other <= 3; other++)
        {
            RandomWorld(seed + (1000 * other), out var another).Build(another);
        }

        Assert.Equal(page.Shelves.SelectMany(shelf => shelf.Cards), world.Build(request).Shelves.SelectMany(shelf => shelf.Cards));
    });

    [Fact]
    public void Build_OtherCandidatesGone_LeavesTheScore()
    {
        var world = new HomeWorld();
        world.Apply(EventKind.Listen, 0, 1, 5, 20);
        world.Apply(EventKind.Skip, 9);
        var cards = world.Build().Shelves.Where(shelf => shelf.Id != "popular").SelectMany(shelf => shelf.Cards).ToArray();
        Assert.True(cards.Length >= 4);
        foreach (var card in cards)
        {
            var alone = world.Build(new HomeRequest(6, 10, [.. s_all.Select(id => new PlaylistId(id)).Where(id => id != card.Playlist)]));
            Assert.Equal(card.Score, Assert.Single(Assert.Single(alone.Shelves).Cards).Score);
        }
    }

    [Fact]
    public void Build_WithoutHistory_ShowsThePopularByFollowersAndSaysSo()
    {
        var page = new HomeWorld().Build();
        var shelf = Assert.Single(page.Shelves);
        Assert.All(shelf.Cards, card => Assert.Equal("popular", card.Source));
        Assert.Equal(["d-followed", "b-rock-1", "c-jazz", "b-rock-3", "b-rock-2", "c-mixed", "d-quiet"], shelf.Cards.Select(card => card.Playlist.Value));
        Assert.Equal("followed by 1,204 listeners", shelf.Cards[0].Reason);
        Assert.Equal("followed by 1 listener", shelf.Cards[3].Reason);
        Assert.Equal("8 tracks, no followers yet", shelf.Cards[4].Reason);
        Assert.Equal("1 track, no followers yet", shelf.Cards[6].Reason);
    }

    [Fact]
    public void Build_RockListener_RanksRockAboveJazz()
    {
        var world = new HomeWorld();
        world.Near.Clear();
        world.Apply(EventKind.Listen, 0, 1, 4, 8);
        var taste = world.Build().Shelves.First(shelf => shelf.Id == "taste").Cards.Select(card => card.Playlist.Value).ToArray();
        Assert.StartsWith("b-rock", taste[0], StringComparison.Ordinal);
        Assert.DoesNotContain("c-jazz", taste[..2]);
    }

    [Fact]
    public void Build_OneOwnerOfMany_LeavesRoomForOthers()
    {
        var world = new HomeWorld();
        world.Apply(EventKind.Listen, 0, 1, 4, 8);
        for (var i = 0; i < 60; i++)
        {
            world.Add($"b-more-{i}", "b", 0, HomeWorld.Range(i % 12, 8));
        }

        var shelf = world.Build().Shelves.First(shelf => shelf.Id == "buddies");
        Assert.Equal(2, shelf.Cards.Count(card => card.Owner.Value == "b"));
        Assert.Equal(2, shelf.Cards.Count(card => card.Owner.Value == "c"));
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(new[] { 7, 3, 5, 0 })]
    public void TasteMatch_MoreOfItsTracksPlayed_DoesNotFall(int[] plays)
    {
        var world = new HomeWorld { Weights = OnlyTasteMatch() };
        world.Apply(EventKind.Listen, 20, 24, 28);
        var former = -1f;
        foreach (var track in plays)
        {
            world.Apply(EventKind.Listen, track);
            var match = MatchOf(world, "b-rock-1");
            Assert.True(match >= former - 1e-6f, $"After t{track}: expected at least {former:R}, got {match:R}.");
            former = match;
        }

        Assert.True(former > 0.5f, $"Expected a match above 0.5 at last, got {former:R}.");
    }

    [Fact]
    public void TasteMatch_ItsTracksSkipped_Falls()
    {
        var world = new HomeWorld { Weights = OnlyTasteMatch() };
        world.Apply(EventKind.Listen, 0, 4, 20, 24);
        var before = MatchOf(world, "b-rock-1");
        world.Apply(EventKind.Skip, 1, 2, 3, 5);
        Assert.True(MatchOf(world, "b-rock-1") < before);
    }

    [Fact]
    public void ShowsTheSameAs_OtherScoresOrSequence_IsTrueAndOtherCardsAreNot()
    {
        var world = new HomeWorld();
        world.Apply(EventKind.Listen, 0, 1);
        var page = world.Build();
        Assert.True(page.ShowsTheSameAs(page.WithSequence(43)));
        Assert.Equal("43-0-0", page.WithSequence(43).Shelves[0].Cards[0].ImpressionId);
        Assert.False(page.ShowsTheSameAs(page with { Version = new SnapshotVersion(8) }));
        Assert.False(page.ShowsTheSameAs(world.Build(new HomeRequest(1, 10, []))));
        world.Apply(EventKind.Hide, 3);
        Assert.False(page.ShowsTheSameAs(world.Build()));
    }

    private static RankingWeights OnlyTasteMatch() => new()
    {
        SessionMatch = 0, OwnerSimilarity = 0, Overlap = 0, UnheardShare = 0, DislikedShare = 0, Popularity = 0, Diversity = 0,
    };

    private static float MatchOf(HomeWorld world, string playlist) => world
        .Build(new HomeRequest(2, 10, [.. s_all.Where(id => id != playlist).Select(id => new PlaylistId(id))]))
        .Shelves.SelectMany(shelf => shelf.Cards).Single(card => card.Playlist.Value == playlist && card.Source != "popular").Score;

    private static HomeWorld RandomWorld(int seed, out HomeRequest request)
    {
        var random = new Random(seed);
        var world = new HomeWorld();
        var kinds = (EventKind[])[EventKind.Listen, EventKind.Listen, EventKind.Listen, EventKind.Like, EventKind.Skip, EventKind.Hide];
        for (var i = random.Next(12); i > 0; i--)
        {
            world.Apply(kinds[random.Next(kinds.Length)], random.Next(HomeWorld.Tracks));
        }

        if (random.Next(3) == 0)
        {
            world.HidePlaylist(s_all[random.Next(s_all.Length)]);
        }

        var exclude = s_all.Where(_ => random.Next(6) == 0).Select(id => new PlaylistId(id)).ToArray();
        request = new HomeRequest(random.Next(1, 5), random.Next(1, 6), exclude);
        return world;
    }

    private static void AssertAllowed(HomeWorld world, Card card)
    {
        var index = world.IndexOf(card.Playlist.Value);
        var contents = world.Catalogue.Describe(index)!;
        Assert.True(contents.IsPublic && contents.Owner != HomeWorld.User && contents.InOrder.Length > 0, $"{card.Playlist} must not be shown.");
        Assert.Equal((contents.Title, contents.Owner), (card.Title, card.Owner));
        Assert.Equal(FactMarks.None, world.Facts.MarksOf(index) & FactMarks.Hidden);
        Assert.All(contents.InOrder, track =>
            Assert.False(world.Facts.TryGetTrack(new TrackIndex(track), out var fact) && (fact.Marks & FactMarks.Hidden) != 0, $"{card.Playlist} holds the hidden t{track}."));
    }
}
