using Buddies.Training.Rankers.Ease;

namespace Buddies.Training.Tests.Rankers;

public sealed class BlockInverseTests
{
    /// <summary>Less than a block, a block, one more, and several with a rest.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(700)]
    public void Invert_PositiveDefinite_TimesItselfIsOne(int n)
    {
        var matrix = Make(n, seed: n);
        var inverse = (float[])matrix.Clone();
        BlockInverse.Invert(inverse, n, TwoCrowds.Run());
        for (var row = 0; row < n; row++)
        {
            // Every column of a small matrix, some of a large one: the blocks' edges among them.
            foreach (var column in new[] { 0, row, 255, 256, 511, 512, n - 1 }.Where(column => column < n))
            {
                var sum = Enumerable.Range(0, n).Sum(k => (double)matrix[(row * n) + k] * inverse[(k * n) + column]);
                Assert.True(Math.Abs(sum - (row == column ? 1 : 0)) < 1e-4, $"Row {row}, column {column} of {n}: {sum}.");
            }
        }
    }

    [Fact]
    public void Invert_LowerTriangle_IsNotRead()
    {
        const int N = 300;
        var (whole, upper) = (Make(N, seed: 3), Make(N, seed: 3));
        for (var row = 0; row < N; row++)
        {
            upper.AsSpan(row * N, row).Fill(float.NaN);
        }

        BlockInverse.Invert(whole, N, TwoCrowds.Run());
        BlockInverse.Invert(upper, N, TwoCrowds.Run());
        Assert.Equal(whole, upper);
    }

    [Fact]
    public void Invert_MoreThreads_ChangesNoBit()
    {
        const int N = 600;
        var (one, four) = (Make(N, seed: 5), Make(N, seed: 5));
        BlockInverse.Invert(one, N, TwoCrowds.Run(threads: 1));
        BlockInverse.Invert(four, N, TwoCrowds.Run(threads: 4));
        Assert.Equal(one, four);
    }

    [Fact]
    public void Invert_NotPositiveDefinite_IsRefused() =>
        Assert.Throws<TrainingException>(() => BlockInverse.Invert([1, 2, 2, 1], 2, TwoCrowds.Run()));

    /// <summary>AᵀA + I of a random A.</summary>
    private static float[] Make(int n, int seed)
    {
        var random = new Random(seed);
        var depth = Math.Max(2, n / 8);
        var a = Array.ConvertAll(new float[depth * n], _ => random.NextSingle() - 0.5f);
        var matrix = new float[n * n];
        for (var row = 0; row < n; row++)
        {
            for (var column = row; column < n; column++)
            {
                var sum = row == column ? 1.0 : 0.0;
                for (var k = 0; k < depth; k++)
                {
                    sum += (double)a[(k * n) + row] * a[(k * n) + column];
                }

                matrix[(row * n) + column] = matrix[(column * n) + row] = (float)sum;
            }
        }

        return matrix;
    }
}
