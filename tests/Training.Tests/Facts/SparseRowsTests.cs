using Buddies.Training.Facts;
using Buddies.Training.Tests.Als;

namespace Buddies.Training.Tests.Facts;

public sealed class SparseRowsTests
{
    [Fact]
    public void Transpose_Twice_GivesTheSameRows()
    {
        var rows = PlantedRows.MakeRandom(17, 13, seed: 1);
        var again = rows.Transpose().Transpose();
        Assert.Equal(rows.Offsets, again.Offsets);
        Assert.Equal(rows.Columns, again.Columns);
        Assert.Equal(rows.Confidences, again.Confidences);
        Assert.Equal(rows.Preferences, again.Preferences);
    }

    [Fact]
    public void Transpose_Rows_MovesEachEntry()
    {
        var rows = new SparseRows(3, [0, 2, 3], [0, 2, 2], [1, 2, 3], [1, -1, 0.5f]);
        var columns = rows.Transpose();
        Assert.Equal([0, 1, 1, 3], columns.Offsets);
        Assert.Equal([0, 0, 1], columns.Columns);
        Assert.Equal([1, 2, 3], columns.Confidences);
        Assert.Equal([1, -1, 0.5f], columns.Preferences);
    }

    [Fact]
    public void Append_MoreRows_StandBelow()
    {
        var rows = new SparseRows(3, [0, 1], [0], [1], [1]).Append(new SparseRows(3, [0, 0, 2], [1, 2], [2, 3], [1, 1]));
        Assert.Equal([0, 1, 1, 3], rows.Offsets);
        Assert.Equal([0, 1, 2], rows.Columns);
        Assert.Throws<ArgumentException>(() => rows.Append(new SparseRows(2, [0], [], [], [])));
    }

    [Fact]
    public void WeighColumns_Weights_MultiplyConfidencesAlone()
    {
        var rows = new SparseRows(3, [0, 2, 3], [0, 2, 2], [1, 2, 3], [1, -1, 0.5f]).WeighColumns([2, 100, 0.5f]);
        Assert.Equal([2, 1, 1.5f], rows.Confidences);
        Assert.Equal([1, -1, 0.5f], rows.Preferences);
    }

    [Fact]
    public void TrackRarity_Exponent_RaisesRareTracks()
    {
        // Column 0 in three rows of three, column 1 in one, column 2 in none, which counts as one.
        var rows = new SparseRows(3, [0, 2, 3, 4], [0, 1, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1]);
        Assert.Equal([1, 1, 1], TrackRarity.Weigh(rows, 0));
        var weights = TrackRarity.Weigh(rows, 2);
        Assert.Equal(Math.Pow(Math.Log(2) / 4, 2), weights[0], 1e-6);
        Assert.Equal(Math.Pow(Math.Log(4) / 4, 2), weights[1], 1e-6);
        Assert.Equal(weights[1], weights[2]);
    }
}
