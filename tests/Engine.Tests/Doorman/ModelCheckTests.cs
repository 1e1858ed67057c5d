using Xunit.Abstractions;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>
/// Explores what can happen to the doorman's protocol, to a stated depth, and asserts in every state: one current version
/// per epoch, which is never lost; nobody serves what is not prepared; nothing new comes in while an admitted node lacks it
/// or a node that was shut out still serves. A fair end of every state is decided, and a rollback from there succeeds.
/// </summary>
public sealed class ModelCheckTests(ITestOutputHelper output)
{
    [Fact]
    public void OneNode_EveryOperatorInAnyOrder_KeepsAllPromises() => Holds(new ModelBounds
    {
        Nodes = 1, Operators = "PB", OwnerCrashes = 1, NodeCrashes = 1, Refusals = 1, Timeouts = 1, LostAnswers = 1,
    });

    private void Holds(ModelBounds bounds)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var result = ModelExplorer.Explore(bounds);
        output.WriteLine($"{bounds}\n{result} {watch.Elapsed}");
        Assert.True(result.Violation is null, $"{result}");
        Assert.False(result.IsCutOff, $"{result}");
    }
}
