using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Tests.Rankers;

namespace Buddies.Training.Tests.Evaluation;

public sealed class ModelComparisonTests
{
    [Fact]
    public void Compare_TwoModels_AreJudgedOnTheSameSplits()
    {
        var options = new ComparisonOptions { Models = ["itemknn", "popularity"], Splits = 2, K = 10 };
        var result = ModelComparison.Compare(TwoCrowds.Make(seed: 6), options, TwoCrowds.Run(), TimeProvider.System);
        var (items, popular) = (result.Models[0], result.Models[1]);
        Assert.Equal(["itemknn", "popularity"], result.Models.Select(row => row.Model));
        Assert.True(items.Recall.Value > popular.Recall.Value, $"Neighbours reach {items.Recall.Value:0.000}, popularity {popular.Recall.Value:0.000}.");
        Assert.All(result.Models, row => Assert.InRange(row.Recall.Value, row.Recall.Low, row.Recall.High));

        // What popularity finds is no surprise, and its lists are more popular than anybody's own tracks.
        Assert.Equal(0, popular.Serendipity);
        Assert.True(popular.PopularityLift > 0);
        Assert.True(items.Coverage > popular.Coverage);
        Assert.Equal(TwoCrowds.Listeners - 1, items.Slices.Sum(slice => slice.Listeners));
    }

    [Fact]
    public void Continue_PlaylistsOfTwoCrowds_AreFoundByNeighbours()
    {
        var options = new ContinuationOptions { Models = ["itemknn", "popularity"], TestShare = 0.25, K = 60 };
        var result = PlaylistContinuation.Evaluate(TwoCrowds.Make(seed: 6), options, TwoCrowds.Run(), TimeProvider.System);
        Assert.Equal(90, result.TrainingPlaylists);
        Assert.InRange(result.TestPlaylists, 29, 30);
        var (items, popular) = (result.Models[0], result.Models[1]);
        Assert.True(items.RPrecision.Value > popular.RPrecision.Value, $"Neighbours reach {items.RPrecision.Value:0.000}, popularity {popular.RPrecision.Value:0.000}.");
        Assert.True(items.Ndcg.Value > popular.Ndcg.Value);

        // Playlist by playlist against the first: the same playlists, so the difference of the means.
        Assert.Equal(default, items.NdcgBehind);
        Assert.Equal(items.RPrecision.Value - popular.RPrecision.Value, popular.RPrecisionBehind.Value, 1e-12);
        Assert.Equal(items.Ndcg.Value - popular.Ndcg.Value, popular.NdcgBehind.Value, 1e-12);
        Assert.InRange(popular.NdcgBehind.Value, popular.NdcgBehind.Low, popular.NdcgBehind.High);
    }

    [Fact]
    public void Continue_TooFewPlaylists_IsRefused() =>
        Assert.Throws<TrainingException>(() => PlaylistContinuation.Evaluate(
            BinaryRows.Make(_ => [0, 1], 3, 2), new ContinuationOptions(), TwoCrowds.Run(), TimeProvider.System));
}
