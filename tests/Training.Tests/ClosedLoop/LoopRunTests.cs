using System.Text.Json;
using Buddies.Training.ClosedLoop;

namespace Buddies.Training.Tests.ClosedLoop;

public sealed class LoopRunTests
{
    private static readonly LoopOptions s_small = new() { Listeners = 40, Tracks = 300, Playlists = 150, Communities = 4, Days = 3, Dimension = 8 };

    [Fact]
    public void Run_EqualOptions_GiveEqualResults()
    {
        var (one, other) = (LoopRun.Run(s_small, LoopPolicy.Product, default), LoopRun.Run(s_small, LoopPolicy.Product, default));
        Assert.Equal(one.Days, other.Days);
        Assert.Equal(one.Coverage, other.Coverage);
    }

    [Theory]
    [InlineData(LoopPolicy.Product)]
    [InlineData(LoopPolicy.NoExploration)]
    [InlineData(LoopPolicy.Nightly)]
    [InlineData(LoopPolicy.Ranked)]
    [InlineData(LoopPolicy.Fixed)]
    [InlineData(LoopPolicy.Popularity)]
    [InlineData(LoopPolicy.Random)]
    public void Run_EachPolicy_IsUsedByTheSameListeners(LoopPolicy policy)
    {
        var result = LoopRun.Run(s_small, policy, default);
        Assert.Equal(s_small.Days, result.Days.Count);
        Assert.All(result.Days, day => Assert.True(
            day.Views > 0 && day.Cards >= day.Clicks && day.Listens >= day.Discoveries && day.Listens <= 6 * day.Clicks, $"{policy}: {day}"));
        Assert.InRange(result.Coverage, 0.01, 1);

        // Who is there, and when, does not depend on what is shown.
        Assert.Equal(LoopRun.Run(s_small with { Dimension = 4 }, LoopPolicy.Random, default).Days.Select(day => day.Listeners), result.Days.Select(day => day.Listeners));
    }

    [Fact]
    public void Run_OwnPlays_OnlyTheirShareOfSessionsBeginsWithThem()
    {
        var always = OwnPlays(s_small);
        Assert.True(always > 0 && always % 3 == 0, $"{always} own plays");
        Assert.Equal(0, OwnPlays(s_small with { OwnPlays = 0 }));

        // Some 180 sessions: 0.69 of them, and five deviations to either side.
        Assert.InRange(OwnPlays(s_small with { OwnPlays = 0.69 }) / (double)always, 0.51, 0.87);

        static long OwnPlays(LoopOptions options) => LoopRun.Run(options, LoopPolicy.Random, default).Days.Sum(day => day.OwnPlays);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    public void Check_OwnPlaysOutsideTheirRange_Throws(double ownPlays) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => (s_small with { OwnPlays = ownPlays }).Check());

    [Fact]
    public void Compare_TwoPolicies_RatioIsThatOfTheirEngagement()
    {
        var report = LoopComparison.Run(s_small, [LoopPolicy.Fixed, LoopPolicy.Random], seeds: 2, null, null, default);
        Assert.Equal(["fixed", "random"], report.Policies.Select(policy => policy.Policy));
        var ratios = Enumerable.Range(1, 2).Select(seed => (LoopRun.Run(s_small with { Seed = seed }, LoopPolicy.Fixed, default).Engagement
            / LoopRun.Run(s_small with { Seed = seed }, LoopPolicy.Random, default).Engagement) - 1).ToArray();
        Assert.Equal(ratios.Average(), Assert.Single(report.Lifts).Engagement.Value, 1e-12);
        Assert.Equal(s_small.Days, report.Policies[0].EngagementByDay.Count);
    }

    [Fact]
    public void Compare_WithKeptRuns_GoesOnFromThem()
    {
        var folder = Directory.CreateTempSubdirectory("buddies-runs-").FullName;
        try
        {
            var whole = LoopComparison.Run(s_small, [LoopPolicy.Fixed, LoopPolicy.Random], 2, null, null, default);
            var kept = new KeptRuns(folder);
            LoopComparison.Run(s_small, [LoopPolicy.Random], 2, kept, null, default);
            Assert.Equal(2, Directory.GetFiles(folder).Length);
            Assert.Null(kept.Find(s_small, LoopPolicy.Fixed));
            Assert.Null(kept.Find(s_small with { NewPlaylists = 0.1 }, LoopPolicy.Random));
            var merged = LoopComparison.Run(s_small, [LoopPolicy.Fixed, LoopPolicy.Random], 2, kept, null, default);
            Assert.Equal(JsonSerializer.Serialize(whole), JsonSerializer.Serialize(merged));

            // A cut file is run again.
            File.WriteAllText(Directory.GetFiles(folder, "random-1-*")[0], "{");
            Assert.Null(kept.Find(s_small, LoopPolicy.Random));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void StudentInterval_FiveValues_ByHand()
    {
        // Mean 3, s = √2.5, t = 2.776: 2.776·√(2.5/5) = 1.963.
        var interval = StudentInterval.Of([1, 2, 3, 4, 5]);
        Assert.Equal(3, interval.Value);
        Assert.Equal(3 - 1.963, interval.Low, 1e-3);
        Assert.Equal(3 + 1.963, interval.High, 1e-3);
    }
}
