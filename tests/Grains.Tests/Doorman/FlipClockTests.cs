using Buddies.Embedded.Tests;
using Buddies.Engine.Doorman;
using Buddies.Grains.Doorman;

namespace Buddies.Grains.Tests.Doorman;

/// <summary>A flip is over when everybody serves who has to.</summary>
public sealed class FlipClockTests
{
    private static readonly Member[] s_silos = [.. Enumerable.Range(1, 3).Select(i => new Member(new NodeId($"127.0.0.1:{i}"), 1))];

    [Fact]
    public void Flip_OfThreeSilosOfWhichOneIsLost_LastsUntilTheLastAnswer_AndIsToldOnce()
    {
        var time = new FakeTime(DateTimeOffset.UnixEpoch);
        var clock = new FlipClock(time);
        Assert.False(clock.OnAnswered(s_silos[0], 4)); // Nothing was committed here.
        clock.Begin(5);
        Assert.Null(clock.Last);
        time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.False(clock.OnAnswered(s_silos[0], 4)); // By older orders.
        Assert.True(clock.OnAnswered(s_silos[0], 5));
        time.Advance(TimeSpan.FromMilliseconds(30));
        Assert.True(clock.OnAnswered(s_silos[1], 6));
        Assert.False(clock.OnAnswered(s_silos[0], 6));
        Assert.False(clock.IsOver(s_silos));
        Assert.True(clock.IsOver(s_silos[..2])); // The third is out of the record.
        Assert.False(clock.IsOver(s_silos[..2]));
        Assert.Equal((TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(40)), (clock.First, clock.Last));
        clock.Begin(9);
        Assert.Null(clock.First);
    }
}
