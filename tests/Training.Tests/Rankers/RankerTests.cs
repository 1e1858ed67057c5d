using Buddies.Training.Als;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Auto;
using Buddies.Training.Rankers.Bpr;
using Buddies.Training.Rankers.Factors;

namespace Buddies.Training.Tests.Rankers;

/// <summary>What holds for every model behind the seam.</summary>
public sealed class RankerTests
{
    /// <summary>How much more than popularity's share whoever tells the crowds apart finds.</summary>
    private const double Margin = 0.05;

    public static TheoryData<string> All() => new(RankerCatalogue.Names);

    /// <summary>Those that need no more listeners than there are here for their 64 factors.</summary>
    public static TheoryData<string> WithoutFactors() => new(RankerCatalogue.Names.Except(["popularity", "als", "mean", "bpr"]));

    [Theory]
    [MemberData(nameof(WithoutFactors))]
    public void Train_TwoCrowds_TellsThemApart(string name) => AssertFindsMore(RankerCatalogue.Create(name, 10));

    [Fact]
    public void Train_FewFactors_TellTheCrowdsApart()
    {
        var options = new AlsRankerOptions { Als = new AlsOptions { Dimension = 4 }, RarityExponent = 0 };
        AssertFindsMore(new AlsRankerTrainer(options));
        AssertFindsMore(new AlsRankerTrainer(options, asMean: true));
        AssertFindsMore(new BprTrainer(new BprOptions { Dimension = 8, Regularization = 0.2 }));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Score_TheSameFactsInOtherCompany_ScoreTheSame(string name)
    {
        var rows = TwoCrowds.Make(seed: 4);
        var ranker = RankerCatalogue.Create(name, 10).Train(rows, TwoCrowds.Run());
        var all = TwoCrowds.ScoresOf(ranker, rows);
        var alone = TwoCrowds.ScoresOf(ranker, BinaryRows.Select(rows, [17, 5]));
        AssertClose(all.AsSpan(17 * TwoCrowds.Tracks, TwoCrowds.Tracks), alone.AsSpan(0, TwoCrowds.Tracks), name);
        AssertClose(all.AsSpan(5 * TwoCrowds.Tracks, TwoCrowds.Tracks), alone.AsSpan(TwoCrowds.Tracks), name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Train_OneThreadTwice_GivesTheSameBits(string name)
    {
        var rows = TwoCrowds.Make(seed: 4);
        var first = TwoCrowds.ScoresOf(RankerCatalogue.Create(name, 10).Train(rows, TwoCrowds.Run(threads: 1)), rows);
        var second = TwoCrowds.ScoresOf(RankerCatalogue.Create(name, 10).Train(rows, TwoCrowds.Run(threads: 1)), rows);
        Assert.Equal(first, second);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Train_Cancelled_Stops(string name)
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var run = new RankerRun(1, 1, null, source.Token);
        if (name != "popularity")
        {
            Assert.ThrowsAny<OperationCanceledException>(() => RankerCatalogue.Create(name, 10).Train(TwoCrowds.Make(seed: 4), run));
        }
    }

    [Fact]
    public void Auto_AListenerWithoutFacts_IsShownWhatIsPopular()
    {
        var rows = TwoCrowds.Make(seed: 4);
        var ranker = RankerCatalogue.Create("auto", 10).Train(rows, TwoCrowds.Run());
        var scores = TwoCrowds.ScoresOf(ranker, BinaryRows.Select(rows, [5]));
        var counts = rows.CountColumns();
        Assert.Equal(counts.Max(), counts[Array.IndexOf(scores, scores.Max())]);
    }

    [Fact]
    public void Auto_ASearch_TellsWhatItTriedAndWhatItTook()
    {
        var told = new Told();
        AutoTrainer.Everything(10, 0.25).Choose(TwoCrowds.Make(seed: 4), TwoCrowds.Run() with { Progress = told });
        foreach (var part in new[] { "itemknn", "listenerknn", "lowpass", "ridge", "ease", "als" })
        {
            Assert.Contains(told.Steps, step => step.StartsWith($"{part}: 0.", StringComparison.Ordinal) && step.Contains(" at ", StringComparison.Ordinal));
            Assert.Contains(told.Steps, step => step.StartsWith($"{part}: 0.", StringComparison.Ordinal) && step.Contains(" with ", StringComparison.Ordinal));
        }

        Assert.Contains(told.Steps, step => step.StartsWith("blend: 0.", StringComparison.Ordinal) && step.Contains(" alone: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Create_AnUnknownName_Throws() => Assert.Throws<ArgumentException>(() => RankerCatalogue.Create("none", 10));

    [Fact]
    public void Bpr_MoreThreads_LearnsAsWell()
    {
        var one = TwoCrowds.RecallOf(new BprTrainer(new BprOptions()), TwoCrowds.Run(threads: 1));
        var four = TwoCrowds.RecallOf(new BprTrainer(new BprOptions()), TwoCrowds.Run(threads: 4));
        Assert.True(four > one - 0.05, $"Four threads reach {four:0.000}, one reaches {one:0.000}.");
    }

    private static void AssertFindsMore(IRankerTrainer trainer)
    {
        var popular = TwoCrowds.RecallOf(new PopularityTrainer());
        var recall = TwoCrowds.RecallOf(trainer, TwoCrowds.Run(threads: 1)); // Threads that race make a result of their own each time.
        Assert.True(recall > popular + Margin, $"{trainer.Name}: recall {recall:0.000}, expected {Margin} above popularity's {popular:0.000}.");
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string name)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-4 * (1 + Math.Abs(expected[i])), $"{name}: track {i} scores {actual[i]}, expected {expected[i]}.");
        }
    }

    /// <summary>Hears at once, which <see cref="Progress{T}"/> does not.</summary>
    private sealed class Told : IProgress<string>
    {
        public List<string> Steps { get; } = [];

        public void Report(string value) => Steps.Add(value);
    }
}
