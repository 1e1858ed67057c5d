using System.Numerics.Tensors;
using Buddies.Engine.Buddies;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Buddies;

public sealed class ExactBuddyIndexTests
{
    [Fact]
    public void FindNearest_AfterAnyMoves_EqualsBruteForce() => Property.ForSeeds(40, seed =>
    {
        var random = new Random(seed);
        var d = random.Next(1, 40);
        var (index, truth) = (new ExactBuddyIndex(d), new Dictionary<int, float[]>());
        for (var i = random.Next(1, 200); i > 0; i--)
        {
            // Positions far apart, so that more than one block is in use and most rows are empty.
            var user = random.Next(40) * 97;
            switch (random.Next(8))
            {
                case 0:
                    index.Remove(new UserIndex(user));
                    truth.Remove(user);
                    break;
                case 1:
                    index.Upsert(new UserIndex(user), new float[d]);
                    truth.Remove(user);
                    break;
                default:
                    index.Upsert(new UserIndex(user), truth[user] = RandomUnit(random, d));
                    break;
            }
        }

        var (query, except) = (RandomUnit(random, d), random.Next(40) * 97);
        foreach (var k in (int[])[0, 1, 5, 100])
        {
            var expected = truth.Where(pair => pair.Key != except)
                .Select(pair => (User: pair.Key, Score: TensorPrimitives.Dot<float>(pair.Value, query)))
                .OrderByDescending(pair => pair.Score).ThenBy(pair => pair.User).Take(k);
            Assert.Equal(expected, Find(index, query, except, k));
        }
    });

    [Fact]
    public void FindNearest_EqualSimilarities_RankByPosition()
    {
        var index = new ExactBuddyIndex(2);
        foreach (var user in (int[])[2000, 3, 5, 1024, 4])
        {
            index.Upsert(new UserIndex(user), user == 4 ? [0, 1] : [1, 0]);
        }

        Assert.Equal([(3, 1f), (1024, 1f), (2000, 1f)], Find(index, [1, 0], 5, 3));
    }

    [Fact]
    public void Remove_AnyListener_LeavesTheOthers()
    {
        var index = new ExactBuddyIndex(2);
        index.Remove(new UserIndex(12345));
        index.Upsert(new UserIndex(1), [1, 0]);
        index.Upsert(new UserIndex(2), [1, 0]);
        index.Remove(new UserIndex(1));
        index.Remove(new UserIndex(1));
        Assert.Equal([(2, 1f)], Find(index, [1, 0], -1, 5));
        index.Upsert(new UserIndex(1), [0, 1]);
        Assert.Equal([(2, 1f), (1, 0f)], Find(index, [1, 0], -1, 5));
    }

    [Fact]
    public void Index_WrongLength_Throws()
    {
        var index = new ExactBuddyIndex(3);
        Assert.Throws<ArgumentException>(() => index.Upsert(new UserIndex(0), [1, 0]));
        Assert.Throws<ArgumentException>(() => index.FindNearest([1, 0], default, new int[1], new float[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExactBuddyIndex(0));
    }

    /// <summary>Every row alternates between two unit vectors; half of one and half of the other would score between.</summary>
    [Fact]
    public async Task FindNearest_BesideWriters_NeverSeesHalfAMove()
    {
        const int D = 96;
        const int Users = 1500;
        var index = new ExactBuddyIndex(D);
        float[] all = [.. Enumerable.Repeat(1 / MathF.Sqrt(D), D)];
        float[] none = [.. all.Select(value => -value)];
        for (var user = 0; user < Users; user++)
        {
            index.Upsert(new UserIndex(user), all);
        }

        var stop = false;
        var moves = 0L;
        var writers = Enumerable.Range(0, 2).Select(writer => Task.Run(() =>
        {
            for (var round = 0; !Volatile.Read(ref stop); round++)
            {
                for (var user = writer; user < Users; user += 2)
                {
                    index.Upsert(new UserIndex(user), (round & 1) == 0 ? none : all);
                }

                Interlocked.Add(ref moves, Users / 2);
            }
        })).ToArray();

        var faults = new List<float>();
        var (users, scores) = (new int[Users], new float[Users]);
        var (plus, minus) = (TensorPrimitives.Dot<float>(all, all), TensorPrimitives.Dot<float>(none, all));
        var signs = 0;
        try
        {
            for (var query = 0; query < 300 || ((Interlocked.Read(ref moves) < 20 * Users || signs != 3) && query < 100_000); query++)
            {
                Assert.Equal(Users, index.FindNearest(all, new UserIndex(-1), users, scores));
                faults.AddRange(scores.Where(score => score != plus && score != minus));
                signs |= scores.Contains(plus) ? 1 : 0;
                signs |= scores.Contains(minus) ? 2 : 0;
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            await Task.WhenAll(writers);
        }

        Assert.Empty(faults);
        Assert.Equal(3, signs);
    }

    [Fact]
    public async Task Upsert_ManyWritersWhileItGrows_LosesNobody()
    {
        var index = new ExactBuddyIndex(2);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            for (var user = writer; user < 8000; user += 4)
            {
                index.Upsert(new UserIndex(user), [1, 0]);
            }
        })));
        Assert.Equal(Enumerable.Range(0, 8000), Find(index, [1, 0], -1, 9000).Select(pair => pair.User));
    }

    private static (int User, float Score)[] Find(ExactBuddyIndex index, float[] query, int except, int k)
    {
        var (users, scores) = (new int[k], new float[k]);
        var count = index.FindNearest(query, new UserIndex(except), users, scores);
        return [.. users.Zip(scores).Take(count)];
    }

    private static float[] RandomUnit(Random random, int d)
    {
        float[] vector = [.. Enumerable.Range(0, d).Select(_ => random.NextSingle() - 0.5f)];
        VectorKernels.Normalize(vector);
        return vector;
    }
}
