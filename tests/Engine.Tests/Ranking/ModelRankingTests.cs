using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Tests.Home;

namespace Buddies.Engine.Tests.Ranking;

/// <summary>What a page makes of a ranker of playlists, of links, and of weights that a model brings.</summary>
public sealed class ModelRankingTests
{
    private static readonly RankingWeights s_none = RankingWeights.From(new float[RankingWeights.Names.Count]);

    [Fact]
    public void Build_ModelThatSaysNothingOfRanking_IsTheSamePage() => Property.ForSeeds(50, seed =>
    {
        var (plain, ranked) = (Listener(seed), Listener(seed));
        plain.Fresh.Add(plain.IndexOf("b-rock-1"));
        plain.RankBy(null, seed, withRanker: false);

        // A ranker whose score no weight counts stands beside the page, not in it.
        ranked.RankBy(null, seed);
        AssertSame(plain.Build(), ranked.Build());
    });

    [Fact]
    public void Build_WeightsOfTheModel_CountUnlessOthersAreSet()
    {
        var world = Listener(1);
        var onlyPopular = s_none with { Popularity = 1 };
        world.RankBy(new PlaylistRanking(onlyPopular, 0));
        var learned = Cards(world.Build());
        world.RankBy(null);
        world.Weights = onlyPopular;
        Assert.Equal(Cards(world.Build()), learned);
        world.RankBy(new PlaylistRanking(s_none with { TasteMatch = 1 }, 0));
        Assert.Equal(learned, Cards(world.Build()));
    }

    [Fact]
    public void Chosen_AnyPlaylist_IsTheBoundedScoreAndFreeOfTheOthers() => Property.ForSeeds(30, seed =>
    {
        var world = Listener(seed);
        world.RankBy(new PlaylistRanking(s_none with { Chosen = 1 }, 0), seed);
        var alone = Cards(world.Build());
        Assert.All(alone, card => Assert.InRange(card.Score, -1, 1));
        for (var i = 0; i < 5; i++)
        {
            world.Add($"more-{i}", "b", 0, HomeWorld.Range(i, 6));
        }

        // Those that are still on a shelf of the ranker's: there are more now to choose from.
        var among = Cards(world.Build(new HomeRequest(10, 50, []))).Where(card => card.Shelf != "popular").ToDictionary(card => card.Playlist, card => card.Score);
        Assert.Contains(among.Keys, playlist => playlist.StartsWith("more", StringComparison.Ordinal));
        Assert.All(alone.Where(card => among.ContainsKey(card.Playlist) && card.Shelf != "popular"), card => Assert.Equal(card.Score, among[card.Playlist]));
    });

    [Fact]
    public void ChosenScore_LaterAndChangedPlaylists_FollowTheContents()
    {
        var world = Listener(3);
        world.RankBy(new PlaylistRanking(null, 0));
        var unit = new float[] { 0.6f, 0, 0.8f, 0 };
        var before = world.Model.ChosenScore(unit, world.IndexOf("c-jazz").Value);
        var learned = before - Match("c-jazz");
        Assert.NotEqual(0, learned);

        // Nobody can have chosen what came later: it is worth what it holds.
        world.Add("later", "b", 0, HomeWorld.Range(0, 5));
        Assert.Equal(Match("later"), world.Model.ChosenScore(unit, world.IndexOf("later").Value), 6);

        // Other contents, and what was learned of the playlist stays on top of them.
        world.Add("c-jazz", "c", 2, HomeWorld.Range(0, 8));
        Assert.Equal(Match("c-jazz") + learned, world.Model.ChosenScore(unit, world.IndexOf("c-jazz").Value), 5);
        Assert.Equal(0, world.Model.ChosenScore(unit, 999_999));

        float Match(string id) => System.Numerics.Tensors.TensorPrimitives.Dot(unit, world.Model.PlaylistVector(world.IndexOf(id).Value));
    }

