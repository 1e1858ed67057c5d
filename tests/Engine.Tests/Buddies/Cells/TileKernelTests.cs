using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Tests.Vectors;

namespace Buddies.Engine.Tests.Buddies.Cells;

[Trait(HardwareSwitchTests.Trait, HardwareSwitchTests.Kernels)]
public sealed class TileKernelTests
{
    [Fact]
    public unsafe void Score_EveryLength_EqualsTheScalarTwin()
    {
        for (var d = 8; d <= 256; d += 8)
        {
            var random = new Random(d);
            var tile = new byte[d * TileKernel.Rows];
            var (first, second) = (new byte[d], new byte[d]);
            random.NextBytes(tile);
            random.NextBytes(first);
            random.NextBytes(second);
            if (d == 8)
            {
                // The extremes, where narrower sums would saturate.
                Array.Fill(tile, (byte)255);
                Array.Fill(first, unchecked((byte)-128));
                Array.Fill(second, (byte)127);
            }

            var (expectedFirst, expectedSecond) = (new int[TileKernel.Rows], new int[TileKernel.Rows]);
            fixed (byte* rows = tile, one = first, two = second)
            fixed (int* sumsOne = expectedFirst, sumsTwo = expectedSecond)
            {
                TileKernel.ScoreScalar(rows, (sbyte*)one, d, sumsOne);
                TileKernel.ScoreScalar(rows, (sbyte*)two, d, sumsTwo);
                TileKernel.Score(rows, (sbyte*)one, (sbyte*)two, d, out var a, out var b, out var c, out var e);
                AssertSums(expectedFirst, a, b, $"d = {d}, first of two");
                AssertSums(expectedSecond, c, e, $"d = {d}, second of two");
                TileKernel.Score(rows, (sbyte*)one, d, out a, out b);
                AssertSums(expectedFirst, a, b, $"d = {d}, alone");
            }
        }
    }

    [Fact]
    public void Encode_EveryLength_ErrorBoundsEveryInnerProduct()
    {
        for (var d = 1; d <= 256; d++)
        {
            var random = new Random(d);
            var (left, right) = (BuddyCellsModelTests.MakeVector(random, d), BuddyCellsModelTests.MakeVector(random, d));
            var (leftCode, rightCode) = (new sbyte[d], new sbyte[d]);
            var sum = RowCode.Encode(left, leftCode, out var leftScale, out var leftError);
            RowCode.Encode(right, rightCode, out var rightScale, out var rightError);
            Assert.Equal(leftCode.Sum(value => value), sum);

            var estimate = Enumerable.Range(0, d).Sum(i => leftCode[i] * rightCode[i]) * leftScale * rightScale;
            var bound = leftError + (1.05f * rightError);
            var truth = TensorPrimitives.Dot<float>(left, right);
            Assert.True(Math.Abs(truth - estimate) <= bound, $"d = {d}: {truth} was estimated {estimate}, more than {bound} away.");
            Assert.True(bound < 0.2, $"d = {d}: a bound of {bound} rules nothing out.");
        }
    }

    [Fact]
    public void Router_ManyCentroids_FindsOneThatIsAsNearAsCodesCanTell()
    {
        const int Dimension = 19;
        const int Cells = 333;
        var random = new Random(5);
        var centroids = new float[Cells * Dimension];
        for (var cell = 0; cell < Cells; cell++)
        {
            BuddyCellsModelTests.MakeVector(random, Dimension).CopyTo(centroids, cell * Dimension);
        }

        var router = new CellRouter(centroids, Dimension);
        for (var round = 0; round < 200; round++)
        {
            var vector = BuddyCellsModelTests.MakeVector(random, Dimension);
            float ScoreOf(int cell) => TensorPrimitives.Dot<float>(centroids.AsSpan(cell * Dimension, Dimension), vector);
            var best = Enumerable.Range(0, Cells).Max(ScoreOf);
            var chosen = ScoreOf(router.FindNearest(vector));
            Assert.True(best - chosen <= 0.04f, $"round {round}: the nearest is at {best}, the chosen at {chosen}.");
        }
    }

    [Fact]
    public void Sets_OnThisCpu_EqualBruteForce() =>
        new BuddyCellsModelTests().AnySequence_EverySetEqualsBruteForce(21, 6, 16, 7, 1);

    private static void AssertSums(int[] expected, Vector256<int> low, Vector256<int> high, string when)
    {
        for (var i = 0; i < 8; i++)
        {
            Assert.True(expected[i] == low[i] && expected[i + 8] == high[i], $"{when}, rows {i} and {i + 8}: expected {expected[i]} and {expected[i + 8]}, got {low[i]} and {high[i]}.");
        }
    }
}
