using Buddies.Training.Als;
using Buddies.Training.Evaluation;

namespace Buddies.Training.Tests.Evaluation;

public sealed class FriendsEvaluationTests
{
    private static readonly TrainOptions s_options = new() { Als = new AlsOptions { Dimension = 10 } };

    [Fact]
    public async Task Evaluate_CommunitiesOfFriends_FindsThem()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var trained = await ModelTrainer.TrainAsync(world.Store, world.Folder, s_options, null, TimeProvider.System, default);
        await ModelTrainer.PromoteAsync(world.Store, trained.Model.Version, default);

        // As many buddies as there are others in a community: every friend must be among them.
        const int K = PlantedWorld.ListenersEach - 1;
        var result = await FriendsEvaluation.EvaluateAsync(world.Store, world.Folder, K, seed: 1, default);

        const int Pool = PlantedWorld.Communities * PlantedWorld.ListenersEach;
        Assert.Equal((K, Pool, Pool, 1), (result.K, result.Listeners, result.Pool, result.SnapshotVersion));
        Assert.Equal(1, result.Recall, 1e-9);
        Assert.Equal((result.Recall, result.Recall), (result.Low, result.High));
        Assert.Equal(new MeanInterval(1, 1, 1), result.TuningHalf);
        Assert.Equal(new MeanInterval(1, 1, 1), result.OtherHalf);
        Assert.InRange(result.Auc, 0.85, 1);
        Assert.Equal(1, result.Baselines.LogTfIdf, 1e-9);
        Assert.InRange(result.Baselines.WeightedMean, 0.95, 1);

        // Chance is K of the others; popularity shows everybody the same first K.
        Assert.InRange(result.Baselines.Random, 0.12, 0.27);
        Assert.InRange(result.Baselines.Popularity, 0.1, 0.3);
        Assert.Equal(result, await FriendsEvaluation.EvaluateAsync(world.Store, world.Folder, K, seed: 1, default));
    }

    [Fact]
    public async Task Evaluate_NoCurrentModel_SaysWhatToDo()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var error = await Assert.ThrowsAsync<TrainingException>(() => FriendsEvaluation.EvaluateAsync(world.Store, world.Folder, 5, 1, default));
        Assert.Contains("buddies train", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_NoFriendships_SaysWhatToDo()
    {
        await using var world = await PlantedWorld.CreateEmptyAsync();
        var error = await Assert.ThrowsAsync<TrainingException>(() => FriendsEvaluation.EvaluateAsync(world.Store, world.Folder, 5, 1, default));
        Assert.Contains("friendships", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_ModelOfAnotherTransform_IsRefused()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var options = s_options with { Transform = s_options.Transform with { ConfidenceScale = 2 } };
        var trained = await ModelTrainer.TrainAsync(world.Store, world.Folder, options, null, TimeProvider.System, default);
        await ModelTrainer.PromoteAsync(world.Store, trained.Model.Version, default);
        var error = await Assert.ThrowsAsync<TrainingException>(() => FriendsEvaluation.EvaluateAsync(world.Store, world.Folder, 5, 1, default));
        Assert.Contains("transform", error.Message, StringComparison.Ordinal);
    }
}
