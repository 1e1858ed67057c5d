using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Doorman;

public sealed class DoormanProtocolTests
{
    private const VersionState Validated = VersionState.Validated;

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
    public void Node_ThatLeavesWhileItIsBeingAdmitted_IsShutOut()
    {
        var driver = new DoormanDriver(1, Validated);
        var node = new Member(new NodeId("b"), 1);
        var admission = Assert.IsType<PersistRecord>(Assert.Single(driver.Owner.Handle(new NodeReported(driver.Now, new NodeReport(node, 0, 0, [], []))).OfType<PersistRecord>()));
        Assert.Empty(driver.Owner.Handle(new NodeLeft(driver.Now, node, "gone")));
        var commands = driver.Owner.Handle(new RecordPersisted(driver.Now, admission.Next.Epoch));
        Assert.Equal([node], Assert.Single(commands.OfType<PersistRecord>()).Next.Fencing);
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
    public void Handle_BeforeTheRecordIsDurable_SaysNothingToNodesAndAnswersNobody()
    {
        var driver = new DoormanDriver(1, Validated);
        var commands = driver.Owner.Handle(new RolloutRequested(driver.Now, 5, "ann", "", new SnapshotVersion(1), RolloutGoal.Current));
        Assert.IsType<PersistRecord>(Assert.Single(commands));
        Assert.Empty(driver.Owner.Handle(new RejectRequested(driver.Now, 6, "ann", "", new SnapshotVersion(1))));
    }
}
