using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>What operators may ask, and what comes of it.</summary>
public sealed class DoormanOperatorTests
{
    private const VersionState Registered = VersionState.Registered, Validated = VersionState.Validated;

    [Fact]
    public void Canary_ThenPromoted_IsBesideTheCurrentOneAndThenInItsPlace()
    {
        var driver = new DoormanDriver(2, Validated, Validated);
        driver.Promote(1);
        Assert.True(driver.Canary(2, 12.5).IsAccepted);
        Assert.Equal((1, 2, 12.5), (driver.Store.Current.Value, driver.Store.Canary!.Version.Value, driver.Store.Canary.Percent));
        Assert.All(driver.Nodes.Values, node => Assert.Equal((1, 2), (node.Serving!.Current.Value, node.Serving.Canary!.Version.Value)));

        driver.Now += TimeSpan.FromHours(1);
        Assert.True(driver.Canary(2, 50).IsAccepted);
        Assert.Equal((50, driver.Now), (driver.Store.Canary.Percent, driver.Store.Canary.Since));

        Assert.True(driver.Promote(2).IsAccepted);
        Assert.Equal((2, null), (driver.Store.Current.Value, driver.Store.Canary));
        Assert.Equal((VersionState.Retired, VersionState.Current), (driver.StateOf(1), driver.StateOf(2)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Canary_ShareThatIsNone_IsRefused(double percent)
    {
        var driver = new DoormanDriver(1, Validated);
        Assert.False(driver.Canary(1, percent).IsAccepted);
        Assert.Equal(Validated, driver.StateOf(1));
    }

    [Fact]
    public void Canary_Rejected_LeavesEverybodyOnTheCurrentOne()
    {
        var driver = new DoormanDriver(2, Validated, Validated);
        driver.Promote(1);
        driver.Canary(2, 10);
        Assert.True(driver.Reject(2).IsAccepted);

        Assert.Equal((1, null, VersionState.Rejected), (driver.Store.Current.Value, driver.Store.Canary, driver.StateOf(2)));
        Assert.Equal(["bad songs"], driver.Store.Find(new SnapshotVersion(2))!.Reasons);
        Assert.All(driver.Nodes.Values, node => Assert.Null(node.Serving!.Canary));
    }

    [Fact]
    public void Rollback_AgainAndAgain_GoesFurtherBack()
    {
        var driver = new DoormanDriver(2, Validated, Validated, Validated);
        driver.Promote(1);
        driver.Promote(2);
        driver.Promote(3);
        Assert.True(driver.RollBack().IsAccepted);
        Assert.Equal(2, driver.Store.Current.Value);
        Assert.True(driver.RollBack().IsAccepted);
        Assert.Equal(1, driver.Store.Current.Value);
        Assert.False(driver.RollBack().IsAccepted);
        Assert.True(driver.RollBack(3).IsAccepted);
        Assert.Equal(3, driver.Store.Current.Value);
    }

    [Fact]
    public void Rollback_OverAVersionThatWasRejected_GoesToTheOneBefore()
    {
        var driver = new DoormanDriver(1, Validated, Validated, Validated);
        driver.Promote(1);
        driver.Promote(2);
        driver.Promote(3);
        driver.Reject(2);
        Assert.False(driver.RollBack(2).IsAccepted);
        Assert.True(driver.RollBack().IsAccepted);
        Assert.Equal(1, driver.Store.Current.Value);
    }

    [Fact]
    public void Gates_RefusingAVersionThatServed_LeaveItForARollback()
    {
        var driver = new DoormanDriver(1, Validated, Validated);
        driver.Promote(1);
        driver.Promote(2);
        driver.Judge(1, "worse");
        Assert.Equal(VersionState.Retired, driver.StateOf(1));
        Assert.Equal(["worse"], driver.Store.Find(new SnapshotVersion(1))!.Reasons);
        Assert.Equal(JournalAction.Rejected, driver.Journal[^1].Action);
        Assert.True(driver.RollBack().IsAccepted);
        Assert.Equal(1, driver.Store.Current.Value);
    }

    [Fact]
    public void Rollback_ToAVersionThatWasLetThroughAgain_Goes()
    {
        var driver = new DoormanDriver(1, Validated, Validated);
        driver.Promote(1);
        driver.Promote(2);
        driver.Judge(1);
        Assert.Equal(Validated, driver.StateOf(1));
        Assert.True(driver.RollBack().IsAccepted);
        Assert.Equal(1, driver.Store.Current.Value);
    }

    [Fact]
    public void Canary_RejectedThatServedBefore_LeavesItForARollback()
    {
        var driver = new DoormanDriver(1, Validated, Validated);
        driver.Promote(1);
        driver.Promote(2);
        driver.Judge(1);
        driver.Canary(1, 10);
        Assert.True(driver.Reject(1).IsAccepted);
        Assert.Equal((null, VersionState.Retired), (driver.Store.Canary, driver.StateOf(1)));
        Assert.True(driver.RollBack(1).IsAccepted);
        Assert.Equal(1, driver.Store.Current.Value);
    }

    [Fact]
    public void Promotion_OfAVersionThatServed_RefusedByANode_LeavesItForARollback()
    {
        var driver = new DoormanDriver(1, Validated, Validated, Validated);
        driver.Promote(1);
        driver.Promote(2);
        driver.Promote(3);
        driver.Judge(1);
        driver.Refusing[("a", 1)] = "no space left";
        driver.Promote(1);
        Assert.Equal((3, VersionState.Retired), (driver.Store.Current.Value, driver.StateOf(1)));

        // Asked for as a rollback and refused again, it is none to go back to.
        driver.RollBack(1);
        Assert.Equal((3, VersionState.Rejected), (driver.Store.Current.Value, driver.StateOf(1)));
    }

    [Fact]
    public void Gates_RefusingWhatAnOperatorTurnedAwayForGood_DoNotBringItBack()
    {
        var driver = new DoormanDriver(1, Validated, Validated);
        driver.Promote(1);
        driver.Promote(2);
        driver.Reject(1);
        driver.Judge(1, "worse");
        Assert.Equal(VersionState.Rejected, driver.StateOf(1));
        Assert.False(driver.RollBack().IsAccepted);
    }

    [Fact]
    public void Gates_OverruledByAnOperator_SayWhyInTheJournal()
    {
        var driver = new DoormanDriver(1, Registered);
        driver.Tell(new ValidateRequested(driver.Now, 7, "ann", "", new SnapshotVersion(1)) { LowerAccepted = "another dataset" });
        var run = driver.Commands.OfType<RunGates>().Single();
        Assert.Equal("another dataset", run.LowerAccepted);

        driver.Tell(new GatesJudged(driver.Now, run.Version, [], new Dictionary<string, double>(), run.Request, run.Who) { LowerAccepted = run.LowerAccepted });
        Assert.Equal(Validated, driver.StateOf(1));
        Assert.EndsWith("accepted: another dataset", driver.Journal[^1].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Rollback_WhileAnotherIsOnItsWay_EndsThatAndTheCanary()
    {
        var driver = new DoormanDriver(1, Validated, Validated, Validated);
        driver.Promote(1);
        driver.Promote(2);
        driver.Canary(3, 10);
        driver.RollBack();
        Assert.Equal((1, null, Validated), (driver.Store.Current.Value, driver.Store.Canary, driver.StateOf(3)));

        driver.Prepares = false;
        driver.Promote(3);
        driver.RollBack(2);
        Assert.Equal(Validated, driver.StateOf(3));
        driver.FinishPreparing(2);
        Assert.Equal(2, driver.Store.Current.Value);
    }

    [Fact]
    public void Rollback_ToTheFormerVersion_NeedsNoPreparing()
    {
        var driver = new DoormanDriver(2, Validated, Validated);
        driver.Promote(1);
        driver.Promote(2);
        driver.Prepares = false;
        driver.RollBack();
        Assert.Equal(1, driver.Store.Current.Value);
    }

    [Fact]
    public void Gates_Refusing_RejectWithTheirReasonsAndNumbers()
    {
        var driver = new DoormanDriver(1, Registered);
        driver.Tell(new ValidateRequested(driver.Now, 7, "ann", "", new SnapshotVersion(1)));
        Assert.Equal(new RunGates(7, "ann", new SnapshotVersion(1)), driver.Commands.OfType<RunGates>().Single());

        driver.Tell(new GatesJudged(driver.Now, new SnapshotVersion(1), ["worse", "older"], new Dictionary<string, double> { ["recall"] = 0.1 }, 7, "ann"));
        Assert.Equal(new Answer(7, false, "Version 1 is rejected: worse older"), driver.Commands.OfType<Answer>().Single());
        var entry = driver.Journal.Single(entry => entry.Action == JournalAction.Rejected);
        Assert.Equal(["worse", "older"], entry.Reasons);
        Assert.Equal(0.1, entry.Metrics["recall"]);
        Assert.False(driver.Promote(1).IsAccepted);
    }

    [Theory]
    [InlineData(VersionState.Registered, "not validated")]
    [InlineData(VersionState.Rejected, "rejected")]
    [InlineData(VersionState.Retired, "retired")]
    [InlineData(VersionState.Collected, "collected")]
    public void Promote_FromAStateThatIsNotReady_IsRefused(VersionState state, string because)
    {
        var answer = new DoormanDriver(1, state).Promote(1);
        Assert.False(answer.IsAccepted);
        Assert.Contains(because, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ask_WhatCannotBe_IsRefusedAndChangesNothing()
    {
        var driver = new DoormanDriver(1, Validated, Validated, Validated);
        driver.Promote(1);
        driver.Canary(2, 10);
        var before = driver.Store;
        Assert.False(driver.Promote(9).IsAccepted);
        Assert.False(driver.Promote(1).IsAccepted);
        Assert.False(driver.Promote(3).IsAccepted);
        Assert.False(driver.Reject(1).IsAccepted);
        Assert.False(driver.Reject(9).IsAccepted);
        Assert.False(driver.RollBack(9).IsAccepted);
        Assert.False(driver.RollBack().IsAccepted);
        Assert.Equal(before, driver.Store);
    }

    [Fact]
    public void Collect_OldVersions_LeavesThree()
    {
        var driver = new DoormanDriver(1, Validated, Validated, Validated, Validated, Validated);
        for (var version = 1; version <= 5; version++)
        {
            driver.Promote(version);
        }

        Assert.Equal([1, 2], Retention.Collectable(driver.Store).Select(version => version.Value));
        Assert.Equal([1], Retention.Collectable(driver.Store, 4).Select(version => version.Value));
        Assert.True(driver.Ask((at, request) => new CollectRequested(at, request, "ann", "", new SnapshotVersion(1))).IsAccepted);
        Assert.True(driver.Ask((at, request) => new CollectRequested(at, request, "ann", "", new SnapshotVersion(2))).IsAccepted);
        Assert.False(driver.Ask((at, request) => new CollectRequested(at, request, "ann", "", new SnapshotVersion(3))).IsAccepted);
        Assert.Empty(Retention.Collectable(driver.Store));
        driver.RollBack();
        driver.RollBack();
        Assert.Equal(3, driver.Store.Current.Value);
    }

    [Fact]
    public void Collect_ForAnErasure_TakesAllThatDoesNotServe()
    {
        var driver = new DoormanDriver(1, Validated, Validated, Validated);
        driver.Promote(1);
        driver.Promote(2);
        Assert.False(Ask(1, isForErasure: false).IsAccepted);
        Assert.False(Ask(2, isForErasure: true).IsAccepted);
        Assert.True(Ask(1, isForErasure: true).IsAccepted);
        Assert.True(Ask(3, isForErasure: true).IsAccepted); // Never served, and never will be.
        Assert.Null(driver.Store.Former);
        Assert.False(driver.RollBack().IsAccepted);
        Assert.Equal(2, driver.Store.Current.Value);

        Answer Ask(int version, bool isForErasure) =>
            driver.Ask((at, request) => new CollectRequested(at, request, "ann", "", new SnapshotVersion(version), isForErasure));
    }

    [Fact]
    public void Collectable_AfterARollback_KeepsWhatTheNextOnesWouldNeed()
    {
        var driver = new DoormanDriver(1, Validated, Validated, Validated, Validated);
        for (var version = 1; version <= 4; version++)
        {
            driver.Promote(version);
        }

        driver.RollBack();
        Assert.Equal(3, driver.Store.Current.Value);
        Assert.Equal([4], Retention.Collectable(driver.Store).Select(version => version.Value));
    }
}
