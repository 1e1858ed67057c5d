using Buddies.Training.Als;
using Buddies.Training.Checkpoints;
using Buddies.Training.Devices;
using Buddies.Training.Facts;
using Buddies.Training.Tests.Als;

namespace Buddies.Training.Torch.Tests;

/// <summary>Implicit ALS on libtorch beside the processors' kernels, from the same start.</summary>
public sealed class TorchAlsTests
{
    private static readonly AlsOptions s_options = new() { Dimension = 12, Epochs = 6, Threads = 2 };

    [TorchTheory]
    [InlineData(1, "double", 1.0, 1e-4)]
    [InlineData(12, "double", 1.0, 1e-4)]
    [InlineData(12, "double", 0.0, 1e-4)]
    [InlineData(65, "double", 1.0, 1e-4)]
    [InlineData(12, "single", 1.0, 1e-2)]
    public void Train_SameRowsAndSeed_GivesTheProcessorsFactors(int dimension, string precision, double unobserved, double tolerance)
    {
        var rows = PlantedRows.MakeRandom(150, 70, seed: 3);
        var options = s_options with { Dimension = dimension, UnobservedWeight = unobserved };
        var expected = Train(rows, options, null);
        using var device = Open(precision);
        var actual = Train(rows, options with { Device = device }, null);

        AssertClose(expected.TrackFactors, actual.TrackFactors, tolerance);
        AssertClose(expected.UserFactors, actual.UserFactors, tolerance);
        Assert.Equal(expected.Objectives.Count, actual.Objectives.Count);
        for (var epoch = 0; epoch < expected.Objectives.Count; epoch++)
        {
            Assert.InRange(actual.Objectives[epoch] / expected.Objectives[epoch], 1 - tolerance, 1 + tolerance);
        }
    }

    [TorchFact]
    public void Train_RowsAndTracksWithoutEntries_AreZero()
    {
        // Row 2 and track 0 have none.
        var rows = PlantedRows.MakeRandom(60, 40, seed: 4);
        using var device = Open("double");
        var result = Train(rows, s_options with { Device = device }, null);
        Assert.All(result.UserFactors[(2 * 12)..(3 * 12)], value => Assert.Equal(0, value));
        Assert.All(result.TrackFactors[..12], value => Assert.Equal(0, value));
        Assert.Contains(result.TrackFactors[12..24], value => value != 0);
    }

    [TorchFact]
    public void Train_TrackOfMoreListenersThanFitAtOnce_IsSummedInPieces()
    {
        // At d = 64 a piece on processors has 16,384 entries; track 0 has more.
        const int rowCount = 20_000;
        var random = new Random(7);
        var columns = new int[2 * rowCount];
        for (var row = 0; row < rowCount; row++)
        {
            columns[(2 * row) + 1] = 1 + random.Next(30);
        }

        var rows = new SparseRows(
            31, [.. Enumerable.Range(0, rowCount + 1).Select(row => 2 * row)], columns, [.. columns.Select(_ => 0.5f + random.NextSingle())], [.. columns.Select(_ => 1f)]);
        var options = s_options with { Dimension = 64, Epochs = 2 };
        using var device = Open("double");
        AssertClose(Train(rows, options, null).TrackFactors, Train(rows, options with { Device = device }, null).TrackFactors, 1e-4);
    }

    [TorchFact]
    public void Train_GoneOnWithFromAKeptEpoch_EndsWhereTheUndisturbedOneDoes()
    {
        var rows = PlantedRows.MakeRandom(150, 70, seed: 3);
        using var device = Open("double");
        var options = s_options with { Device = device };
        var undisturbed = Train(rows, options, null);
        var keeper = new Keeper();
        Train(rows, options with { Epochs = 2 }, keeper);
        Assert.Equal(2, keeper.Kept!.Epoch);
        var resumed = Train(rows, options, keeper);

        Assert.Equal(1, keeper.Found);
        AssertClose(undisturbed.TrackFactors, resumed.TrackFactors, 1e-5);
        AssertClose(undisturbed.UserFactors, resumed.UserFactors, 1e-5);
        Assert.Equal(undisturbed.Objectives.Count, resumed.Objectives.Count);
    }

    [TorchFact]
    public void Train_EpochKeptByTheProcessors_IsNotGoneOnWith()
    {
        var rows = PlantedRows.MakeRandom(150, 70, seed: 3);
        var keeper = new Keeper();
        Train(rows, s_options with { Epochs = 2 }, keeper);
        using var device = Open("double");
        Train(rows, s_options with { Device = device }, keeper);
        Assert.Equal(0, keeper.Found);
    }

    [TorchFact]
    public void Train_Cancelled_Stops()
    {
        var rows = PlantedRows.MakeRandom(150, 70, seed: 3);
        using var device = Open("double");
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => ImplicitAlsTrainer.Train(rows, rows, s_options with { Device = device }, null, TimeProvider.System, cancelled.Token));
    }

    [TorchFact]
    public void Train_TellsOfEveryRow()
    {
        var rows = PlantedRows.MakeRandom(150, 70, seed: 3);
        using var device = Open("double");
        var last = default(TrainProgress);
        ImplicitAlsTrainer.Train(rows, rows, s_options with { Device = device }, new Listener(progress => last = progress), TimeProvider.System, default);
        Assert.Equal(last.RowsInAll, last.RowsDone);
        Assert.Equal((6 * (150 + 70)) + 150, last.RowsInAll);
    }

    private static ITrainingDevice Open(string precision) => new TorchDeviceFactory().Open("cpu", precision);

    private static AlsResult Train(SparseRows rows, AlsOptions options, IEpochKeeper? keeper) =>
        ImplicitAlsTrainer.Train(rows, rows, options, keeper, null, TimeProvider.System, default);

    /// <summary>Differences of at most a share of the largest number.</summary>
    private static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Max(Math.Abs);
        Assert.True(largest > 0, "Expected factors, all are zero.");
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * largest, $"at {i}: expected {expected[i]}, got {actual[i]}; {tolerance} of {largest} is allowed");
        }
    }

    private sealed class Listener(Action<TrainProgress> told) : IProgress<TrainProgress>
    {
        public void Report(TrainProgress value) => told(value);
    }

    private sealed class Keeper : IEpochKeeper
    {
        private string _key = "";

        public EpochState? Kept { get; private set; }

        public int Found { get; private set; }

        public EpochState? Find(string key)
        {
            if (key != _key)
            {
                return null;
            }

            Found++;
            return Kept! with { Factors = (float[])Kept.Factors.Clone() };
        }

        public void Save(string key, EpochState state) =>
            (_key, Kept) = (key, state with { Factors = (float[])state.Factors.Clone(), Objectives = [.. state.Objectives] });
    }
}