    [Fact]
    public void Linked_PlantedFacts_IsTheBoundedMeanOverWhatWasNotHeard()
    {
        const double LinkScale = 0.3;
        var world = Listener(1);
        world.RankBy(new PlaylistRanking(s_none with { Linked = 1 }, LinkScale));
        var links = new LinkScores();
        links.Fill(world.Model, world.Facts);
        var cards = Cards(world.Build(new HomeRequest(10, 50, []))).Where(card => card.Shelf != "popular").ToArray();
        Assert.Contains(cards, card => card.Score > 0.01f);
        foreach (var card in cards)
        {
            int[] unheard = [.. world.Catalogue.Describe(world.IndexOf(card.Playlist))!.InOrder.Where(track => !world.Facts.TryGetTrack(new TrackIndex(track), out _))];
            var mean = unheard.Length == 0 ? 0 : unheard.Average(track => (double)links.Sums[track]) * links.Scale;
            Assert.Equal(Math.Tanh(mean / LinkScale), card.Score, 5);
        }
    }

    [Fact]
    public void Freshness_NewPlaylist_CountsOnlyWhereTheModelRanks()
    {
        var world = Listener(1);
        world.Fresh.Add(world.IndexOf("b-rock-1"));
        world.RankBy(new PlaylistRanking(s_none with { Freshness = 1 }, 0));
        Assert.All(Cards(world.Build()).Where(card => card.Shelf != "popular"), card => Assert.Equal(card.Playlist == "b-rock-1" ? 1 : 0, card.Score));
        world.RankBy(null);
        world.Weights = s_none with { Freshness = 1 };
        Assert.All(Cards(world.Build()).Where(card => card.Shelf != "popular"), card => Assert.Equal(0, card.Score));
    }

    [Fact]
    public void ShelfModels_OneShelf_IsRankedByItsModelAlone()
    {
        var world = Listener(1);
        world.RankBy(new PlaylistRanking(s_none with { Popularity = 1 }, 0.3));
        var blend = Cards(world.Build());
        world.ShelfModels = ShelfModels.Parse("taste=factors");
        world.RankBy(new PlaylistRanking(s_none with { Popularity = 1 }, 0.3));
        var cards = Cards(world.Build());
        Assert.Equal(blend.Where(card => card.Shelf == "buddies"), cards.Where(card => card.Shelf == "buddies"));
        var taste = cards.Where(card => card.Shelf == "taste").ToArray();
        Assert.NotEmpty(taste);
        Assert.NotEqual(blend.Where(card => card.Shelf == "taste"), taste);

        // A version that has no links ranks by the blend instead of by nothing.
        world.ShelfModels = ShelfModels.Parse("taste=links");
        world.RankBy(new PlaylistRanking(s_none with { Popularity = 1 }, 0));
        Assert.Equal(blend, Cards(world.Build()));
    }

    [Theory]
    [InlineData("popular=links", "shelf 'popular' promises an order of its own")]
    [InlineData("nowhere=links", "there is no shelf 'nowhere'")]
    [InlineData("taste=als", "there is no model 'als' for shelf 'taste'; expected one of blend, factors, bpr, links")]
    [InlineData("taste", "expected shelf=model, got 'taste'")]
    [InlineData("taste=links,taste=bpr", "shelf 'taste' comes twice")]
    public void ShelfModels_WhatCannotBe_IsNamed(string text, string error) =>
        Assert.StartsWith(error, Assert.Throws<FormatException>(() => ShelfModels.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void ShelfModels_SeveralOrNone_AreRead()
    {
        var models = ShelfModels.Parse(" because=links, taste=factors ,now=blend");
        Assert.Equal((ShelfModel.Links, ShelfModel.Factors, ShelfModel.Blend, ShelfModel.Blend), (models["because"], models["taste"], models["now"], models["new"]));
        Assert.Same(ShelfModels.None, ShelfModels.Parse(null));
        Assert.Same(ShelfModels.None, ShelfModels.Parse(""));
    }

    private static HomeWorld Listener(int seed)
    {
        var random = new Random(seed);
        var world = new HomeWorld();
        world.Apply(EventKind.Listen, 0, 1, 4, 8, 16);
        world.Apply(EventKind.Listen, random.Next(HomeWorld.Tracks), random.Next(HomeWorld.Tracks));
        return world;
    }

    private static (string Shelf, string Playlist, float Score)[] Cards(HomePage page) =>
        [.. page.Shelves.SelectMany(shelf => shelf.Cards.Select(card => (shelf.Id, card.Playlist.Value, card.Score)))];

    private static void AssertSame(HomePage expected, HomePage page) => Assert.Equal(Cards(expected), Cards(page));
}
