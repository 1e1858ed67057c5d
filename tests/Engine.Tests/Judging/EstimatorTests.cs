using Buddies.Engine.Judging;

namespace Buddies.Engine.Tests.Judging;

public sealed class EstimatorTests
{
    // Weights 2, 0.5 and 4; rewards 1, 0 and 0.5.
    private static readonly LoggedChoice[] s_choices =
    [
        new(0, 1, 0.25, 0.5, Predicted: 0.6, PredictedTarget: 0.4),
        new(1, 0, 0.5, 0.25, Predicted: 0.2, PredictedTarget: 0.3),
        new(2, 0.5, 0.1, 0.4, Predicted: 0.5, PredictedTarget: 0.5),
    ];

    [Fact]
    public void Ips_ByHand() => Assert.Equal((2 + 0 + 2) / 3.0, Estimators.Ips(s_choices), 1e-12);

    [Fact]
    public void Ips_Clipped_ByHand() => Assert.Equal((2 + 0 + 1.5) / 3.0, Estimators.Ips(s_choices, clip: 3), 1e-12);

    [Fact]
    public void Snips_ByHand() => Assert.Equal(4 / 6.5, Estimators.Snips(s_choices), 1e-12);

    [Fact]
    public void DoublyRobust_ByHand() =>
        Assert.Equal((0.4 + (2 * 0.4) + 0.3 + (0.5 * -0.2) + 0.5 + (4 * 0)) / 3, Estimators.DoublyRobust(s_choices), 1e-12);

    [Fact]
    public void EffectiveSampleSize_ByHand() => Assert.Equal(6.5 * 6.5 / 20.25, Estimators.EffectiveSampleSize(s_choices), 1e-12);

    [Fact]
    public void LargestWeight_ByHand() => Assert.Equal(4, Estimators.LargestWeight(s_choices), 1e-12);

    [Fact]
    public void Judge_TheLoggingPolicyItself_IsTheMeanOfTheLogs()
    {
        var random = new Random(1);
        var choices = Enumerable.Range(0, 400).Select(i => new LoggedChoice(i, random.NextDouble(), 0.3, 0.3)).ToArray();
        var judgement = PolicyJudge.Judge(choices, new JudgeOptions());
        Assert.Null(judgement.Refusal);
        Assert.Equal(judgement.Logged, judgement.Ips.Value, 1e-12);
        Assert.Equal(judgement.Logged, judgement.Snips.Value, 1e-12);
        Assert.Equal((400.0, 1.0, 1.0), (Math.Round(judgement.EffectiveSampleSize, 9), judgement.LargestWeight, judgement.MeanWeight));
        Assert.True(judgement.Snips.Low < judgement.Logged && judgement.Logged < judgement.Snips.High);
    }

    [Fact]
    public void Judge_OneDrawCarriesAll_Refuses()
    {
        var choices = Enumerable.Range(0, 400).Select(i => new LoggedChoice(i, 1, i == 0 ? 0.001 : 0.9, i == 0 ? 0.9 : 0.01)).ToArray();
        var judgement = PolicyJudge.Judge(choices, new JudgeOptions { Clip = 1e9 });
        Assert.Equal("an effective sample of 1.0; at least 100 is needed", judgement.Refusal);
        Assert.Equal(900, judgement.LargestWeight, 1e-9);
    }

    [Fact]
    public void Judge_ManyDrawsOfFewListeners_Refuses()
    {
        var choices = Enumerable.Range(0, 4_000).Select(i => new LoggedChoice(i % 10, 1, 0.5, 0.5)).ToArray();
        Assert.Equal("only 10 listeners; at least 50 are needed", PolicyJudge.Judge(choices, new JudgeOptions()).Refusal);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1.1, 0.5)]
    [InlineData(0.5, 1.1)]
    [InlineData(double.NaN, 0.5)]
    public void Judge_ImpossibleProbability_Throws(double propensity, double target) =>
        Assert.Throws<ArgumentException>(() => PolicyJudge.Judge([new LoggedChoice(0, 1, propensity, target)], new JudgeOptions()));

    [Fact]
    public void Cascade_ByHand()
    {
        // Place 0: weights 2 and 0.5, rewards 0 and 1: 0.5/2.5. Place 1: weights 2·0.5 and 0.5·2, rewards 1 and (unseen) 0: 1/2.
        LoggedList[] lists =
        [
            new(0, [new ListStep(0, 0.25, 0.5, true), new ListStep(1, 0.8, 0.4, true)]),
            new(1, [new ListStep(1, 0.5, 0.25, true), new ListStep(1, 0.4, 0.8, false)]),
        ];
        Assert.Equal((0.5 / 2.5) + (1 / 2.0), CascadeJudge.Value(lists), 1e-12);
    }
}
