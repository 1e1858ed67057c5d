using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Tests.Vectors;

namespace Buddies.Engine.Tests.Buddies.Cells;

[Trait(HardwareSwitchTests.Trait, HardwareSwitchTests.Kernels)]
public sealed unsafe class SetKernelTests
{
    [Fact]
    public void Dot_EveryLength_EqualsTheScalarTwin()
    {
        for (var d = 0; d <= 256; d++)
        {
            var random = new Random(d);
            var padded = FixedPoint.Padded(d);
            var (left, right) = (new short[padded], new short[padded]);
            FixedPoint.Write(d == 0 ? [] : BuddyCellsModelTests.MakeVector(random, d), left);
            FixedPoint.Write(d == 0 ? [] : BuddyCellsModelTests.MakeVector(random, d), right);
            if (d == 2)
            {
                // The longest there are, each in one dimension.
                (left[0], right[0]) = (short.MaxValue, -short.MaxValue);
                (left[1], right[1]) = (0, 0);
            }

            fixed (short* one = left, two = right)
            {
                Assert.Equal(FixedPoint.DotScalar(one, two, padded), FixedPoint.Dot(one, two, padded));
                Assert.Equal(FixedPoint.DotScalar(one, one, padded), FixedPoint.Dot(one, one, padded));
            }
        }
    }

    [Fact]
    public void Write_ThenRead_IsAsNearAsSixteenBitsAllow()
    {
        for (var d = 1; d <= 256; d++)
        {
            var vector = BuddyCellsModelTests.MakeVector(new Random(d), d);
            var (row, read) = (new short[FixedPoint.Padded(d)], new float[d]);
            FixedPoint.Write(vector, row);
            FixedPoint.Read(row, read);
            Assert.All(vector.Zip(read), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 0.51f / FixedPoint.One));
            Assert.All(row[d..], value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void Keys_EveryQuestion_EqualsPlainCode()
    {
        for (var length = KeyKernel.Lanes; length <= 256; length += KeyKernel.Lanes)
        {
            var random = new Random(length);

            // Some places are empty; all keys differ, as listeners do.
            var keys = Enumerable.Range(0, length).Select(user => random.Next(5) == 0 ? 0 : BuddyKey.Of((random.Next(7) - 3) / 3f, user)).ToArray();
            keys[length / 2] = BuddyKey.Of(0.5f, length / 2);
            var full = keys.Where(key => key != 0).Order().ToArray();
            fixed (ulong* all = keys)
            {
                Assert.Equal(Array.IndexOf(keys, keys.Min()), KeyKernel.IndexOfMin(all, length));
                for (var k = 1; k <= full.Length; k++)
                {
                    Assert.Equal(full[^k], KeyKernel.KthLargest(all, length, k));
                    Assert.Equal(k, KeyKernel.CountFrom(all, length, full[^k]));
                    Assert.Equal(k == full.Length ? 0 : full[^(k + 1)], KeyKernel.MaxBelow(all, length, full[^k]));
                    Assert.Equal(k == 1 ? ulong.MaxValue : full[^(k - 1)], KeyKernel.MinAbove(all, length, full[^k]));
                    Assert.Equal(BuddyKey.User(full[^k]), KeyKernel.IndexOfUser(all, length, BuddyKey.User(full[^k])));
                }

                Assert.Equal(-1, KeyKernel.IndexOfUser(all, length, length + 1));
                Assert.Equal(-1, KeyKernel.IndexOf(all, length, BuddyKey.Of(0.9f, 3)));
            }
        }
    }

    [Fact]
    public void Key_AnyTwo_SortAsBuddiesRank()
    {
        float[] similarities = [-1, -0.5f, -1e-9f, 0, 1e-9f, 0.25f, 1, 1.0001f];
        for (var i = 0; i < similarities.Length; i++)
        {
            var key = BuddyKey.Of(similarities[i], 17);
            Assert.Equal((17, similarities[i]), (BuddyKey.User(key), BuddyKey.Similarity(key)));
            Assert.True(BuddyKey.Of(similarities[i], 16) > key && BuddyKey.Of(similarities[i], 0) > BuddyKey.Of(similarities[i], int.MaxValue));
            Assert.True(i == 0 || BuddyKey.Of(similarities[i - 1], 0) < BuddyKey.Below(similarities[i]));
        }

        Assert.Equal(BuddyKey.Of(0f, 5), BuddyKey.Of(-0f, 5));
    }
}
