using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training.Als;
using Buddies.Training.Facts;

namespace Buddies.Training.Tests.Als;

public sealed class ImplicitAlsTrainerTests
{
    private static readonly AlsOptions s_options = new() { Dimension = 9, Epochs = 6, UnobservedWeight = 0.3, Regularization = 0.02, Threads = 1 };

    [Fact]
    public void Train_AnyNumberOfThreads_GivesTheSameBits()
    {
        // More than one block of rows, and more than one of the Gram matrix.
        var rows = PlantedRows.MakeRandom(4500, 40, seed: 1);
        var one = Train(rows, 4400, s_options);
        foreach (var threads in new[] { 2, 7 })
        {
            var many = Train(rows, 4400, s_options with { Threads = threads });
            Assert.Equal(one.UserFactors, many.UserFactors);
            Assert.Equal(one.TrackFactors, many.TrackFactors);
            Assert.Equal(one.Objectives, many.Objectives);
        }
    }

    [Fact]
    public void Train_SameSeedAgain_GivesTheSameBits_AnotherSeedDoesNot()
    {
        var rows = PlantedRows.MakeRandom(60, 40, seed: 2);
        Assert.Equal(Train(rows, 60, s_options).TrackFactors, Train(rows, 60, s_options).TrackFactors);
        Assert.NotEqual(Train(rows, 60, s_options).TrackFactors, Train(rows, 60, s_options with { Seed = 2 }).TrackFactors);
    }

    [Theory]
    [InlineData(0.3, 0.0)]
    [InlineData(0.3, 0.5)]
    [InlineData(0.3, 1.0)]
    [InlineData(0.0, 1.0)]
    [InlineData(4.0, 0.5)]
    public void Train_EachEpoch_DoesNotRaiseTheObjective(double unobservedWeight, double exponent)
    {
        var options = s_options with { UnobservedWeight = unobservedWeight, RegularizationExponent = exponent, Epochs = 15 };
        var objectives = Train(PlantedRows.MakeRandom(120, 50, seed: 3), 110, options).Objectives;

        Assert.Equal(15, objectives.Count);
        for (var i = 1; i < objectives.Count; i++)
        {
            Assert.True(objectives[i] <= objectives[i - 1] * (1 + 1e-6), $"epoch {i + 1}: {objectives[i]} after {objectives[i - 1]}");
        }

        Assert.True(objectives[^1] < objectives[0], "nothing was learned");
    }

    [Fact]
    public void Objective_ReportedByTheTrainer_EqualsItsDefinition()
    {
        var rows = PlantedRows.MakeRandom(30, 20, seed: 4);
        var options = s_options with { Epochs = 1, RegularizationExponent = 0.5 };

        // The half-step of the listeners is the last, so the objective of the second epoch's end is not that of what comes
        // out; that of its definition at the result must lie below the trainer's last.
        var result = Train(rows, rows.RowCount, options);
        var defined = Define(rows, result, options);
        Assert.True(defined <= result.Objectives[^1] * (1 + 1e-6), $"{defined} after {result.Objectives[^1]}");

        // And the next epoch's lies below that: the trainer's number is the same function.
        var next = Train(rows, rows.RowCount, options with { Epochs = 2 }).Objectives[^1];
        Assert.True(next <= defined * (1 + 1e-6), $"{next} after {defined}");
    }

    [Fact]
    public void Train_LastHalfStep_IsTheFoldInOfEachListener()
    {
        var rows = PlantedRows.MakeRandom(80, 40, seed: 5);
        var result = Train(rows, 70, s_options);
        var gram = new double[SymmetricKernels.LengthOf(9)];
        FoldIn.ComputeScaledGram(result.TrackFactors, 9, s_options.UnobservedWeight, gram);
        var system = new FoldInSystem(9);
        var vector = new float[9];
        Assert.Equal(70 * 9, result.UserFactors.Length);
        for (var row = 0; row < 70; row++)
        {
            var range = rows.RangeOf(row);
            FoldIn.Solve(system, gram, result.TrackFactors, rows.Columns[range], rows.Confidences[range], rows.Preferences[range], s_options.FoldIn, vector);
            for (var i = 0; i < 9; i++)
            {
                Assert.Equal(vector[i], result.UserFactors[(row * 9) + i], 1e-6);
            }
        }
    }

