using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Doorman;

public sealed class DoormanProtocolTests
{
    private const VersionState Registered = VersionState.Registered, Validated = VersionState.Validated;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Promote_ValidatedVersion_IsPreparedEverywhereAndThenServedByAll(int nodes)
    {
        var driver = new DoormanDriver(nodes, Validated);
        Assert.True(driver.Promote(1).IsAccepted);

        Assert.Equal((new SnapshotVersion(1), VersionState.Current), (driver.Store.Current, driver.StateOf(1)));
        Assert.Equal(
            [JournalAction.Preparing, JournalAction.Ready, JournalAction.Current],
            driver.Journal.Where(entry => entry.Version.Value == 1).Select(entry => entry.Action));
        Assert.All(driver.Journal.Where(entry => entry.Action == JournalAction.Current), entry => Assert.Equal(("ann", "because", driver.Now), (entry.Who, entry.Why, entry.At)));
        Assert.All(driver.Nodes.Values, node => Assert.Equal(new NodeServing(driver.Store.Epoch, new SnapshotVersion(1), null), node.Serving));
    }

    [Fact]
    public void Promote_NotEveryNodePrepared_ServesNothingNew()
    {
        var driver = new DoormanDriver(2, Validated, Validated);
        driver.Promote(1);
        driver.Silent.Add("b");
        driver.Promote(2);

        Assert.Equal((new SnapshotVersion(1), VersionState.Preparing), (driver.Store.Current, driver.StateOf(2)));
        driver.Silent.Clear();
        driver.Tick(TimeSpan.FromSeconds(1));
        Assert.Equal(new SnapshotVersion(2), driver.Store.Current);
        Assert.Equal(VersionState.Retired, driver.StateOf(1));
    }

    [Fact]
    public void Promote_WithoutANode_WaitsForOne()
    {
        var driver = new DoormanDriver(0, Validated);
        Assert.True(driver.Promote(1).IsAccepted);
        Assert.Equal(0, driver.Store.Current.Value);
        driver.Tick(TimeSpan.FromDays(1));
        Assert.Equal(VersionState.Preparing, driver.StateOf(1));

        driver.Start("a");
        Assert.Equal(1, driver.Store.Current.Value);
    }

    [Fact]
    public void Timeout_MostHaveIt_ShutsTheOthersOutFirst()
    {
        var driver = new DoormanDriver(3, Validated, Validated);
        driver.Promote(1);
        driver.Silent.Add("c");
        driver.Promote(2);
        driver.Tick(TimeSpan.FromMinutes(9));
        Assert.Equal(1, driver.Store.Current.Value);

        driver.Tick(TimeSpan.FromMinutes(1));
        Assert.Equal(2, driver.Store.Current.Value);
        Assert.Equal(["a", "b"], driver.Store.Nodes.Select(node => node.Node.Value));
        Assert.Null(driver.Nodes["c"].Serving);
        var actions = driver.Journal.Select(entry => entry.Action).ToList();
        Assert.True(actions.IndexOf(JournalAction.ShutOut) < actions.IndexOf(JournalAction.Fenced));
        Assert.True(actions.IndexOf(JournalAction.Fenced) < actions.LastIndexOf(JournalAction.Current));

        driver.Silent.Clear();
        driver.Tick(TimeSpan.FromSeconds(1));
        Assert.Equal(3, driver.Store.Nodes.Count);
        Assert.Equal(2, driver.Nodes["c"].Serving!.Current.Value);
    }

    [Fact]
    public void Timeout_HalfHaveIt_GivesItUp()
    {
        var driver = new DoormanDriver(2, Validated, Validated);
        driver.Promote(1);
        driver.Silent.Add("b");
        driver.Promote(2);
        driver.Tick(TimeSpan.FromMinutes(10));

        Assert.Equal((1, Validated), (driver.Store.Current.Value, driver.StateOf(2)));
        Assert.Equal("1 of 2 nodes had prepared it in time.", driver.Journal.Single(entry => entry.Action == JournalAction.Aborted).Why);
        Assert.True(driver.Store.IsDecided);
    }

