using System.Numerics.Tensors;
using Buddies.Engine.Buddies;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Buddies;

public sealed class BuddyAuditTests
{
    private const int Dimension = 12;

    [Theory]
    [InlineData(1, 2000, 7)]
    [InlineData(2, 600, 600)]
    [InlineData(3, 5, 3)]
    public void Audit_OfferedInPieces_FindsWhatBruteForceFinds(int seed, int users, int piece)
    {
        const int Kept = 20;
        var random = new Random(seed);
        var vectors = MakeVectors(random, users);
        var audit = new BuddyAudit(4, Kept, Dimension);
        for (var round = 0; round < 2; round++)
        {
            audit.Clear();
            int[] audited = [.. Enumerable.Range(0, 4).Select(_ => random.Next(users))];
            foreach (var user in audited)
            {
                audit.Add(user, Row(vectors, user));
            }

            for (var from = 0; from < users; from += piece)
            {
                int[] some = [.. Enumerable.Range(from, Math.Min(piece, users - from))];
                audit.Offer(some, vectors.AsSpan(from * Dimension, some.Length * Dimension));
            }

            for (var i = 0; i < 4; i++)
            {
                var expected = Enumerable.Range(0, users).Where(other => other != audited[i])
                    .OrderByDescending(other => TensorPrimitives.Dot<float>(Row(vectors, audited[i]), Row(vectors, other))).ThenBy(other => other).Take(Kept);
                Assert.Equal(audited[i], audit.UserOf(i));
                Assert.Equal(expected.Order(), audit.NearestOf(i).ToArray().Order());
            }
        }

        Assert.Throws<InvalidOperationException>(() => audit.Add(0, Row(vectors, 0)));
        Assert.Throws<ArgumentException>(() => audit.Offer([1, 2], vectors.AsSpan(0, Dimension)));
    }

    [Theory]
    [InlineData(new[] { 0.9f, 0.8f, 0.7f }, new[] { 0.6f }, 3, 3, 3)]
    [InlineData(new[] { 0.9f, 0.8f, 0.5f }, new[] { 0.6f }, 3, 2, 3)]
    [InlineData(new[] { 0.9f, 0.8f }, new[] { 0.85f, 0.6f }, 3, 2, 3)]
    [InlineData(new float[0], new[] { 0.85f, 0.6f }, 3, 0, 2)]
    [InlineData(new[] { 0.9f }, new float[0], 3, 1, 1)]
    [InlineData(new float[0], new float[0], 3, 0, 0)]
    [InlineData(new[] { 0.9f, 0.5f }, new[] { 0.5f, 0.5f }, 2, 2, 2)]
    [InlineData(new[] { 0.9f, 0.5f }, new[] { 0.50009f }, 2, 2, 2)]
    [InlineData(new[] { 0.9f, 0.5f }, new[] { 0.50011f }, 2, 1, 2)]
    public void Judge_Similarities_CountsTrueBuddies_TiesAmongThem(float[] listed, float[] others, int count, int hits, int expected) =>
        Assert.Equal((hits, expected), BuddyAudit.Judge(listed, others, count));

    [Fact]
    public void Window_RecallCrossesItsFloor_SaysSoOnceEachWay()
    {
        var window = new RecallWindow(10, 4, 0.9);
        Assert.Null(window.Recall);
        FloorCrossing[] told = [.. Enumerable.Range(0, 30).Select(i => window.Add(i is >= 6 and < 12 ? 5 : 10, 10))];

        // Two bad samples among eight are 0.875; from the 20th on fewer than two bad ones are left, which is 0.95.
        Assert.Equal([(7, FloorCrossing.Fell), (19, FloorCrossing.Recovered)], told.Index().Where(t => t.Item != FloorCrossing.None).Select(t => (t.Index, t.Item)).ToArray());
        Assert.Equal((10, 1.0), (window.Count, window.Recall));
    }

    [Fact]
    public void Window_FewSamples_SayNothingAboutTheFloor()
    {
        var window = new RecallWindow(10, 4, 0.9);
        Assert.Equal([FloorCrossing.None, FloorCrossing.None, FloorCrossing.None, FloorCrossing.Fell], Enumerable.Range(0, 4).Select(_ => window.Add(1, 10)));
        Assert.Equal(0.1, window.Recall);
    }

    private static float[] MakeVectors(Random random, int count)
    {
        float[] vectors = [.. Enumerable.Range(0, count * Dimension).Select(_ => (float)(random.NextDouble() - 0.5))];
        for (var row = 0; row < count; row++)
        {
            VectorKernels.Normalize(Row(vectors, row));
        }

        return vectors;
    }

    private static Span<float> Row(float[] vectors, int row) => vectors.AsSpan(row * Dimension, Dimension);
}
