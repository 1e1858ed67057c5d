using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Vectors;

[Trait(HardwareSwitchTests.Trait, HardwareSwitchTests.Kernels)]
public sealed class VectorKernelTests
{
    [Fact]
    public void Normalize_EveryLength_GivesUnitLengthAndTheFormerOne()
    {
        for (var d = 1; d <= 256; d++)
        {
            var vector = RandomRow(new Random(d), d);
            var expected = Math.Sqrt(vector.Sum(v => (double)v * v));
            float[] former = [.. vector];
            var norm = VectorKernels.Normalize(vector);
            Assert.True(Math.Abs(norm - expected) <= 1e-5 * expected, $"d = {d}: expected {expected:R}, got {norm:R}.");
            for (var i = 0; i < d; i++)
            {
                Assert.True(Math.Abs(vector[i] - (former[i] / expected)) <= 1e-5, $"d = {d}, [{i}]: expected {former[i] / expected:R}, got {vector[i]:R}.");
            }
        }
    }

    [Fact]
    public void Normalize_ZeroOrEmpty_StaysAsItIs()
    {
        var zero = new float[17];
        Assert.Equal(0, VectorKernels.Normalize(zero));
        Assert.All(zero, value => Assert.Equal(0, value));
        Assert.Equal(0, VectorKernels.Normalize([]));
    }

    [Fact]
    public void ScoreRows_EveryLength_EqualsScalar()
    {
        for (var d = 1; d <= 256; d++)
        {
            var random = new Random(d);
            var rowCount = d % 6;
            var rows = RandomRow(random, rowCount * d);
            var query = RandomRow(random, d);
            var scores = new float[rowCount];
            VectorKernels.ScoreRows(rows, query, scores);
            for (var row = 0; row < rowCount; row++)
            {
                var expected = 0.0;
                for (var i = 0; i < d; i++)
                {
                    expected += (double)rows[(row * d) + i] * query[i];
                }

                Assert.True(Math.Abs(expected - scores[row]) <= 2e-5, $"d = {d}, row {row}: expected {expected:R}, got {scores[row]:R}.");
            }
        }
    }

    [Fact]
    public void ScoreRows_NaNRow_ScoresNaNAlone()
    {
        var scores = new float[2];
        VectorKernels.ScoreRows([1, float.NaN, 1, 2], [1, 1], scores);
        Assert.Equal([float.NaN, 3f], scores);
    }

    [Fact]
    public void ScoreRows_WrongShapes_Throws()
    {
        Assert.Throws<ArgumentException>(() => VectorKernels.ScoreRows(new float[5], new float[2], new float[2]));
        Assert.Throws<ArgumentException>(() => VectorKernels.ScoreRows([], [], []));
    }

    private static float[] RandomRow(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * 2)];
}
