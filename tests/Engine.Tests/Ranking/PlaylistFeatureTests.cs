using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Tests.Home;

namespace Buddies.Engine.Tests.Ranking;

/// <summary>With all weights but one at 0, a card's score is that one feature.</summary>
public sealed class PlaylistFeatureTests
{
    private static readonly RankingWeights s_none = new()
    {
        TasteMatch = 0, SessionMatch = 0, OwnerSimilarity = 0, Overlap = 0, UnheardShare = 0, DislikedShare = 0, Popularity = 0, Diversity = 0,
    };

    /// <summary>b-rock-1 holds t0 to t7 of two artists; u knows t0, t1 and t4, dislikes t5, and has t6 in balance.</summary>
    [Fact]
    public void Features_PlantedFacts_EqualWhatIsCountedByHand()
    {
        AssertScore(s_none with { Overlap = 1 }, 3 / 8f);
        AssertScore(s_none with { UnheardShare = 1 }, 3 / 8f);
        AssertScore(s_none with { DislikedShare = 1 }, 1 / 8f);
        AssertScore(s_none with { OwnerSimilarity = 1 }, 0.8349f);
        AssertScore(s_none with { Popularity = 1 }, MathF.Log(4) / MathF.Log(1205));
        AssertScore(s_none with { Diversity = 1 }, 2 / 8f);
        AssertScore(s_none with { Overlap = 2, Diversity = -1 }, 0.5f);
    }

    [Fact]
    public void Features_Matches_AreCosines()
    {
        var match = Build(s_none with { TasteMatch = 1 }).Score;
        Assert.InRange(match, 0.9f, 1f);
        Assert.InRange(Build(s_none with { SessionMatch = 1 }).Score, 0.9f, 1f);
        Assert.Equal(0, Build(s_none with { SessionMatch = 1 }, withSession: false).Score);
        Assert.True(Build(s_none with { TasteMatch = 1 }, "c-jazz").Score < match);
    }

    [Fact]
    public void Score_AnyFeatures_IsTheWeightedSum()
    {
        var weights = new RankingWeights
        {
            TasteMatch = 1, SessionMatch = 2, OwnerSimilarity = 4, Overlap = 8, UnheardShare = 16, DislikedShare = -32, Popularity = 64, Diversity = 128,
        };
        Assert.Equal(0, weights.Score(default));
        Assert.Equal(1 + 2 + 4 + 8 + 16 - 32 + 64 + 128, weights.Score(new PlaylistFeatures(1, 1, 1, 1, 1, 1, 1, 1)));
        Assert.Equal(-0.5f, weights.Score(new PlaylistFeatures(-0.5f, 0, 0, 0, 0, 0, 0, 0)));
    }

    private static void AssertScore(RankingWeights weights, float expected) => Assert.Equal(expected, Build(weights).Score, 5);

    private static Card Build(RankingWeights weights, string playlist = "b-rock-1", bool withSession = true)
    {
        var world = new HomeWorld { Weights = weights };
        world.Apply(EventKind.Listen, 0, 1, 6);
        world.Apply(EventKind.Like, 4);
        world.Apply(EventKind.Skip, 5, 6, 6);
        return world.Build(withSession: withSession).Shelves
            .Where(shelf => shelf.Id != "popular").SelectMany(shelf => shelf.Cards).Single(card => card.Playlist == new PlaylistId(playlist));
    }
}
