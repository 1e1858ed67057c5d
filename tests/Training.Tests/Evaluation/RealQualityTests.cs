using Buddies.Engine.Taste;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Import;
using Buddies.Training.Rankers;
using Buddies.Training.Tests.Import;

namespace Buddies.Training.Tests.Evaluation;

/// <summary>What the shipped constants are worth on real data, below the figures of docs/benchmarks.md by more than a resampling moves them.</summary>
public sealed class RealQualityTests
{
    [DataFact]
    public async Task HetRec_AsShipped_FindsFriendsAndHiddenArtists()
    {
        await using var world = await ImportAsync(new HetRecImporter(), new ImportOptions(), "hetrec-lastfm-2k");
        var options = new TrainOptions();
        var trained = await ModelTrainer.TrainAsync(world.Store, world.Folder, options, null, TimeProvider.System, default);
        await ModelTrainer.PromoteAsync(world.Store, trained.Model.Version, default);
        var friends = await FriendsEvaluation.EvaluateAsync(world.Store, world.Folder, 50, seed: 1, default);
        var found = await HoldoutEvaluation.EvaluateAsync(world.Store, options, new HoldoutOptions(), null, TimeProvider.System, default);

        Assert.True(friends.Recall >= 0.34, $"Friends: expected recall@50 of 0.34 or more, got {friends.Recall:0.0000}.");
        Assert.True(friends.OtherHalf.Value >= 0.33, $"Friends of the half that no constant is chosen by: expected 0.33 or more, got {friends.OtherHalf.Value:0.0000}.");
        Assert.True(friends.Recall > friends.Baselines.LogTfIdf + 0.02, $"Friends: {friends.Recall:0.0000}, log-TF-IDF {friends.Baselines.LogTfIdf:0.0000}.");
        Assert.True(found.Recall.Value >= 0.285, $"Hidden artists: expected recall@20 of 0.285 or more, got {found.Recall.Value:0.0000}.");
    }

    [DataFact]
    public async Task MpdByTrack_Ease_ContinuesPlaylists()
    {
        await using var world = await ImportAsync(new MpdImporter(), new ImportOptions(), "mpd-popular");
        var set = TrainingSet.From(await FactReader.ReadAsync(world.Store, TasteTransform.Default, default));
        var playlists = BinaryRows.Make(i => Array.ConvertAll(set.Playlists[i].Ascending, track => set.RowOfTrack[track]), set.Playlists.Length, set.TrackCount);
        var result = PlaylistContinuation.Evaluate(
            playlists, new ContinuationOptions { Models = ["ease", "popularity"] }, new RankerRun(0, 1, null, default), TimeProvider.System);

        Assert.Equal((3150, 350, 125_677), (result.TrainingPlaylists, result.TestPlaylists, result.Tracks));
        var (ease, popular) = (result.Models[0], result.Models[1]);
        Assert.True(ease.RPrecision.Value >= 0.145, $"R-precision: expected 0.145 or more, got {ease.RPrecision.Value:0.0000}.");
        Assert.True(ease.Ndcg.Value >= 0.29, $"NDCG@500: expected 0.29 or more, got {ease.Ndcg.Value:0.0000}.");
        Assert.True(popular.NdcgBehind.Low > 0.2, $"Popularity is behind by {popular.NdcgBehind.Value:0.000} ({popular.NdcgBehind.Low:0.000} to {popular.NdcgBehind.High:0.000}).");
    }

    private static async Task<PlantedWorld> ImportAsync(IDatasetImporter importer, ImportOptions options, string dataset)
    {
        var world = await PlantedWorld.CreateEmptyAsync();
        await using var session = await world.Store.BeginImportAsync(importer.Name, default);
        await DatasetImport.RunAsync(importer, DataFolder.Of(dataset), session, options, null, default);
        return world;
    }
}
