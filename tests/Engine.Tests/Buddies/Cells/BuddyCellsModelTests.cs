using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Buddies.Cells;

/// <summary>After any sequence of changes, every buddy set equals brute force over its probed cells.</summary>
public sealed class BuddyCellsModelTests
{
    private const int Users = 160;

    [Theory]
    [InlineData(1, 1, 8, 5, 3)]
    [InlineData(2, 1, 17, 10, 1)]
    [InlineData(3, 6, 16, 7, 1)]
    [InlineData(4, 12, 64, 23, 1)]
    [InlineData(5, 12, 10, 3, 2)]
    [InlineData(6, 30, 33, 7, 1)]
    [InlineData(7, 6, 3, 15, 1)]
    public void AnySequence_EverySetEqualsBruteForce(int seed, int cells, int dimension, int count, int slack)
    {
        var random = new Random(seed);
        var map = MakeMap(random, cells, dimension);
        using var index = new BuddyCells(map, count, slack);
        var model = new BuddyModel(map, count);
        for (var step = 0; step < 400; step++)
        {
            var (before, versions) = (model.ReadAll(index), model.ReadVersions(index));
            Act(random, index, model, dimension);
            model.AssertEqual(index, $"seed {seed}, step {step}");
            AssertVersionsTell(before, versions, model.ReadAll(index), index, $"seed {seed}, step {step}");
        }

        Assert.True(index.Refills > 0, "the sequence never made a set run short");
    }

