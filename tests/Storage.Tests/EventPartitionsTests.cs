using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests;

public sealed class EventPartitionsTests
{
    [Theory]
    [InlineData("", 5)]
    [InlineData("u275", 34)]
    [InlineData("長い名前", 4)]
    public void Of_KnownIds_NeverChanges(string id, int partition) => Assert.Equal(partition, EventPartitions.Of(new UserId(id)));

    [Fact]
    public void Of_ManyIds_SpreadsThemEvenly()
    {
        var counts = new int[EventPartitions.Count];
        for (var i = 0; i < 64_000; i++)
        {
            counts[EventPartitions.Of(new UserId($"listener-{i}"))]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 700, 1300));
    }
}
