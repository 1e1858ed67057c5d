using Buddies.Engine.Bandits;

namespace Buddies.Engine.Tests.Bandits;

public sealed class RaceTests
{
    private static readonly ulong[] s_names = [11, 22, 33, 44];

    [Fact]
    public void Race_ManySeeds_WinsAsOftenAsTheProbabilitiesSay()
    {
        const int Count = 40_000;
        double[] probabilities = [0.5, 0.3, 0, 0.2];
        var wins = new int[4];
        for (var seed = 0; seed < Count; seed++)
        {
            wins[Draws.Race((ulong)seed, probabilities, s_names)]++;
        }

        Assert.Equal(0, wins[2]);
        for (var i = 0; i < wins.Length; i++)
        {
            Assert.Equal(probabilities[i], wins[i] / (double)Count, 0.012); // Over four standard deviations.
        }
    }

    [Fact]
    public void Race_OfAnotherOrder_IsWonByTheSameName()
    {
        for (var seed = 0UL; seed < 500; seed++)
        {
            var one = s_names[Draws.Race(seed, [0.4, 0.3, 0.2, 0.1], s_names)];
            ulong[] turned = [44, 33, 22, 11];
            Assert.Equal(one, turned[Draws.Race(seed, [0.1, 0.2, 0.3, 0.4], turned)]);
        }
    }

    [Fact]
    public void Race_ProbabilitiesChangeALittle_TheWinnerMostlyStays()
    {
        var changed = Enumerable.Range(0, 10_000).Count(seed =>
            Draws.Race((ulong)seed, [0.40, 0.3, 0.2, 0.10], s_names) != Draws.Race((ulong)seed, [0.42, 0.3, 0.2, 0.08], s_names));
        Assert.InRange(changed, 1, 600); // Another draw would differ in 7,000.
    }

    [Fact]
    public void Race_WithoutAnyChance_Throws() => Assert.Throws<ArgumentException>(() => Draws.Race(1, [0, 0], s_names));
}
