using Buddies.Training.Evaluation;

namespace Buddies.Training.Tests.Evaluation;

/// <summary>Every metric against a case small enough for pencil and paper: hits at ranks 1 and 3, three tracks to find.</summary>
public sealed class ListMetricsTests
{
    private const double Tolerance = 1e-12;
    private static readonly int[] s_list = [7, 1, 4, 2, 9];
    private static readonly int[] s_hidden = [4, 7, 8];

    [Fact]
    public void Recall_AllThatWasToBeFound_IsTheDenominator()
    {
        Assert.Equal(2 / 3.0, ListMetrics.Recall(s_list, s_hidden, 5), Tolerance);
        Assert.Equal(1 / 3.0, ListMetrics.Recall(s_list, s_hidden, 2), Tolerance);

        // More to find than places: even a perfect list stays below 1, as in the code of LightGCN.
        Assert.Equal(0.5, ListMetrics.Recall([1, 2], [1, 2, 3, 4], 2), Tolerance);
    }

    [Fact]
    public void Precision_PlacesAskedFor_AreTheDenominator()
    {
        Assert.Equal(0.4, ListMetrics.Precision(s_list, s_hidden, 5), Tolerance);
        Assert.Equal(0.2, ListMetrics.Precision(s_list, s_hidden, 10), Tolerance);
    }

    [Fact]
    public void Ndcg_HitsAtOneAndThree_IsGainOverTheBest()
    {
        var gain = 1 + (1 / Math.Log2(4));
        Assert.Equal(gain / (1 + (1 / Math.Log2(3)) + (1 / Math.Log2(4))), ListMetrics.Ndcg(s_list, s_hidden, 5), Tolerance);
        Assert.Equal(1 / (1 + (1 / Math.Log2(3))), ListMetrics.Ndcg(s_list, s_hidden, 2), Tolerance);
        Assert.Equal(1, ListMetrics.Ndcg([1, 2], [1, 2, 3, 4], 2), Tolerance);
    }

    [Fact]
    public void AveragePrecision_HitsAtOneAndThree_IsTheirMeanPrecision() =>
        Assert.Equal((1 + (2 / 3.0)) / 3, ListMetrics.AveragePrecision(s_list, s_hidden, 5), Tolerance);

    [Fact]
    public void RPrecision_ThreeToFind_LooksAtThreePlaces() => Assert.Equal(2 / 3.0, ListMetrics.RPrecision(s_list, s_hidden), Tolerance);

    [Fact]
    public void Clicks_FirstHit_CountsWholeTens()
    {
        Assert.Equal(0, ListMetrics.Clicks(s_list, s_hidden));
        int[] list = [.. Enumerable.Range(100, 500)];
        Assert.Equal(0, ListMetrics.Clicks(list, [109]));
        Assert.Equal(1, ListMetrics.Clicks(list, [110]));
        Assert.Equal(49, ListMetrics.Clicks(list, [599]));
        Assert.Equal(51, ListMetrics.Clicks(list, [600]));
    }

    [Fact]
    public void AnyMetric_NothingToFind_IsNaN()
    {
        Assert.True(double.IsNaN(ListMetrics.Recall(s_list, [], 5)));
        Assert.True(double.IsNaN(ListMetrics.Precision(s_list, [], 5)));
        Assert.True(double.IsNaN(ListMetrics.Ndcg(s_list, [], 5)));
        Assert.True(double.IsNaN(ListMetrics.AveragePrecision(s_list, [], 5)));
        Assert.True(double.IsNaN(ListMetrics.RPrecision(s_list, [])));
        Assert.True(double.IsNaN(ListMetrics.Clicks(s_list, [])));
    }
}