    [Fact]
    public void Refusal_OfOneNode_RejectsTheVersionWithItsReason()
    {
        var driver = new DoormanDriver(3, Validated, Validated);
        driver.Promote(1);
        driver.Refusing[("b", 2)] = "user-vectors.f32: expected SHA-256 aa, found bb.";
        driver.Promote(2);

        Assert.Equal((1, VersionState.Rejected), (driver.Store.Current.Value, driver.StateOf(2)));
        Assert.Equal(["user-vectors.f32: expected SHA-256 aa, found bb."], driver.Store.Find(new SnapshotVersion(2))!.Reasons);
        var entry = driver.Journal.Single(entry => entry.Action == JournalAction.Rejected);
        Assert.Equal("b (start 1)", entry.Who);
        Assert.Equal(driver.Store.Find(new SnapshotVersion(2))!.Reasons, entry.Reasons);
        Assert.All(driver.Nodes.Values, node => Assert.Equal(1, node.Serving!.Current.Value));
    }

    [Fact]
    public void Refusal_ThenValidatedAndPromotedAgain_IsTriedAgain()
    {
        var driver = new DoormanDriver(1, Validated);
        driver.Refusing[("a", 1)] = "the disk is full";
        driver.Promote(1);
        Assert.Equal(VersionState.Rejected, driver.StateOf(1));

        driver.Refusing.Clear();
        driver.Tell(new GatesJudged(driver.Now, new SnapshotVersion(1), [], new Dictionary<string, double>(), 99, "ann"));
        driver.Promote(1);
        Assert.Equal(1, driver.Store.Current.Value);
    }

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
    public void Owner_RestartedInTheMiddle_GoesOn()
    {
        var driver = new DoormanDriver(2, Validated) { Prepares = false };
        driver.Promote(1);
        driver.Restart();
        driver.FinishPreparing(1);
        Assert.Equal((1, "ann"), (driver.Store.Current.Value, driver.Journal.Last(entry => entry.Action == JournalAction.Current).Who));
    }

    [Fact]
    public void Owner_BesideAFasterOne_TakesItsRecordAndAsksAgain()
    {
        var driver = new DoormanDriver(1, Validated, Validated);
        var other = driver.Store with { Epoch = driver.Store.Epoch + 1, Versions = [driver.Store.Versions[0], driver.Store.Versions[1] with { State = VersionState.Rejected }] };
        driver.Store = other;
        Assert.False(driver.Promote(2).IsAccepted);
        Assert.True(driver.Promote(1).IsAccepted);
        Assert.Equal((1, VersionState.Rejected), (driver.Store.Current.Value, driver.StateOf(2)));
    }

    [Fact]
    public void Node_ThatJoinsLater_ServesOnlyWhenItHasPrepared()
    {
        var driver = new DoormanDriver(1, Validated);
        driver.Promote(1);
        driver.Prepares = false;
        driver.Start("b");
        Assert.Null(driver.Nodes["b"].Serving);
        Assert.Single(driver.Store.Nodes);

        driver.FinishPreparing(1);
        Assert.Equal(1, driver.Nodes["b"].Serving!.Current.Value);
        Assert.Equal(2, driver.Store.Nodes.Count);
    }

    [Fact]
    public void Node_ThatLeft_IsNotWaitedFor()
    {
        var driver = new DoormanDriver(2, Validated, Validated);
        driver.Promote(1);
        driver.Silent.Add("b");
        driver.Promote(2);
        driver.Tell(new NodeLeft(driver.Now, driver.Nodes["b"].Self, "it stopped"));
        Assert.Equal(2, driver.Store.Current.Value);
        Assert.Equal("it stopped", driver.Journal.Single(entry => entry.Action == JournalAction.ShutOut).Why);
    }

    [Fact]
    public void Node_ThatStartsAgain_TakesItsOwnPlace()
    {
        var driver = new DoormanDriver(1, Validated);
        driver.Promote(1);
        driver.Start("a");
        Assert.Equal([new Member(new NodeId("a"), 2)], driver.Store.Nodes);
        Assert.Equal(1, driver.Nodes["a"].Serving!.Current.Value);
        Assert.DoesNotContain(driver.Journal, entry => entry.Action == JournalAction.ShutOut);
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
    public void Handle_BeforeTheRecordIsDurable_SaysNothingToNodesAndAnswersNobody()
    {
        var driver = new DoormanDriver(1, Validated);
        var commands = driver.Owner.Handle(new RolloutRequested(driver.Now, 5, "ann", "", new SnapshotVersion(1), RolloutGoal.Current));
        Assert.IsType<PersistRecord>(Assert.Single(commands));
        Assert.Empty(driver.Owner.Handle(new RejectRequested(driver.Now, 6, "ann", "", new SnapshotVersion(1))));
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
