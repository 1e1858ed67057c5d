using Buddies.Training.Evaluation;
using Buddies.Training.Facts;

namespace Buddies.Training.Tests.Evaluation;

/// <summary>Four listeners over four tracks: {0, 1}, {0, 1}, {0, 2}, {0}; track 3 has nobody.</summary>
public sealed class BeyondTests
{
    private static readonly Beyond s_beyond = new(BinaryRows.Make(row => ((int[][])[[0, 1], [0, 1], [0, 2], [0]])[row], 4, 4));

    [Fact]
    public void Coverage_TracksWithListeners_AreTheWhole()
    {
        Assert.Equal(2 / 3.0, s_beyond.Coverage([[0, 1], [1, 3]]), 1e-12);
        Assert.Equal(0, s_beyond.Coverage([]), 1e-12);
    }

    [Fact]
    public void Novelty_RareTracks_AreWorthMoreBits()
    {
        Assert.Equal(0, s_beyond.Novelty([0]), 1e-12);
        Assert.Equal((1 + 2) / 2.0, s_beyond.Novelty([1, 2]), 1e-12);
        Assert.Equal(2, s_beyond.Novelty([3]), 1e-12);
        Assert.True(double.IsNaN(s_beyond.Novelty([])));
    }

    [Fact]
    public void Diversity_SharedListeners_MakeItLess()
    {
        // cos(0, 1) = 2/√8, cos(0, 2) = 1/√4, cos(1, 2) = 0.
        Assert.Equal(1 - ((2 / Math.Sqrt(8)) + 0.5 + 0) / 3, s_beyond.Diversity([0, 1, 2]), 1e-12);
        Assert.Equal(1, s_beyond.Diversity([0, 3]), 1e-12);
        Assert.True(double.IsNaN(s_beyond.Diversity([0])));
    }

    [Fact]
    public void Serendipity_HitsOfPopularity_DoNotCount() =>
        Assert.Equal(1 / 4.0, Beyond.Serendipity([5, 6, 7, 8], [5, 7], [7, 9]), 1e-12);

    [Fact]
    public void PopularityLift_MorePopularThanOwn_IsAboveZero()
    {
        Assert.Equal((4 / 2.0) - 1, s_beyond.PopularityLift([0], [1]), 1e-12);
        Assert.Equal((1 / 2.0) - 1, s_beyond.PopularityLift([2], [1]), 1e-12);
    }
}
