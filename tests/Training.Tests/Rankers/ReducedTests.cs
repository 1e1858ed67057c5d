using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Ease;
using Buddies.Training.Rankers.Reduced;
using Buddies.Training.Rankers.Spectral;

namespace Buddies.Training.Tests.Rankers;

public sealed class ReducedTests
{
    private static readonly EaseTrainer s_ease = new(new EaseOptions { Regularization = 3 });

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(24)]
    public void Train_FewNumbers_LoseNoMoreThanTheBestOfTheirRank(int dimension)
    {
        var rows = TwoCrowds.Make(seed: 4);
        var whole = TwoCrowds.ScoresOf(s_ease.Train(rows, TwoCrowds.Run()), rows);
        var reduced = TwoCrowds.ScoresOf(new ReducedTrainer(s_ease, dimension).Train(rows, TwoCrowds.Run()), rows);

        // Eckart and Young: the best of rank d leaves the other eigenvalues of SᵀS.
        var (values, _) = SymmetricEigen.Decompose(TallMatrix.Gram(whole, TwoCrowds.Tracks, TwoCrowds.Run().Parallel), TwoCrowds.Tracks);
        var best = values.Skip(dimension).Sum();
        var lost = whole.Zip(reduced, (a, b) => Math.Pow(a - b, 2)).Sum();
        Assert.InRange(lost, best * 0.999, best * 1.01);
    }

    [Fact]
    public void Score_FactsOfTwo_AreTheSumOfEach()
    {
        var ranker = new ReducedTrainer(s_ease, 8).Train(TwoCrowds.Make(seed: 4), TwoCrowds.Run());
        var scores = TwoCrowds.ScoresOf(ranker, BinaryRows.Make(row => row switch { 0 => [3, 9], 1 => [3], _ => [9] }, 3, TwoCrowds.Tracks));
        for (var track = 0; track < TwoCrowds.Tracks; track++)
        {
            Assert.Equal(scores[track], scores[TwoCrowds.Tracks + track] + scores[(2 * TwoCrowds.Tracks) + track], 1e-4);
        }
    }

    [Fact]
    public void Train_OtherThreads_GivesTheSameBits()
    {
        var rows = TwoCrowds.Make(seed: 4);
        var one = TwoCrowds.ScoresOf(new ReducedTrainer(s_ease, 8).Train(rows, TwoCrowds.Run(threads: 1)), rows);
        var three = TwoCrowds.ScoresOf(new ReducedTrainer(s_ease, 8).Train(rows, TwoCrowds.Run(threads: 3)), rows);
        Assert.Equal(one, three);
    }

    [Fact]
    public void Names_ReductionsAndTheBlend_AreComparedOnlyWhereAskedFor()
    {
        string[] asked = ["ease64", "blend"];
        Assert.All(asked, name => Assert.Contains(name, RankerCatalogue.Names));
        Assert.Equal(RankerCatalogue.Names.Except(asked), RankerCatalogue.Compared);
    }
}
