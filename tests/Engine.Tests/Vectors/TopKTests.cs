using Buddies.Engine.Vectors;
using FsCheck;
using FsCheck.Fluent;

namespace Buddies.Engine.Tests.Vectors;

public sealed class TopKTests
{
    /// <summary>Few different values, so that ties are common; NaN and both infinities among them.</summary>
    private static readonly Gen<float> s_score = Gen.Elements(
        -1f, -0.5f, 0f, 0.25f, 0.5f, 1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MinValue, float.Epsilon);

    [Fact]
    public void TopK_AnyStream_EqualsSorting() => Property.ForSequences(s_score, 60, 500, scores =>
    {
        foreach (var k in (int[])[0, 1, 2, 7, 60, 100])
        {
            var expected = scores
                .Select((score, item) => (Item: item, Score: score))
                .Where(pair => !float.IsNaN(pair.Score))
                .OrderByDescending(pair => pair.Score)
                .ThenBy(pair => pair.Item)
                .Take(k)
                .ToArray();
            Assert.Equal(expected, Collect(k, scores, Enumerable.Range(0, scores.Length)));
            Assert.Equal(expected, Collect(k, scores, Enumerable.Range(0, scores.Length).Reverse()));
        }
    });

    [Fact]
    public void OfferAll_AnyLength_EqualsOfferingEach()
    {
        for (var length = 0; length <= 256; length++)
        {
            var random = new Random(length);

            // Few different scores, so that many are equal; some are no number.
            var scores = new float[length];
            foreach (ref var score in scores.AsSpan())
            {
                score = random.Next(9) == 0 ? float.NaN : random.Next(-4, 4);
            }

            foreach (var k in (int[])[0, 1, 7, 300])
            {
                var (one, all) = (new int[k], new int[k]);
                var oneByOne = new TopK(one, new float[k]);
                var atOnce = new TopK(all, new float[k]);
                for (var i = 0; i < length; i++)
                {
                    oneByOne.Offer(i, scores[i]);
                }

                atOnce.OfferAll(scores);
                Assert.Equal(one[..oneByOne.Sort()], all[..atOnce.Sort()]);
            }
        }
    }

    [Fact]
    public void OfferAll_NotEmpty_Throws()
    {
        Assert.Throws<InvalidOperationException>(() =>
        {
            var top = new TopK(new int[2], new float[2]);
            top.Offer(0, 1);
            top.OfferAll([1]);
        });
    }

    [Fact]
    public void TopK_FewerRowsThanK_ReturnsAll() =>
        Assert.Equal([(1, 0.5f), (0, 0.25f)], Collect(5, [0.25f, 0.5f], [0, 1]));

    [Fact]
    public void TopK_EqualScores_RankByLowerItem() =>
        Assert.Equal([(0, 1f), (1, 1f), (2, 1f)], Collect(3, [1, 1, 1, 1, 1], [4, 2, 0, 3, 1]));

    [Fact]
    public void TopK_BuffersOfDifferentLength_Throws() =>
        Assert.Throws<ArgumentException>(() => { _ = new TopK(new int[2], new float[3]).Count; });

    private static (int Item, float Score)[] Collect(int k, float[] scores, IEnumerable<int> order)
    {
        var (items, kept) = (new int[k], new float[k]);
        var top = new TopK(items, kept);
        foreach (var item in order)
        {
            top.Offer(item, scores[item]);
        }

        return [.. items.Zip(kept).Take(top.Sort())];
    }
}
