using FsCheck.Fluent;

namespace Buddies.Engine.Tests;

public sealed class PropertyTests
{
    [Fact]
    public void ForSequences_FalseSomewhere_NamesTheSmallestCaseAndTheSeed()
    {
        var failure = Assert.ThrowsAny<Exception>(() =>
            Property.ForSequences(Gen.Choose(0, 9), 40, 500, numbers => Assert.DoesNotContain(7, numbers)));
        Assert.Matches(@"shrinks?\) \(\d+,\s?\d+\)", failure.Message); // The seed and its gamma.
        Assert.Matches(@"\[\|?7\|?\]", failure.Message);
    }

    [Fact]
    public void ForSeeds_AnyNumberOfTimes_RunsThatMany()
    {
        var runs = 0;
        Property.ForSeeds(123, _ => runs++);
        Assert.Equal(123, runs);
    }
}
