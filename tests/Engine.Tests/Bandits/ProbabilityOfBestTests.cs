using Buddies.Engine.Bandits;

namespace Buddies.Engine.Tests.Bandits;

public sealed class ProbabilityOfBestTests
{
    [Fact]
    public void Compute_AnyArms_SumsToOneAndFollowsTheDraws() => Property.ForSeeds(20, seed =>
    {
        const int Draws = 20_000;
        var random = new Random(seed);
        var (means, deviations) = RandomArms(random);
        var probabilities = new double[means.Length];
        ProbabilityOfBest.Compute(means, deviations, probabilities);
        Assert.Equal(1, probabilities.Sum(), 1e-9);
        Assert.All(probabilities, p => Assert.InRange(p, 0, 1));

        var wins = new int[means.Length];
        for (var draw = 0; draw < Draws; draw++)
        {
            var (best, highest) = (0, double.NegativeInfinity);
            for (var i = 0; i < means.Length; i++)
            {
                var value = means[i] + (deviations[i] * Gaussian(random));
                (best, highest) = value > highest ? (i, value) : (best, highest);
            }

            wins[best]++;
        }

        for (var i = 0; i < means.Length; i++)
        {
            Assert.True(Math.Abs((wins[i] / (double)Draws) - probabilities[i]) < 0.05, $"Seed {seed}, arm {i}: Thompson sampling drew it {wins[i] / (double)Draws:0.000}, computed {probabilities[i]:0.000}.");
        }
    });

    [Fact]
    public void Compute_TwoArms_MatchesTheClosedForm()
    {
        // P(X > Y) = Φ((m₁ − m₂)/√(s₁² + s₂²)) = Φ(1/√2) = 0.7602.
        var probabilities = new double[2];
        ProbabilityOfBest.Compute([1, 0], [1, 1], probabilities);
        Assert.Equal(0.7602, probabilities[0], 0.01);
    }

    [Theory]
    [InlineData(new[] { 0.1, 0.3, 0.2 }, 1)]
    [InlineData(new[] { 0.3, 0.3 }, 0)]
    public void Compute_NothingUncertain_TakesTheFirstOfTheBest(double[] means, int best)
    {
        var probabilities = new double[means.Length];
        ProbabilityOfBest.Compute(means, new double[means.Length], probabilities);
        Assert.Equal(1, probabilities[best]);
        Assert.Equal(1, probabilities.Sum());
    }

    [Fact]
    public void NextPlace_ManyDraws_MatchTheProbabilities()
    {
        double[] probabilities = [0.5, 0, 0.2, 0.3];
        var draws = new Draws(7);
        var counts = new int[4];
        for (var i = 0; i < 100_000; i++)
        {
            counts[draws.NextPlace(probabilities)]++;
        }

        Assert.Equal(0, counts[1]);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(probabilities[i], counts[i] / 100_000.0, 0.006);
        }
    }

    [Fact]
    public void MixUniform_AnyEpsilon_LeavesNothingBelowItsShare()
    {
        double[] probabilities = [1, 0, 0, 0];
        ProbabilityOfBest.MixUniform(probabilities, 0.2);
        Assert.Equal([0.85, 0.05, 0.05, 0.05], probabilities.Select(p => Math.Round(p, 12)));
    }

    [Fact]
    public void ShareOf_ManyIds_IsEvenAndIndependentOfOtherSalts()
    {
        var counts = new int[2, 2];
        for (var i = 0; i < 20_000; i++)
        {
            counts[StableHash.ShareOf($"user-{i}", 1) < 0.5 ? 0 : 1, StableHash.ShareOf($"user-{i}", 2) < 0.5 ? 0 : 1]++;
        }

        foreach (var count in counts)
        {
            Assert.InRange(count, 4_700, 5_300);
        }
    }

    private static (double[] Means, double[] Deviations) RandomArms(Random random)
    {
        var count = random.Next(1, 9);
        return ([.. Enumerable.Range(0, count).Select(_ => random.NextDouble())], [.. Enumerable.Range(0, count).Select(_ => 0.02 + random.NextDouble())]);
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
}
