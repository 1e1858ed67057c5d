using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Vectors;

[Trait(HardwareSwitchTests.Trait, HardwareSwitchTests.Kernels)]
public sealed class MatrixKernelTests
{
    [Fact]
    public void MultiplyAdd_EveryInnerLength_EqualsScalar()
    {
        for (var k = 0; k <= 256; k++)
        {
            AssertEqualsScalar(m: 1 + (k % 7), n: 1 + (k % 70), k, isTransposed: k % 2 == 1);
        }
    }

    [Theory]
    [InlineData(0, 5, 3)]
    [InlineData(5, 0, 3)]
    [InlineData(1, 1, 1)]
    [InlineData(3, 64, 300)]
    [InlineData(4, 65, 513)]
    [InlineData(9, 129, 257)]
    public void MultiplyAdd_ShapesAroundTheBlocks_EqualsScalar(int m, int n, int k)
    {
        AssertEqualsScalar(m, n, k, isTransposed: false);
        AssertEqualsScalar(m, n, k, isTransposed: true);
    }

    [Fact]
    public void MultiplyAdd_WiderRows_LeavesWhatIsBesideThem()
    {
        var c = new float[3 * 10];
        Array.Fill(c, 7f);
        MatrixKernels.MultiplyAdd([1, 1, 1], 1, 1, [2, 3, 99, 99], 4, c, 10, 3, 2, 1);
        for (var row = 0; row < 3; row++)
        {
            Assert.Equal([9f, 10f], c[(row * 10)..((row * 10) + 2)]);
            Assert.All(c[((row * 10) + 2)..((row + 1) * 10)], value => Assert.Equal(7f, value));
        }
    }

    [Fact]
    public void MultiplyAdd_TooShort_Throws()
    {
        Assert.Throws<ArgumentException>(() => MatrixKernels.MultiplyAdd(new float[5], 3, 1, new float[6], 2, new float[4], 2, 2, 2, 3));
        Assert.Throws<ArgumentException>(() => MatrixKernels.MultiplyAdd(new float[6], 3, 1, new float[5], 2, new float[4], 2, 2, 2, 3));
        Assert.Throws<ArgumentException>(() => MatrixKernels.MultiplyAdd(new float[6], 3, 1, new float[6], 2, new float[3], 2, 2, 2, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatrixKernels.MultiplyAdd(new float[6], 3, 1, new float[6], 1, new float[4], 2, 2, 2, 3));
    }

    private static void AssertEqualsScalar(int m, int n, int k, bool isTransposed)
    {
        var random = new Random((m * 1000) + n + k);
        var (a, b, c) = (Fill(random, m * k), Fill(random, k * n), Fill(random, m * n));
        var expected = (float[])c.Clone();
        var (rowStride, columnStride) = isTransposed ? (1, m) : (k, 1);
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = 0.0;
                for (var p = 0; p < k; p++)
                {
                    sum += (double)a[(i * rowStride) + (p * columnStride)] * b[(p * n) + j];
                }

                expected[(i * n) + j] += (float)sum;
            }
        }

        MatrixKernels.MultiplyAdd(a, rowStride, columnStride, b, n, c, n, m, n, k);
        for (var i = 0; i < c.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - c[i]) <= 1e-5 * (1 + k), $"m {m}, n {n}, k {k}, transposed {isTransposed}: element {i} is {c[i]}, expected {expected[i]}.");
        }
    }

    private static float[] Fill(Random random, int length)
    {
        var values = new float[length];
        foreach (ref var value in values.AsSpan())
        {
            value = (2 * random.NextSingle()) - 1;
        }

        return values;
    }
}
