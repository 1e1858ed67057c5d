using Buddies.Engine.Identifiers;
using Buddies.Training.Evaluation;

namespace Buddies.Training.Tests.Evaluation;

public sealed class BuddyMeasureTests
{
    // Pool: a b c d e. Friends: a-b, a-c, d-e.
    private static readonly FriendshipGraph s_graph = new([Pair("b", "a"), Pair("a", "c"), Pair("d", "e"), Pair("a", "b"), Pair("c", "c")]);

    [Fact]
    public void Graph_PairsGivenTwiceOrWithOneself_CountOnce()
    {
        Assert.Equal(["a", "b", "c", "d", "e"], s_graph.Pool.Select(user => user.Value));
        Assert.Equal([1, 2], s_graph.FriendsOf(0).ToArray());
        Assert.Equal([0], s_graph.FriendsOf(1).ToArray());
        Assert.Equal([4], s_graph.FriendsOf(3).ToArray());
    }

    [Fact]
    public void Measure_HandMadeScores_GivesTheKnownAnswer()
    {
        // One row of scores for all: a 5, b 4, c 3, d 2, e 1; the listener's own never counts.
        var (recalls, aucs) = BuddyMeasure.Measure(s_graph, 2, (_, scores) => new float[] { 5, 4, 3, 2, 1 }.CopyTo(scores), default);

        // a sees b c: both friends. b sees a c: its one friend. c sees a b: its one friend. d and e see a b: none.
        Assert.Equal([1, 1, 1, 0, 0], recalls);

        // d's friend e stands below all three others; e's friend d below a, b and c.
        Assert.Equal([1, 1, 1, 0, 0], aucs);
    }

    [Fact]
    public void Measure_HalfOfTheFriendsFound_CountsHalf()
    {
        var (recalls, aucs) = BuddyMeasure.Measure(s_graph, 1, (_, scores) => new float[] { 0, 9, 1, 8, 2 }.CopyTo(scores), default);
        Assert.Equal(0.5, recalls[0]);

        // a: friends b 9 and c 1 against d 8 and e 2: b beats both, c none.
        Assert.Equal(0.5, aucs[0]);
    }

    [Fact]
    public void Measure_AllScoresEqual_HasAnAucOfOneHalf()
    {
        var (_, aucs) = BuddyMeasure.Measure(s_graph, 1, (_, scores) => scores.Clear(), default);
        Assert.All(aucs, auc => Assert.Equal(0.5, auc));
    }

    [Fact]
    public void Bootstrap_KnownValues_GivesMeanAndAnIntervalAroundIt()
    {
        var random = new Random(3);
        double[] values = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble()), double.NaN];
        var mean = Bootstrap.Mean(values, 1);
        Assert.Equal(values[..400].Average(), mean.Value, 1e-12);

        // A uniform value deviates by 1/√12; the mean of 400 by a twentieth of that; the interval spans ±1.96 of it.
        Assert.InRange(mean.High - mean.Low, 0.9 * 2 * 1.96 / Math.Sqrt(12 * 400), 1.1 * 2 * 1.96 / Math.Sqrt(12 * 400));
        Assert.InRange(mean.Value, mean.Low, mean.High);
        Assert.Equal(mean, Bootstrap.Mean(values, 1));
        Assert.Equal(default, Bootstrap.Mean([double.NaN], 1));
    }

    private static (UserId, UserId) Pair(string first, string second) => (new UserId(first), new UserId(second));
}
