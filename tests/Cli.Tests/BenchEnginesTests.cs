using Buddies.Cli.Bench;

namespace Buddies.Cli.Tests;

/// <summary>What every engine of the benchmark promises, on a world that is small enough to compare with brute force.</summary>
public sealed class BenchEnginesTests
{
    private const int K = 10;
    private const double RecallFloor = 0.95;

    private static readonly WorldShape s_shape = new(Count: 700, Dimension: 64, Moves: 600, Seed: 3);

    public static TheoryData<string, int> Engines()
    {
        var data = new TheoryData<string, int>();
        foreach (var engine in BenchEngines.All)
        {
            data.Add(engine.Name, 1);
            data.Add(engine.Name, 3);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Own_AfterEveryCall_MoversListsAreTrue(string name, int threads)
    {
        var (recall, lists) = Replay(name, threads, BenchPhase.Own, (engine, moves, first, count) =>
            [.. Enumerable.Range(first, count).Select(moves.UserOf).Distinct()]);
        Assert.True(recall >= (name == "exact" ? 1 : RecallFloor), $"{name}, {threads} threads: recall {recall} of {lists} lists");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void All_WhileEverybodyMoves_EveryListIsTrue(string name, int threads)
    {
        var (recall, lists) = Replay(name, threads, BenchPhase.All, (engine, moves, first, count) =>
            first % 100 < count ? [.. Enumerable.Range(0, s_shape.Count)] : []);
        Assert.True(recall >= (name == "exact" ? 1 : RecallFloor), $"{name}, {threads} threads: recall {recall} of {lists} lists");
    }

    /// <summary>The measure itself: lists that nobody keeps true fall behind, and the recall shows it.</summary>
    [Fact]
    public void RecallOf_ListsThatMissAllMoves_Falls()
    {
        var (vectors, moves) = CreateWorld();
        var setup = new BenchSetup(s_shape.Count, s_shape.Dimension, K, 1, BenchPhase.All);
        using var engine = new ExactBenchEngine();
        engine.Build(setup, vectors);
        var state = new WorldState(s_shape, vectors, moves);
        state.AdvanceTo(moves.Count);
        var list = new int[K];
        var recall = Enumerable.Range(0, s_shape.Count).Average(user => state.RecallOf(user, list.AsSpan(0, engine.ReadList(user, list)), K));
        Assert.InRange(recall, 0.1, 0.99);
    }

    [Fact]
    public void RecallOf_OneGoodBuddyTwice_CountsOnce()
    {
        var (vectors, moves) = CreateWorld();
        using var engine = new ExactBenchEngine();
        engine.Build(new BenchSetup(s_shape.Count, s_shape.Dimension, K, 1, BenchPhase.All), vectors);
        var list = new int[K];
        engine.ReadList(5, list);
        var state = new WorldState(s_shape, vectors, moves);
        Assert.Equal(1.0 / K, state.RecallOf(5, [list[0], list[0], 5, -1, s_shape.Count], K), 1e-9);
    }

    private static (double Recall, int Lists) Replay(string name, int threads, BenchPhase phase, Func<IBuddyBenchEngine, MoveLog, int, int, int[]> whose)
    {
        var (vectors, moves) = CreateWorld();
        var kind = BenchEngines.Named(name).Single();
        var setup = new BenchSetup(s_shape.Count, s_shape.Dimension, K, threads, phase);
        if (kind.WhyNot(setup) is not null)
        {
            return (1, 0);
        }

        using var engine = kind.Create();
        engine.Build(setup, vectors);
        var state = new WorldState(s_shape, vectors, moves);
        var list = new int[K];
        var (sum, lists) = (0.0, 0);
        for (int first = 0, count; first < moves.Count; first += count)
        {
            count = Math.Min(engine.MovesPerCall, moves.Count - first);
            engine.Move(moves, first, count);
            state.AdvanceTo(first + count);
            foreach (var user in whose(engine, moves, first, count))
            {
                sum += state.RecallOf(user, list.AsSpan(0, engine.ReadList(user, list)), K);
                lists++;
            }
        }

        return (sum / lists, lists);
    }

    private static (float[] Vectors, MoveLog Moves) CreateWorld()
    {
        var centres = WorldGenerator.CreateCentres(s_shape);
        var (vectors, centreOf) = WorldGenerator.CreateVectors(s_shape, centres);
        return (vectors, WorldGenerator.CreateMoves(s_shape, vectors, centreOf, centres).Moves);
    }
}
