using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Vectors;

namespace Buddies.Training.Tests;

public sealed class ListenerCellsTests
{
    private const int Dimension = 8;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2047, 1)]
    [InlineData(2500, 200)]
    public void Train_Listeners_AreInFourTimesTheRootOfCells(int listeners, int cells)
    {
        var map = ListenerCells.Train(MakeVectors(listeners, 1), Dimension);
        Assert.Equal((cells, Dimension), (map.CellCount, map.Dimension));
    }

    [Fact]
    public void Train_VectorsOfAnyLength_GiveWhatUnitVectorsGive_AndEmptyOnesNothing()
    {
        var units = MakeVectors(2500, 2);
        for (var row = 0; row < 2500; row++)
        {
            VectorKernels.Normalize(units.AsSpan(row * Dimension, Dimension));
        }

        var expected = CellTrainer.Train(units, Dimension, new CellOptions { Cells = 200 });
        var actual = ListenerCells.Train([.. new float[3 * Dimension], .. MakeVectors(2500, 2), .. new float[Dimension]], Dimension);
        Assert.Equal(expected.Centroids.ToArray(), actual.Centroids.ToArray());
        for (var cell = 0; cell < 200; cell++)
        {
            Assert.Equal(expected.Probes(cell).ToArray(), actual.Probes(cell).ToArray());
        }
    }

    [Fact]
    public async Task TrainModel_Registered_PutsTheCellsIntoTheSnapshot()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var trained = await ModelTrainer.TrainAsync(
            world.Store, world.Folder, new TrainOptions { Als = new Training.Als.AlsOptions { Dimension = 6, Epochs = 2 } }, null, TimeProvider.System, default);
        using var snapshot = Snapshot.Open(Path.Combine(SnapshotFolders.In(world.Folder), trained.Model.Folder));
        var expected = ListenerCells.Train(snapshot.UserVectors, snapshot.Dimension);
        var actual = snapshot.MakeCellMap();
        Assert.Contains("cells.bin", trained.Manifest.Files.Select(file => file.Name));
        Assert.Equal(expected.CellCount, actual.CellCount);
        Assert.Equal(expected.Centroids.ToArray(), actual.Centroids.ToArray());
    }

    private static float[] MakeVectors(int rows, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * Dimension).Select(_ => (float)(random.NextDouble() - 0.5))];
    }
}