    [Fact]
    public void Train_RowOrColumnWithoutEntries_IsZero()
    {
        var result = Train(PlantedRows.MakeRandom(40, 20, seed: 6), 40, s_options);
        Assert.All(result.UserFactors[18..27], value => Assert.Equal(0, value));
        Assert.All(result.TrackFactors[..9], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Train_SideRows_MoveTheTracksButAreNotReturned()
    {
        var rows = PlantedRows.MakeRandom(40, 20, seed: 7);
        var side = PlantedRows.MakeRandom(10, 20, seed: 8);
        var without = Train(rows, 40, s_options);
        var with = Train(rows.Append(side), 40, s_options);
        Assert.Equal(without.UserFactors.Length, with.UserFactors.Length);
        Assert.NotEqual(without.TrackFactors, with.TrackFactors);
    }

    [Fact]
    public void Train_UserRowsWeighedOtherwise_DecideTheLastHalfStepAlone()
    {
        var rows = PlantedRows.MakeRandom(40, 20, seed: 7);
        var light = rows.WeighRows([.. Enumerable.Repeat(0.3f, 40)]);
        var alike = ImplicitAlsTrainer.Train(light, light, s_options, null, TimeProvider.System, default);
        var full = ImplicitAlsTrainer.Train(light, rows, s_options, null, TimeProvider.System, default);
        Assert.Equal(alike.TrackFactors, full.TrackFactors);
        Assert.NotEqual(alike.UserFactors, full.UserFactors);
    }

    [Fact]
    public void Train_Progress_EndsAtAllRows()
    {
        var reports = new List<TrainProgress>();
        var rows = PlantedRows.MakeRandom(200, 40, seed: 9);
        ImplicitAlsTrainer.Train(rows, First(rows, 190), s_options, new Collector(reports), TimeProvider.System, default);

        Assert.Equal((6 * 240) + 190, reports[^1].RowsInAll);
        Assert.Equal(reports[^1].RowsInAll, reports[^1].RowsDone);
        Assert.Equal(TimeSpan.Zero, reports[^1].TimeLeft);
        Assert.NotNull(reports[^1].Objective);
        Assert.Equal([.. reports.Select(report => report.RowsDone).Order()], reports.Select(report => report.RowsDone));
    }

    [Fact]
    public void Train_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => ImplicitAlsTrainer.Train(PlantedRows.MakeRandom(40, 20, 1), PlantedRows.MakeRandom(40, 20, 1), s_options, null, TimeProvider.System, cancelled.Token));
    }

    [Fact]
    public void Train_OptionOutOfRange_Throws()
    {
        AlsOptions[] wrong =
        [
            s_options with { Dimension = 0 }, s_options with { Epochs = 0 }, s_options with { UnobservedWeight = -1 },
            s_options with { Regularization = 0 }, s_options with { Regularization = double.NaN },
            s_options with { RegularizationExponent = 1.1 }, s_options with { InitialStdDev = 0 }, s_options with { Threads = -1 },
        ];
        foreach (var options in wrong)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Train(PlantedRows.MakeRandom(4, 4, 1), 4, options));
        }
    }

    private static AlsResult Train(SparseRows rows, int userCount, AlsOptions options) =>
        ImplicitAlsTrainer.Train(rows, First(rows, userCount), options, null, TimeProvider.System, default);

    private static SparseRows First(SparseRows rows, int count) => new(
        rows.ColumnCount,
        rows.Offsets[..(count + 1)],
        rows.Columns[..rows.Offsets[count]],
        rows.Confidences[..rows.Offsets[count]],
        rows.Preferences[..rows.Offsets[count]]);

    private static double Define(SparseRows rows, AlsResult result, AlsOptions options)
    {
        var d = options.Dimension;
        double Dot(int row, int column) =>
            Enumerable.Range(0, d).Sum(i => (double)result.UserFactors[(row * d) + i] * result.TrackFactors[(column * d) + i]);
        double Squares(float[] factors, int row) => Enumerable.Range(0, d).Sum(i => (double)factors[(row * d) + i] * factors[(row * d) + i]);
        var counts = rows.CountColumns();
        var sum = 0.0;
        for (var row = 0; row < rows.RowCount; row++)
        {
            for (var column = 0; column < rows.ColumnCount; column++)
            {
                sum += options.UnobservedWeight * Dot(row, column) * Dot(row, column);
            }

            for (var i = rows.Offsets[row]; i < rows.Offsets[row + 1]; i++)
            {
                sum += rows.Confidences[i] * Math.Pow(rows.Preferences[i] - Dot(row, rows.Columns[i]), 2);
            }

            sum += options.FoldIn.RegularizationOf(rows.CountOf(row), rows.ColumnCount) * Squares(result.UserFactors, row);
        }

        return sum + Enumerable.Range(0, rows.ColumnCount).Sum(
            column => options.FoldIn.RegularizationOf(counts[column], rows.RowCount) * Squares(result.TrackFactors, column));
    }

    private sealed class Collector(List<TrainProgress> reports) : IProgress<TrainProgress>
    {
        public void Report(TrainProgress value) => reports.Add(value);
    }
}
