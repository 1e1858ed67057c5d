using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training.Als;
using Buddies.Training.Facts;

namespace Buddies.Training.Tests;

public sealed class ModelTrainerTests
{
    private static readonly TrainOptions s_options = new() { Als = new AlsOptions { Dimension = 10, Epochs = 4 }, PlaylistWeight = 0.5 };

    [Fact]
    public async Task Train_ThenServe_GivesTheTrainersVectors()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var result = await TrainAsync(world);
        using var snapshot = Snapshot.Open(PathOf(world, result), result.Model.ManifestSha256);
        var facts = await FactReader.ReadAsync(world.Store, TasteTransform.Default, default);
        var model = new ServingModel(snapshot, facts.Catalogue);
        var system = new FoldInSystem(10);
        var served = new float[10];

        Assert.Equal(PlantedWorld.Communities * PlantedWorld.ListenersEach, snapshot.UserCount);
        for (var row = 0; row < snapshot.UserCount; row++)
        {
            var user = facts.Users.ToList().IndexOf(snapshot.UserId(row));
            LiveTaste.Derive(facts.Tastes[user], model, system, served);
            AssertEqual(snapshot.UserVector(row), served, 1e-5);
        }
    }

    [Fact]
    public async Task Train_Playlists_StandWhereServingPlacesThem()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var result = await TrainAsync(world);
        using var snapshot = Snapshot.Open(PathOf(world, result));
        var facts = await FactReader.ReadAsync(world.Store, TasteTransform.Default, default);
        var model = new ServingModel(snapshot, facts.Catalogue);

        Assert.Equal(PlantedWorld.Communities, snapshot.PlaylistCount);
        for (var row = 0; row < snapshot.PlaylistCount; row++)
        {
            snapshot.PlaylistTracks(row, out var rows, out var times);
            Assert.Equal([1, 2], times.ToArray());
            Assert.Equal([PlantedWorld.TrackOf(row, 1), PlantedWorld.TrackOf(row, 3)], rows.ToArray().Select(snapshot.TrackId));

            Assert.True(facts.Catalogue.TryFind(snapshot.PlaylistId(row), out var playlist));
            var trained = model.PlaylistVector(playlist.Value).ToArray();
            model.Place(playlist, facts.Catalogue.Describe(playlist)!, TasteTransform.Default, new FoldInSystem(10));
            AssertEqual(trained, model.PlaylistVector(playlist.Value), 1e-5);
        }
    }

    [Fact]
    public async Task Train_Registers_AndPromotesOnlyWhenTold()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var first = await TrainAsync(world);
        Assert.Equal(new SnapshotVersion(1), first.Model.Version);
        Assert.Equal("000001", first.Model.Folder);
        Assert.Equal(await world.Store.Events.LastOffsetAsync(default), first.Model.Watermark);
        Assert.Equal(0, (await world.Store.Models.CurrentAsync(default)).Version.Value);

        await ModelTrainer.PromoteAsync(world.Store, first.Model.Version, default);
        Assert.Equal(1, (await world.Store.Models.CurrentAsync(default)).Version.Value);

        var second = await TrainAsync(world);
        Assert.Equal(1, second.Manifest.Parent);
        Assert.Equal(TasteTransform.Default.Fingerprint, second.Manifest.TransformFingerprint);
        Assert.Equal([1, 2], (await world.Store.Models.ListAsync(default)).Select(model => model.Version.Value));
        Assert.Equal(1, (await world.Store.Models.CurrentAsync(default)).Version.Value);
    }

    [Fact]
    public async Task Train_Twice_GivesTheSameFactors()
    {
        await using var world = await PlantedWorld.CreateAsync();
        using var first = Snapshot.Open(PathOf(world, await TrainAsync(world)));
        using var second = Snapshot.Open(PathOf(world, await TrainAsync(world)));
        Assert.Equal(
            first.Manifest.Files.Select(file => (file.Name, file.Sha256)), second.Manifest.Files.Select(file => (file.Name, file.Sha256)));
    }

    [Fact]
    public async Task Train_Popularity_IsTheShareOfListenersForATrack()
    {
        await using var world = await PlantedWorld.CreateAsync();
        using var snapshot = Snapshot.Open(PathOf(world, await TrainAsync(world)));
        var facts = await FactReader.ReadAsync(world.Store, TasteTransform.Default, default);
        for (var row = 0; row < snapshot.TrackCount; row++)
        {
            var track = facts.Catalogue.Intern(snapshot.TrackId(row));
            var listeners = facts.Tastes.Count(taste => taste.TryGetTrack(track, out var fact) && UserTaste.IsKnown(fact));
            Assert.Equal(listeners / (float)facts.Tastes.Count, snapshot.TrackPopularity[row]);
        }
    }

    [Fact]
    public async Task Train_EmptyLog_SaysSoAndLeavesNothing()
    {
        await using var world = await PlantedWorld.CreateEmptyAsync();
        var error = await Assert.ThrowsAsync<TrainingException>(() => TrainAsync(world));
        Assert.Contains("empty", error.Message, StringComparison.Ordinal);
        Assert.Empty(await world.Store.Models.ListAsync(default));
        Assert.False(Directory.Exists(SnapshotFolders.In(world.Folder)));
    }

    [Fact]
    public async Task Train_AfterACrash_RemovesItsLeftovers()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var leftover = Directory.CreateDirectory(Path.Combine(SnapshotFolders.In(world.Folder), ".000009.partial"));
        await TrainAsync(world);
        Assert.False(Directory.Exists(leftover.FullName));
    }

    [Fact]
    public async Task Train_Cancelled_RegistersNothing()
    {
        await using var world = await PlantedWorld.CreateAsync();
        using var source = new CancellationTokenSource();
        var progress = new CancelAtFirstReport(source);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ModelTrainer.TrainAsync(world.Store, world.Folder, s_options, progress, TimeProvider.System, source.Token));
        Assert.Empty(await world.Store.Models.ListAsync(default));
    }

    private static Task<TrainResult> TrainAsync(PlantedWorld world) =>
        ModelTrainer.TrainAsync(world.Store, world.Folder, s_options, null, TimeProvider.System, default);

    private static string PathOf(PlantedWorld world, TrainResult result) => Path.Combine(SnapshotFolders.In(world.Folder), result.Model.Folder);

    private static void AssertEqual(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.True(VectorKernels.Normalize(expected.ToArray()) > 0, "the vector is zero");
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }

    private sealed class CancelAtFirstReport(CancellationTokenSource source) : IProgress<TrainProgress>
    {
        public void Report(TrainProgress value) => source.Cancel();
    }
}
