using Buddies.Cli.Replay;

namespace Buddies.Cli.Tests.Replay;

public sealed class SortedHistoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Read_AnyOrder_ComesInTheOrderOfTime_EqualTimesAsTheyCame(int runLength)
    {
        var random = new Random(3);
        using var history = new SortedHistory(runLength);
        var items = Enumerable.Range(0, 200).Select(n => new HistoryItem(random.Next(20), BitConverter.GetBytes(n))).ToList();
        items.ForEach(history.Add);

        var read = history.Read().ToList();

        Assert.Equal(200, history.Count);
        Assert.Equal(
            items.Select((item, n) => (item.AtMs, n)).Order().Select(pair => pair.n),
            read.Select(item => BitConverter.ToInt32(item.Line)));
    }

    [Fact]
    public void Read_Nothing_IsEmpty()
    {
        using var history = new SortedHistory();
        Assert.Empty(history.Read());
    }
}
