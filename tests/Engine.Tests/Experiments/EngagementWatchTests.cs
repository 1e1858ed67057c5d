using Buddies.Engine.Doorman;
using Buddies.Engine.Experiments;

namespace Buddies.Engine.Tests.Experiments;

public sealed class EngagementWatchTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Look_RatesThatOnlyFollowTheTimeOfDay_IsQuietForAMonth()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var state = Run(seed, 30, (day, slot) => 0.3 + (0.2 * Math.Sin(slot * Math.Tau / 288))).State;
            Assert.False(state.HasFallen, $"seed {seed}: {state}");
            Assert.Equal(30 * 288, state.Windows);
        }
    }

    [Fact]
    public void Look_AFallOfAThird_IsFoundWithinTwoDaysAndToldOnce()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var told = new List<int>();
            var state = Run(seed, 8, (day, slot) => (0.3 + (0.1 * Math.Sin(slot * Math.Tau / 288))) * (day < 4 ? 1 : 0.67), told.Add).State;
            Assert.True(state.HasFallen, $"seed {seed}: {state}");
            Assert.True(told.Count == 1 && told[0] is >= 4 * 288 and < 6 * 288, $"seed {seed}: told in windows {string.Join(", ", told)}");
        }
    }

    [Fact]
    public void Look_ARise_IsNoFall() => Assert.False(Run(1, 6, (day, _) => day < 3 ? 0.3 : 0.5).State.HasFallen);

    [Fact]
    public void Look_WindowsOfFewImpressions_DoNotCount()
    {
        var watch = new EngagementWatch(new EngagementWatchOptions(), s_start, default);
        for (var i = 1; i <= 3 * 288; i++)
        {
            watch.Look(s_start.AddMinutes(5 * i), new EngagementCounts(19 * i, 10 * Math.Min(i, 288), 0, 0));
        }

        Assert.Equal(0, watch.State.Windows);
    }

    [Fact]
    public void Look_CountsThatBeginAnew_AreCountedFromZero()
    {
        var watch = new EngagementWatch(new EngagementWatchOptions(), s_start, new EngagementCounts(5000, 900, 0, 0));
        watch.Look(s_start.AddMinutes(5), new EngagementCounts(40, 10, 0, 0));
        Assert.Equal(1, watch.State.Windows);
    }

    /// <summary>200 impressions a window, of which each is played with the rate of the time.</summary>
    private static EngagementWatch Run(int seed, int days, Func<int, int, double> rate, Action<int>? told = null)
    {
        var random = new Random(seed);
        var watch = new EngagementWatch(new EngagementWatchOptions(), s_start, default);
        var (impressions, plays) = (0L, 0L);
        for (var window = 0; window < days * 288; window++)
        {
            for (var i = 0; i < 200; i++)
            {
                impressions++;
                plays += random.NextDouble() < rate(window / 288, window % 288) ? 1 : 0;
            }

            if (watch.Look(s_start.AddMinutes(5 * (window + 1)), new EngagementCounts(impressions, plays, 0, 0)))
            {
                told?.Invoke(window);
            }
        }

        return watch;
    }
}
