using Buddies.Cli.Bench;
using Buddies.Cli.Bench.Ingest;
using Buddies.Cli.Server;

namespace Buddies.Cli.Tests.Ingest;

public sealed class OverloadTests
{
    private static readonly OverloadReport s_good = new(
        "sqlite", 100, 1_000, 10, 90, 50, 0, 0, 95, 40, 20, 5_000, 0, 100, [100, 100, 100, 119], 4, 10, 1, new MachineConditions("", 1, "", default, "", ""));

    [Fact]
    public void FindFault_AllHolds_None() => Assert.Null(s_good.FindFault());

    [Fact]
    public void FindFault_OneThingDoesNotHold_IsTold()
    {
        Assert.Contains("effects", (s_good with { CountsDiffer = 1 }).FindFault(), StringComparison.Ordinal);
        Assert.Contains("no overload", (s_good with { Refused429 = 0 }).FindFault(), StringComparison.Ordinal);
        Assert.Contains("when to come back", (s_good with { WithoutRetryAfter = 1 }).FindFault(), StringComparison.Ordinal);
        Assert.Contains("was taken", (s_good with { ObeyedTaken = 0 }).FindFault(), StringComparison.Ordinal);
        Assert.Contains("Memory grows", (s_good with { RssQuarterBytes = [100, 100, 100, 121] }).FindFault(), StringComparison.Ordinal);
    }

    [Fact]
    public void OnAnswer_TakenRefusedAndWrong_AreToldApart()
    {
        var tally = new OverloadTally(3);
        tally.OnAnswer(new DoorAnswer(202, 2, 0, 0, null, null), 2, [1, 2]);
        tally.OnAnswer(new DoorAnswer(429, 0, 0, 0, TimeSpan.FromSeconds(1), ""), 2, [0, 0]);
        tally.OnAnswer(new DoorAnswer(503, 0, 0, 0, null, ""), 2, [0, 0]);

        Assert.Equal((6, 2, 1, 1, 1), (tally.Offered, tally.Accepted, tally.TooMany, tally.Unavailable, tally.WithoutRetryAfter));
        Assert.Equal(new long[] { 0, 1, 1 }, Enumerable.Range(0, 3).Select(tally.AcceptedOf));
        Assert.Throws<BenchFailedException>(() => tally.OnAnswer(new DoorAnswer(202, 1, 1, 0, null, null), 2, [1, 2]));
        Assert.Throws<BenchFailedException>(() => tally.OnAnswer(new DoorAnswer(500, 0, 0, 0, null, ""), 2, [1, 2]));
    }
}
