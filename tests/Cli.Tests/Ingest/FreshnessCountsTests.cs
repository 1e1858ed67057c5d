using Buddies.Cli.Server;

namespace Buddies.Cli.Tests.Ingest;

public sealed class FreshnessCountsTests
{
    [Fact]
    public void Read_CountsByResult_AndOneReadingLessAnother()
    {
        const string Text = """
            # TYPE buddies_freshness_objective_seconds gauge
            buddies_freshness_objective_seconds 0.05
            # TYPE buddies_freshness_probes_total counter
            buddies_freshness_probes_total{result="fresh"} 41
            buddies_freshness_probes_total{result="late"} 2
            buddies_freshness_probes_total{result="failed"} 1
            buddies_freshness_probes_total{result="no_model"} 9
            """;
        var counts = FreshnessCounts.Read(Text);
        Assert.Equal(new FreshnessCounts(50, 41, 2, 1), counts);
        Assert.Equal(new FreshnessCounts(50, 1, 2, 1), counts.Since(new FreshnessCounts(50, 40, 0, 0)));
    }

    [Fact]
    public void Read_AServerThatDoesNotProbe_Throws() =>
        Assert.Throws<FormatException>(() => FreshnessCounts.Read("buddies_events_total 4\n"));
}
