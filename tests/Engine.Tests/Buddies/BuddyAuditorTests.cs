using System.Numerics.Tensors;
using Buddies.Engine.Buddies;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Buddies;

/// <summary>The audit tells true sets from false ones.</summary>
public sealed class BuddyAuditorTests
{
    private const int Users = 400;
    private const int Dimension = 8;
    private const int K = 10;

    private readonly Random _random = new(5);
    private readonly Dictionary<int, float[]> _vectors = [];

    private static BuddyAuditOptions Options => new(Samples: 40, Window: 40, RecallFloor: 0.9);

    [Fact]
    public void Audit_TrueSets_FindsRecallOne()
    {
        using var cells = Make(CellMap.OneCell(Dimension), activate: 40);
        var auditor = new BuddyAuditor(cells, Dimension, Options);
        Assert.Null(auditor.Figures.Recall);
        cells.Now = 4000;
        Assert.Equal(new AuditRound(40, 0, FloorCrossing.None, 1, 40), auditor.Run(Users, -1, default));
        var figures = auditor.Figures;
        Assert.Equal((1.0, 4.0, 4.0), (figures.Recall, figures.AgeP50Seconds, figures.AgeP99Seconds));
        Assert.InRange(figures.SlackSpent ?? -1, 0, 1);
    }

    [Fact]
    public void Audit_SetsThatLookIntoTooFewCells_FindsTheRecallOfAnIndependentBruteForce_AndSaysSoOnce()
    {
        // No cell probes another, so whoever stands at an edge misses the buddies on the other side.
        using var cells = Make(EdgeBlind(), activate: 40);
        var auditor = new BuddyAuditor(cells, Dimension, Options);
        var round = auditor.Run(Users, -1, default);
        var expected = Enumerable.Range(0, 40).Average(user => RecallOf(cells, user));
        Assert.InRange(expected, 0.2, 0.85);
        Assert.Equal(expected, auditor.Figures.Recall ?? 0, 1e-9);
        Assert.Equal((40, FloorCrossing.Fell, 40), (round.Compared, round.Crossing, round.Samples));
        Assert.Equal(expected, round.Recall, 1e-9);
        Assert.Equal(FloorCrossing.None, auditor.Run(Users, -1, default).Crossing);

        // All in one cell, where everybody sees everybody: the same sets become true.
        for (var user = 0; user < Users; user++)
        {
            _vectors[user] = Near([1, 0, 0, 0, 0, 0, 0, 0]);
            cells.Move([user], _vectors[user]);
        }

        Assert.Equal((FloorCrossing.Recovered, 1.0), (auditor.Run(Users, -1, default).Crossing, auditor.Figures.Recall));
        Assert.Equal(FloorCrossing.None, auditor.Run(Users, -1, default).Crossing);
    }

    [Fact]
    public void Audit_APositionThatNobodyHas_IsNotLookedAt()
    {
        using var cells = Make(CellMap.OneCell(Dimension), activate: 40);
        var auditor = new BuddyAuditor(cells, Dimension, Options);
        Assert.Equal(39, auditor.Run(Users, 7, default).Compared);
        Assert.Equal(40, auditor.Run(Users, 399, default).Compared);
    }

