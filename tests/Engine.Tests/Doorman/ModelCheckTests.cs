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
        Nodes = 1, Operators = "PB", OwnerCrashes = 1, NodeCrashes = 1, Refusals = 1, Timeouts = 1, LostAnswers = 1,
    });

    [Fact]
    public void OneNode_CanaryPromoteAndReject_KeepsAllPromises() => Holds(new ModelBounds
    {
        Nodes = 1, Operators = "CPR", OwnerCrashes = 1, NodeCrashes = 1, Refusals = 0, Timeouts = 0, LostAnswers = 0,
    });

    [Fact]
    public void TwoNodes_Promote_KeepsAllPromises() => Holds(new ModelBounds
    {
        Nodes = 2, Operators = "P", OwnerCrashes = 1, NodeCrashes = 1, Refusals = 0, Timeouts = 1, LostAnswers = 0, Depth = 14,
    });

    [Fact]
    public void ThreeNodes_Promote_KeepsAllPromises() => Holds(new ModelBounds
    {
        Nodes = 3, Operators = "P", OwnerCrashes = 1, NodeCrashes = 1, Refusals = 0, Timeouts = 1, LostAnswers = 0, Depth = 10,
    });

    /// <summary>The check itself can fail: each broken protocol is caught.</summary>
    [Theory]
    [InlineData(ModelFault.CommitBeforeAcknowledgements, "half")]
    [InlineData(ModelFault.NoEpochInTheCompareAndSet, "is lost to")]
    [InlineData(ModelFault.SayBeforeItIsDurable, "which never was")]
    [InlineData(ModelFault.AcknowledgeBeforePrepared, "half")]
    [InlineData(ModelFault.FenceOnPaperOnly, "half")]
    [InlineData(ModelFault.StartsNotToldApart, "half")]
    [InlineData(ModelFault.ServeUnprepared, "not prepared")]
    [InlineData(ModelFault.NoTimeout, "not decided")]
    [InlineData(ModelFault.OwnerForgetsTheRecord, "is lost to")]
    public void BrokenOnPurpose_IsCaught(ModelFault fault, string because)
    {
        var bounds = fault == ModelFault.FenceOnPaperOnly
            ? new ModelBounds { Nodes = 3, Operators = "P", OwnerCrashes = 0, NodeCrashes = 0, Timeouts = 1, LostAnswers = 0, ReportsUnderWay = 1 }
            : new ModelBounds { Nodes = 1, Operators = "PB", OwnerCrashes = 1, NodeCrashes = 1, Timeouts = 1, LostAnswers = 1 };
        var result = ModelExplorer.Explore(bounds, fault);
        output.WriteLine($"{fault}: {result}");
        Assert.Contains(because, result.Violation ?? $"nothing: {result}", StringComparison.Ordinal);
    }

    private void Holds(ModelBounds bounds)
    {
        var result = ModelExplorer.Explore(bounds);
        output.WriteLine($"{bounds}\n{result}");
        Assert.True(result.Violation is null, $"{result}");
        Assert.False(result.IsCutOff, $"{result}");
    }
}
