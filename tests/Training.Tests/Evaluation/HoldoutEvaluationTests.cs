using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Tests.Als;

namespace Buddies.Training.Tests.Evaluation;

public sealed class HoldoutEvaluationTests
{
    private static readonly TrainOptions s_options = new() { Als = new AlsOptions { Dimension = 10 } };

    [Fact]
    public async Task Evaluate_PlantedCommunities_BeatsPopularityByFar()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var options = new HoldoutOptions { K = 10 };
        var result = await HoldoutEvaluation.EvaluateAsync(world.Store, s_options, options, null, TimeProvider.System, default);

        // 3 of 15 plays are hidden; 18 tracks of the community are open, so ten of them, guessed blindly, hold 55 %.
        Assert.Equal((120, 360, 150), (result.Listeners, result.Hidden, result.Tracks));
        Assert.InRange(result.Recall.Value, 0.45, 0.75);
        Assert.InRange(result.PopularityRecall.Value, 0, 0.25);
        Assert.True(result.Recall.Low > 2 * result.PopularityRecall.High, $"{result.Recall} against {result.PopularityRecall}");
        Assert.True(result.Ndcg.Low > result.PopularityNdcg.High, $"{result.Ndcg} against {result.PopularityNdcg}");
        Assert.Equal(result, await HoldoutEvaluation.EvaluateAsync(world.Store, s_options, options, null, TimeProvider.System, default));
        Assert.Empty(await world.Store.Models.ListAsync(default));
    }

    [Fact]
    public void Split_EachListener_HidesAShareOfPositiveFacts()
    {
        var rows = PlantedRows.MakeRandom(50, 40, seed: 3);
        var split = HoldoutSplit.Make(rows, 0.3, seed: 4);

        Assert.Equal(rows.EntryCount, split.Training.EntryCount + split.Hidden.Sum(hidden => hidden.Length));
        for (var row = 0; row < rows.RowCount; row++)
        {
            var range = rows.RangeOf(row);
            var positive = rows.Columns[range].Where((_, i) => rows.Preferences[range][i] > 0).ToArray();
            Assert.Equal((int)Math.Round(0.3 * positive.Length), split.Hidden[row].Length);
            Assert.Subset(positive.ToHashSet(), split.Hidden[row].ToHashSet());
            Assert.Equal(rows.Columns[range].Except(split.Hidden[row]), split.Training.Columns[split.Training.RangeOf(row)]);
        }
    }

    [Fact]
    public void Split_ListenerWithOneFact_KeepsIt()
    {
        var split = HoldoutSplit.Make(new Buddies.Training.Facts.SparseRows(2, [0, 1], [1], [1], [1]), 0.99, seed: 1);
        Assert.Empty(split.Hidden[0]);
        Assert.Equal(1, split.Training.EntryCount);
    }
}
