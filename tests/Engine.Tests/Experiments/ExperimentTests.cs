using Buddies.Engine.Experiments;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Experiments;

public sealed class ExperimentTests
{
    private static readonly Experiment s_even = new("even", [new("control", 1), new("treatment", 1)]);

    [Fact]
    public void VariantOf_ManyListeners_FollowsSharesAndTraffic()
    {
        var experiment = new Experiment("thirds", [new("a", 2), new("b", 1)], traffic: 0.3);
        var variants = Ids(60_000).Select(experiment.VariantOf).ToArray();
        Assert.Equal(0.3, variants.Count(v => v is not null) / 60_000.0, 0.01);
        Assert.Equal(2.0 / 3, variants.Count(v => v == 0) / (double)variants.Count(v => v is not null), 0.015);
        Assert.Equal([2.0 / 3, 1.0 / 3], experiment.ExpectedShares);
    }

    [Fact]
    public void VariantOf_MoreTraffic_MovesNobody()
    {
        Variant[] variants = [new("a", 1), new("b", 1)];
        var (few, many) = (new Experiment("x", variants, 0.2), new Experiment("x", variants, 0.6));
        Assert.All(Ids(5_000).Where(user => few.VariantOf(user) is not null), user => Assert.Equal(few.VariantOf(user), many.VariantOf(user)));
    }

    [Fact]
    public void VariantOf_TwoExperiments_AreIndependent()
    {
        var other = new Experiment("other", s_even.Variants);
        var counts = Ids(20_000).CountBy(user => (s_even.VariantOf(user), other.VariantOf(user))).ToDictionary();
        Assert.Equal(4, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 4_700, 5_300));
    }

    [Fact]
    public void Experiment_NoShareOrOneVariant_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Experiment("x", [new("a", 1)]));
        Assert.Throws<ArgumentException>(() => new Experiment("x", [new("a", 1), new("b", 0)]));
        Assert.Throws<ArgumentException>(() => new Experiment("x", [new("a", 1), new("a", 1)]));
    }

    [Fact]
    public void Report_AThousandAaTestsLookedAtAllTheTime_RaiseFalseAlarmsWithinTheRate()
    {
        const int Runs = 1_000;
        var (alarms, mismatches, breaches, misses) = (0, 0, 0, 0);
        for (var run = 0; run < Runs; run++)
        {
            // Engagement is skewed: two of three listeners do nothing.
            var random = new Random(run);
            var (control, treatment) = (default(MetricTally), default(MetricTally));
            var test = new SequentialTest(0.2);
            var ratio = new SampleRatioTest([0.5, 0.5]);
            var isOutside = false;
            for (var i = 0; i < 2_000; i++)
            {
                var value = random.Next(3) == 0 ? -Math.Log(1 - random.NextDouble()) : 0;
                (control, treatment) = random.Next(2) == 0 ? (control.With(value), treatment) : (control, treatment.With(value));
                if (i % 20 == 0)
                {
                    var look = test.Look(control, treatment);
                    isOutside |= look.Low > 0 || look.High < 0;
                    ratio.Look([control.Count, treatment.Count]);
                }
            }

            alarms += test.PValue <= 0.05 ? 1 : 0;
            misses += isOutside ? 1 : 0;
            mismatches += ratio.PValue < ExperimentRun.RatioAlpha ? 1 : 0;
            breaches += test.Look(control, treatment).High < -0.2 ? 1 : 0;
        }

        Assert.True(alarms <= 0.05 * Runs, $"{alarms} of {Runs} A/A tests raised a false alarm; the rate is 5 %.");
        Assert.True(misses <= 0.05 * Runs, $"{misses} of {Runs} confidence sequences left out the truth at some look; the rate is 5 %.");
        Assert.True(mismatches <= 5, $"{mismatches} of {Runs} fair splits were called a mismatch; the rate is 0.1 %.");
        Assert.True(breaches <= 0.05 * Runs, $"{breaches} of {Runs} guard rails were called breached.");
    }

    [Fact]
    public void Look_ADifferenceOfAFifth_IsFound()
    {
        var random = new Random(1);
        var (control, treatment) = (default(MetricTally), default(MetricTally));
        var test = new SequentialTest(0.2);
        for (var i = 0; i < 3_000; i++)
        {
            control = control.With(random.NextDouble());
            treatment = treatment.With(random.NextDouble() + 0.1);
        }

        var look = test.Look(control, treatment);
        Assert.True(look.PValue < 0.001 && look.Low > 0 && look.Low < 0.1 && look.High > 0.1, $"{look}");
    }

    [Fact]
    public void Look_ByHand()
    {
        // n = 100 each, variance 1 each: v = 0.02; τ² = 0.04; δ = 0.5. ln Λ = ½·ln(1/3) + 0.04·0.25/(2·0.02·0.06) = 3.6174.
        var control = new MetricTally(100, 1, 99);
        var look = new SequentialTest(0.2).Look(control, control with { Mean = 1.5 });
        Assert.Equal(Math.Exp(-3.617361), look.PValue, 1e-6);
        Assert.Equal(0.5 - look.Low, look.High - 0.5, 1e-12);
        Assert.Equal(Math.Sqrt(0.02 * 0.06 / 0.04 * ((2 * Math.Log(20)) + Math.Log(3))), look.High - 0.5, 1e-12);
    }

    [Fact]
    public void Report_LostListeners_IsCalledAMismatch()
    {
        var run = new ExperimentRun(s_even, []);
        var random = new Random(5);
        foreach (var user in Ids(30_000))
        {
            // The treatment loses one in ten.
            if (s_even.VariantOf(user) is { } variant && (variant == 0 || random.Next(10) > 0))
            {
                run.OnExposed(user, variant);
            }
        }

        var report = run.Report();
        Assert.True(report.IsRatioMismatch, $"p = {report.RatioPValue} at {string.Join(" and ", report.Exposed)}.");
    }

    [Fact]
    public void Report_HarmBeyondTheMargin_BreachesTheGuardRailAndOnlyIt()
    {
        var run = new ExperimentRun(s_even, [new Metric("heard", 0.2), new Metric("hides", 0.1, IsHigherBetter: false, Margin: 0.05)]);
        var random = new Random(2);
        foreach (var user in Ids(4_000))
        {
            var variant = s_even.VariantOf(user)!.Value;
            Assert.False(run.OnObserved(user, variant, "hides", 1));
            Assert.True(run.OnExposed(user, variant));
            Assert.False(run.OnExposed(user, variant));
            Assert.True(run.OnObserved(user, variant, "heard", random.NextDouble()));
            Assert.False(run.OnObserved(user, variant, "heard", 5));
            Assert.True(run.OnObserved(user, variant, "hides", random.NextDouble() < (variant == 0 ? 0.1 : 0.4) ? 1 : 0));
        }

        var report = run.Report();
        Assert.False(report.IsRatioMismatch);
        Assert.Equal([("heard", false, false), ("hides", true, true)], report.Metrics.Select(metric => (metric.Metric, metric.IsSignificant, metric.IsBreached)));
    }

    [Theory]
    [InlineData(0.5, 0.5723649429247001)]
    [InlineData(1, 0)]
    [InlineData(10, 12.801827480081469)]
    [InlineData(1000.5, 5908.674175848678)]
    public void LogGamma_KnownValues(double x, double expected) => Assert.Equal(expected, SampleRatioTest.LogGamma(x), 1e-6);

    private static IEnumerable<UserId> Ids(int count) => Enumerable.Range(0, count).Select(i => new UserId($"listener-{i}"));
}
