using Buddies.Engine.Doorman;
using Buddies.Engine.Experiments;
using Buddies.Engine.Identifiers;
using Buddies.Grains.Doorman;

namespace Buddies.Grains.Tests.Doorman;

/// <summary>Whether listeners of all silos do less than at first, from what silos report that come and go.</summary>
public sealed class ClusterEngagementTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SnapshotVersion s_version = new(7);
    private static readonly EngagementWatchOptions s_options = new();

    [Fact]
    public void Look_AFallOverTwoSilosOfWhichOneStartsAnewEachHour_IsFoundOnce()
    {
        var told = Run(days: 8, day => day < 4 ? 0.3 : 0.2);
        Assert.True(told.Count == 1 && told[0] is >= 4 * 288 and < 6 * 288, $"told in windows {string.Join(", ", told)}");
    }

    [Fact]
    public void Look_SilosThatStartAnewWithoutAFall_IsQuiet() => Assert.Empty(Run(days: 8, _ => 0.3));

    [Fact]
    public void Hear_AnotherVersionsCountsOrAFirstReport_AddNothing()
    {
        var engagement = new ClusterEngagement(s_options);
        var silo = new Member(new NodeId("127.0.0.1:1"), 1);
        Assert.False(engagement.Look(s_version, s_start));
        engagement.Hear(silo, new SnapshotVersion(6), new EngagementCounts(1000, 900, 0, 0));
        engagement.Hear(silo, s_version, new EngagementCounts(1000, 900, 0, 0));
        Assert.False(engagement.Look(s_version, s_start.AddMinutes(5)));
        Assert.Equal(0, engagement.State.Windows);
        engagement.Hear(silo, s_version, new EngagementCounts(1040, 910, 0, 0));
        Assert.False(engagement.Look(s_version, s_start.AddMinutes(10)));
        Assert.Equal(1, engagement.State.Windows);
    }

    /// <summary>Two silos, 100 impressions a window each, played at the rate of the day.</summary>
    private static List<int> Run(int days, Func<int, double> rateOf)
    {
        var (engagement, random, told) = (new ClusterEngagement(s_options), new Random(3), new List<int>());
        var (counts, generations) = (new EngagementCounts[2], new[] { 1, 1 });
        _ = engagement.Look(s_version, s_start);
        for (var window = 0; window < days * 288; window++)
        {
            for (var silo = 0; silo < 2; silo++)
            {
                if (silo == 1 && window % 12 == 0)
                {
                    (counts[silo], generations[silo]) = (default, generations[silo] + 1);
                    Hear(silo);
                }

                var plays = Enumerable.Range(0, 100).Count(_ => random.NextDouble() < rateOf(window / 288));
                counts[silo] = new EngagementCounts(counts[silo].Impressions + 100, counts[silo].Plays + plays, 0, 0);
                Hear(silo);
            }

            if (engagement.Look(s_version, s_start.AddMinutes(5 * (window + 1))))
            {
                told.Add(window);
            }
        }

        return told;

        void Hear(int silo) => engagement.Hear(new Member(new NodeId($"127.0.0.1:{silo}"), generations[silo]), s_version, counts[silo]);
    }
}