    [Fact]
    public void Sample_OfListenersWithASet_HasEachOnce()
    {
        using var cells = Make(CellMap.OneCell(Dimension), activate: 40);
        for (var user = 0; user < 40; user += 2)
        {
            cells.Deactivate(user);
        }

        var users = new int[40];
        Assert.Equal(20, cells.Sample(_random, users));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (2 * i) + 1), users[..20].Order());
        var seen = new HashSet<int>();
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(3, cells.Sample(_random, users.AsSpan(0, 3)));
            Assert.Equal(3, users[..3].Distinct().Count());
            seen.UnionWith(users[..3]);
        }

        Assert.Equal(20, seen.Count);
    }

    [Theory]
    [InlineData(1, 5000)]
    [InlineData(100, 5000)]
    [InlineData(200, 10_000)]
    public void RestAfter_Work_IsTheIntervalOrFiftyTimesTheWork(int work, int rest) =>
        Assert.Equal(TimeSpan.FromMilliseconds(rest), BuddyAuditor.RestAfter(TimeSpan.FromMilliseconds(work), TimeSpan.FromSeconds(5)));

    [Fact]
    public async Task Audit_WhileListenersMove_TakesNoTrueSetForAFalseOne()
    {
        const int Sampled = 40;
        using var cells = Make(CellMap.OneCell(Dimension), activate: Sampled);
        var auditor = new BuddyAuditor(cells, Dimension, new BuddyAuditOptions(Sampled, Sampled * 50));
        using var enough = new CancellationTokenSource();
        var movers = Enumerable.Range(0, 2).Select(mover => Task.Run(() =>
        {
            var random = new Random(mover);
            var vector = new float[Dimension];
            while (!enough.IsCancellationRequested)
            {
                for (var i = 0; i < Dimension; i++)
                {
                    vector[i] = (float)(random.NextDouble() - 0.5);
                }

                // Each has its own listeners; of those who are looked at some move too.
                VectorKernels.Normalize(vector);
                cells.Move((random.Next(Sampled / 4, Users / 2) * 2) + mover, vector);
            }
        })).ToArray();
        for (var round = 0; round < 50; round++)
        {
            auditor.Run(Users, -1, default);
        }

        await enough.CancelAsync();
        await Task.WhenAll(movers);

        // At every moment two listeners are half way, where nothing is promised: of those who are looked at one in forty or so.
        Assert.InRange(auditor.Figures.Recall ?? 0, 0.95, 1);
    }

    [Fact]
    public void Audit_NobodyActiveOrAlone_HasNothingToSay()
    {
        using var cells = Make(CellMap.OneCell(Dimension), activate: 0);
        var auditor = new BuddyAuditor(cells, Dimension, Options);
        auditor.Run(Users, -1, default);
        Assert.Equal(new AuditFigures(null, null, null, null), auditor.Figures);
        for (var user = 1; user < Users; user++)
        {
            cells.Remove(user);
        }

        cells.Activate(0);
        auditor.Run(Users, -1, default);
        Assert.Null(auditor.Figures.Recall);
    }

    private static CellMap EdgeBlind()
    {
        var centroids = new float[Dimension * Dimension];
        for (var cell = 0; cell < Dimension; cell++)
        {
            centroids[(cell * Dimension) + cell] = 1;
        }

        return new CellMap(centroids, Dimension, [.. Enumerable.Range(0, Dimension).Select(cell => new[] { cell })]);
    }

    private BuddyCells Make(CellMap map, int activate)
    {
        var cells = new BuddyCells(map, K, 4);
        for (var user = 0; user < Users; user++)
        {
            _vectors[user] = Near(new float[Dimension]);
            cells.Move([user], _vectors[user]);
        }

        for (var user = 0; user < activate; user++)
        {
            cells.Activate(user);
        }

        return cells;
    }

    private float[] Near(float[] middle)
    {
        float[] vector = [.. middle.Select(value => value + (float)((_random.NextDouble() - 0.5) * 0.4))];
        VectorKernels.Normalize(vector);
        return vector;
    }

    private double RecallOf(BuddyCells cells, int user)
    {
        var (listed, similarities) = (new int[K], new float[K]);
        var found = cells.Read(user, listed, similarities);
        var last = _vectors.Where(other => other.Key != user).Select(other => SimilarityOf(user, other.Key)).OrderDescending().ElementAt(K - 1);
        return listed[..found].Count(other => SimilarityOf(user, other) >= last - 1e-4) / (double)K;
    }

    private float SimilarityOf(int user, int other) => TensorPrimitives.Dot<float>(_vectors[user], _vectors[other]);
}
