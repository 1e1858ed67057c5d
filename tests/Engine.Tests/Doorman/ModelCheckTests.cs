using Xunit.Abstractions;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>
/// Explores what can happen to the doorman's protocol, and asserts in every state: one current version per epoch, which is
/// never lost; nobody serves what is not prepared; nothing new comes in while an admitted node lacks it, or a node that was
/// shut out still serves. A fair end of every state is decided, and where most nodes live a rollback from there succeeds.
/// </summary>
public sealed class ModelCheckTests(ITestOutputHelper output)
{
    [Fact]
    public void OneNode_PromoteAndRollBack_KeepsAllPromises() => Holds(new ModelBounds
    {
        Nodes = 1, Operators = "PB", OwnerCrashes = 1, NodeCrashes = 1, Refusals = 1, Timeouts = 1, LostAnswers = 1, Depth = 13,
    });

    [Fact]
    public void OneNode_CanaryPromoteAndReject_KeepsAllPromises() => Holds(new ModelBounds
    {
        Nodes = 1, Operators = "CPR", OwnerCrashes = 1, NodeCrashes = 1, Timeouts = 0, LostAnswers = 0, Depth = 10,
    });

    [Fact]
    public void TwoNodes_EverythingFails_KeepsAllPromises() => Holds(new ModelBounds
    {
        Nodes = 2, Operators = "P", OwnerCrashes = 1, NodeCrashes = 1, FalseDeaths = 1, Refusals = 1, Timeouts = 1, LostAnswers = 1, Depth = 7,
    });

    [Fact]
    public void TwoNodes_OneTakenForDead_KeepsAllPromises() => Holds(new ModelBounds
    {
        Nodes = 2, Operators = "P", OwnerCrashes = 0, NodeCrashes = 0, FalseDeaths = 1, Timeouts = 0, LostAnswers = 0, ReportsUnderWay = 1, Depth = 14,
    });

    [Fact]
    public void ThreeNodes_SilentOnesShutOut_KeepsAllPromises() => Holds(new ModelBounds
    {
        Nodes = 3, Operators = "P", OwnerCrashes = 0, NodeCrashes = 0, Timeouts = 1, LostAnswers = 0, ReportsUnderWay = 1, Depth = 12,
    });

    [Fact]
    public void ThreeNodes_OwnerAndNodeDie_KeepsAllPromises() => Holds(new ModelBounds
    {
        Nodes = 3, Operators = "P", OwnerCrashes = 1, NodeCrashes = 1, Timeouts = 1, LostAnswers = 0, Depth = 7,
    });

    /// <summary>The check itself can fail: each broken protocol is caught.</summary>
    [Theory]
    [InlineData(ModelFault.CommitBeforeAcknowledgements, "P", 1, "half")]
    [InlineData(ModelFault.NoEpochInTheCompareAndSet, "PR", 1, "is lost to another one", "owner")]
    [InlineData(ModelFault.SayBeforeItIsDurable, "P", 1, "which never was")]
    [InlineData(ModelFault.AcknowledgeBeforePrepared, "P", 1, "half")]
    [InlineData(ModelFault.FenceOnPaperOnly, "P", 2, "half", "suspicion")]
    [InlineData(ModelFault.StartsNotToldApart, "P", 1, "half", "node")]
    [InlineData(ModelFault.ServeUnprepared, "P", 1, "half")]
    [InlineData(ModelFault.NoTimeout, "P", 2, "not decided", "node")]
    [InlineData(ModelFault.OwnerForgetsTheRecord, "PR", 1, "where 2 is current", "owner")]
    public void BrokenOnPurpose_IsCaught(ModelFault fault, string operators, int nodes, string because, string crash = "")
    {
        var bounds = new ModelBounds
        {
            Nodes = nodes,
            Operators = operators,
            OwnerCrashes = crash == "owner" ? 1 : 0,
            NodeCrashes = crash == "node" ? 1 : 0,
            FalseDeaths = crash == "suspicion" ? 1 : 0,
            Timeouts = 0,
            LostAnswers = 0,
        };
        var result = ModelExplorer.Explore(bounds, fault, asksForTheEnd: fault == ModelFault.NoTimeout);
        output.WriteLine($"{fault}: {result}");
        Assert.Contains(because, result.Violation ?? $"nothing: {result}", StringComparison.Ordinal);

        // The same world without the fault keeps its promises as far.
        var whole = ModelExplorer.Explore(bounds with { Depth = result.Depth + 1 }, asksForTheEnd: fault == ModelFault.NoTimeout);
        Assert.True(whole.Violation is null, $"{whole}");
    }

    private void Holds(ModelBounds bounds)
    {
        var result = ModelExplorer.Explore(bounds);
        output.WriteLine($"{bounds}\n{result}");
        Assert.True(result.Violation is null, $"{result}");
        Assert.False(result.IsCutOff, $"{result}");
    }
}