    /// <summary>The proof that the comparison with brute force can fail: a watcher that misses one change is found out.</summary>
    [Fact]
    public void WatcherThatMissesAChange_IsFoundOut()
    {
        const int Dimension = 16;
        var random = new Random(11);
        var map = CellMap.OneCell(Dimension);
        using var index = new BuddyCells(map, 5, 3);
        var model = new BuddyModel(map, 5);
        for (var user = 0; user < 40; user++)
        {
            var vector = MakeVector(random, Dimension);
            index.Move([user], vector);
            model.Move(user, vector, 0);
        }

        index.Activate(7);
        model.Active.Add(7);
        model.AssertEqual(index, "before");
        index.Deafen(7);

        // Somebody comes to stand where the listener stands: the first buddy from now on, had it been heard.
        var twin = model.Find(7)!.ToArray();
        index.Move([8], twin);
        model.Move(8, twin, 0);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => model.AssertEqual(index, "after"));
    }

    [Fact]
    public void Move_SteadyState_AllocatesNothing()
    {
        const int Dimension = 64;
        var random = new Random(3);
        using var index = new BuddyCells(MakeMap(random, 8, Dimension), 20, 10);
        for (var user = 0; user < 500; user++)
        {
            index.Move([user], MakeVector(random, Dimension));
            index.Activate(user);
        }

        var users = new int[16];
        var vectors = new float[16 * Dimension];
        for (var round = 0; round < 400; round++)
        {
            Nudge(random, index, users, vectors);
            index.Move(users, vectors);
        }

        long allocated = 0;
        for (var round = 0; round < 200; round++)
        {
            Nudge(random, index, users, vectors);
            var before = GC.GetAllocatedBytesForCurrentThread();
            index.Move(users, vectors);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Activate_ManyAtOnce_EqualsBruteForce()
    {
        const int Dimension = 24;
        var random = new Random(8);
        var map = MakeMap(random, 5, Dimension);
        using var index = new BuddyCells(map, 10, 4);
        var model = new BuddyModel(map, 10);
        for (var user = 0; user < 400; user++)
        {
            var vector = MakeVector(random, Dimension);
            index.Move([user], vector);
            model.Move(user, vector, index.CellOf(user));
            model.Active.Add(user);
        }

        index.Activate(3);
        index.Activate([.. Enumerable.Range(0, 400)]);
        Assert.Equal(400, index.ActiveCount);
        model.AssertEqual(index, "all at once");
        Assert.Throws<ArgumentException>(() => index.Activate([1, 400]));
    }

    [Theory]
    [InlineData(1.5f, 0)]
    [InlineData(0, 0)]
    [InlineData(float.NaN, 1)]
    [InlineData(float.PositiveInfinity, 0)]
    public void Move_NotOfUnitLength_ThrowsAndLeavesTheListenerWhereItWas(float first, float second)
    {
        using var index = new BuddyCells(CellMap.OneCell(2), 1, 1);
        index.Move(1, [0, 1]);
        Assert.Throws<ArgumentException>(() => index.Move(1, [first, second]));
        Assert.Throws<ArgumentException>(() => index.Move(2, [first, second]));
        var vector = new float[2];
        Assert.True(index.CopyVector(1, vector));
        Assert.Equal([0, 1], vector);
        Assert.Equal(1, index.Residents);
    }

    [Fact]
    public void EqualVectors_RankByNumber()
    {
        var map = CellMap.OneCell(4);
        using var index = new BuddyCells(map, 3, 2);
        var model = new BuddyModel(map, 3);
        float[] same = [0.5f, 0.5f, 0.5f, 0.5f];
        for (var user = 0; user < 12; user++)
        {
            index.Move([user], same);
            model.Move(user, same, index.CellOf(user));
        }

        index.Activate(11);
        model.Active.Add(11);
        model.AssertEqual(index, "equal vectors");
        index.Remove(0);
        model.Remove(0);
        model.AssertEqual(index, "after the first one left");
    }

    internal static CellMap MakeMap(Random random, int cells, int dimension)
    {
        if (cells == 1)
        {
            return CellMap.OneCell(dimension);
        }

        var centroids = new float[cells * dimension];
        var probes = new int[cells][];
        for (var cell = 0; cell < cells; cell++)
        {
            MakeVector(random, dimension).CopyTo(centroids, cell * dimension);
            probes[cell] = [random.Next(cells), random.Next(cells)];
        }

        return new CellMap(centroids, dimension, probes);
    }

    internal static float[] MakeVector(Random random, int dimension)
    {
        var vector = new float[dimension];
        for (var i = 0; i < dimension; i++)
        {
            vector[i] = (float)((random.NextDouble() * 2) - 1);
        }

        VectorKernels.Normalize(vector);
        return vector;
    }

    private static void Nudge(Random random, BuddyCells index, int[] users, float[] vectors)
    {
        var dimension = vectors.Length / users.Length;
        for (var i = 0; i < users.Length; i++)
        {
            users[i] = (random.Next(500 / users.Length) * users.Length) + i;
            var vector = vectors.AsSpan(i * dimension, dimension);
            Assert.True(index.CopyVector(users[i], vector));
            vector[random.Next(dimension)] += 0.05f;
            VectorKernels.Normalize(vector);
        }
    }

    private static void AssertVersionsTell(
        Dictionary<int, (int User, float)[]> before, Dictionary<int, int> versions, Dictionary<int, (int User, float)[]> after, BuddyCells index, string when)
    {
        foreach (var (user, list) in after)
        {
            if (before.TryGetValue(user, out var former))
            {
                var isSame = list.Select(buddy => buddy.User).ToHashSet().SetEquals(former.Select(buddy => buddy.User));
                Assert.True(isSame || index.VersionOf(user) > versions[user], $"{when}: listener {user}'s version does not tell of a change");
            }
        }
    }

    private static void Act(Random random, BuddyCells index, BuddyModel model, int dimension)
    {
        var user = random.Next(Users);
        switch (random.Next(20))
        {
            case 0:
                index.Remove(user);
                model.Remove(user);
                break;
            case 1 or 2 when index.IsResident(user):
                index.Activate(user);
                model.Active.Add(user);
                break;
            case 3 when index.IsResident(user):
                index.Deactivate(user);
                model.Active.Remove(user);
                break;
            case 4 when index.IsResident(user):
                var isInvisible = random.Next(2) == 0;
                index.SetInvisible(user, isInvisible);
                model.SetInvisible(user, isInvisible);
                break;
            case 5:
                var other = random.Next(Users);
                index.Block(user, other);
                model.Block(user, other, isBlocked: true);
                break;
            case 6:
                var friend = random.Next(Users);
                index.Unblock(user, friend);
                model.Block(user, friend, isBlocked: false);
                break;
            default:
                MoveBatch(random, index, model, dimension);
                break;
        }
    }

    private static void MoveBatch(Random random, BuddyCells index, BuddyModel model, int dimension)
    {
        int[] users = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(Users)).Distinct()];
        var vectors = new float[users.Length * dimension];
        for (var i = 0; i < users.Length; i++)
        {
            var target = MakeVector(random, dimension);
            if (model.Find(users[i]) is { } before && random.Next(4) > 0)
            {
                for (var k = 0; k < dimension; k++)
                {
                    target[k] = (0.93f * before[k]) + (0.07f * target[k]);
                }

                VectorKernels.Normalize(target);
            }

            // Now and then somebody lands on another's very place: ties must rank by number.
            if (random.Next(10) == 0 && model.Find(random.Next(Users)) is { } twin)
            {
                twin.CopyTo(target, 0);
            }

            target.CopyTo(vectors, i * dimension);
        }

        index.Move(users, vectors);
        for (var i = 0; i < users.Length; i++)
        {
            model.Move(users[i], vectors[(i * dimension)..((i + 1) * dimension)], index.CellOf(users[i]));
        }
    }
}
