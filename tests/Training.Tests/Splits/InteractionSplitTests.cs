using Buddies.Training.Splits;
using Buddies.Training.Tests.Rankers;

namespace Buddies.Training.Tests.Splits;

public sealed class InteractionSplitTests
{
    [Fact]
    public void DrawSome_AFewUsers_HidesOfThemAlone()
    {
        var rows = TwoCrowds.Make(seed: 3);
        var split = InteractionSplit.DrawSome(rows, 0.25, users: 7, seed: 1);
        Assert.Equal(7, split.JudgedUsers.Length);
        for (var row = 0; row < rows.RowCount; row++)
        {
            var kept = split.Training.Columns[split.Training.RangeOf(row)];
            var all = rows.Columns[rows.RangeOf(row)];
            Assert.Equal(all.Order(), kept.Concat(split.Hidden[row]).Order());
            Assert.True(split.Hidden[row].Length == 0 || kept.Length > 0, $"Row {row} lost its last fact.");
            Assert.True(split.Hidden[row].Length == 0 || split.Hidden[row].Length == Math.Clamp((int)Math.Round(0.25 * all.Length), 1, all.Length - 1));
        }
    }
}
