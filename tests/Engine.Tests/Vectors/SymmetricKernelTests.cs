using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Vectors;

[Trait(HardwareSwitchTests.Trait, HardwareSwitchTests.Kernels)]
public sealed class SymmetricKernelTests
{
    /// <summary>Every dimension to 96, then some, among them the neighbours of whole lanes.</summary>
    private static readonly int[] s_dimensions =
        [.. Enumerable.Range(1, 96), 97, 103, 104, 105, 121, 127, 128, 129, 150, 191, 192, 193, 223, 241, 255, 256];

    [Fact]
    public void AddOuter_EveryDimension_EqualsScalar()
    {
        foreach (var d in s_dimensions)
        {
            var random = new Random(d);
            var (fast, plain) = TwoOf(RandomMatrix(random, d));
            foreach (var weight in (double[])[1.5, -0.25, 0, 1e6])
            {
                var y = RandomVector(random, d, 1);
                SymmetricKernels.AddOuter(fast, y, weight, d);
                ScalarReference.AddOuter(plain, y, weight, d);
            }

            AssertUpperClose(plain, fast, d, 1e-9);
        }
    }

    [Fact]
    public void AddFourOuters_EveryDimension_EqualsFourScalarUpdates()
    {
        foreach (var d in s_dimensions)
        {
            var random = new Random(d);
            var stride = SymmetricKernels.StrideOf(d);
            var (fast, plain) = TwoOf(RandomMatrix(random, d));
            var ys = RandomVector(random, d, 4);
            double[] weights = [1, -2, 0, 3.5];
            SymmetricKernels.AddFourOuters(fast, ys, weights, d);
            for (var i = 0; i < 4; i++)
            {
                ScalarReference.AddOuter(plain, ys.AsSpan(i * stride, stride), weights[i], d);
            }

            AssertUpperClose(plain, fast, d, 1e-12);
        }
    }

    [Fact]
    public void TryFactor_PositiveDefinite_EqualsScalar()
    {
        foreach (var d in s_dimensions)
        {
            var (fast, plain) = TwoOf(PositiveDefinite(new Random(d), d));
            SpoilScratch(fast, d);
            Assert.True(SymmetricKernels.TryFactor(fast, d), $"d = {d}: expected a factor.");
            Assert.True(ScalarReference.TryFactor(plain, d));
            AssertUpperClose(plain, fast, d, 1e-11);
        }
    }

    [Fact]
    public void Solve_PositiveDefinite_EqualsScalarAndClearsThePadding()
    {
        foreach (var d in s_dimensions)
        {
            var random = new Random(d);
            var matrix = PositiveDefinite(random, d);
            SpoilScratch(matrix, d);
            Assert.True(SymmetricKernels.TryFactor(matrix, d));
            var b = RandomVector(random, d, 1);
            var expected = new double[b.Length];
            ScalarReference.Solve(matrix, b, expected, d);
            var actual = new double[b.Length];
            Array.Fill(actual, double.NaN);
            SymmetricKernels.Solve(matrix, b, actual, d);
            for (var i = 0; i < actual.Length; i++)
            {
                Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-10, $"d = {d}, x[{i}]: expected {expected[i]:R}, got {actual[i]:R}.");
            }
        }
    }

    [Fact]
    public void TryFactor_NotPositiveDefinite_ReturnsFalseAsScalarDoes()
    {
        foreach (var d in s_dimensions)
        {
            var sound = PositiveDefinite(new Random(d), d);
            foreach (var broken in d <= 40 ? (int[])[0, d / 2, d - 1] : [d - 1])
            {
                foreach (var value in d <= 40 ? (double[])[0, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity] : [0, double.NaN])
                {
                    var (fast, plain) = TwoOf([.. sound]);
                    fast[(broken * SymmetricKernels.StrideOf(d)) + broken] = value;
                    plain[(broken * SymmetricKernels.StrideOf(d)) + broken] = value;
                    Assert.False(SymmetricKernels.TryFactor(fast, d), $"d = {d}, diagonal {broken} = {value}: expected false.");
                    Assert.False(ScalarReference.TryFactor(plain, d));
                }
            }
        }
    }

    [Fact]
    public void TryFactor_NaNRightOfTheDiagonal_ReturnsFalse()
    {
        foreach (var d in s_dimensions.Where(d => d > 1))
        {
            var sound = PositiveDefinite(new Random(d), d);
            foreach (var (row, column) in ((int, int)[])[(0, d - 1), (d / 2, d - 1), (0, 1), (d - 2, d - 1)])
            {
                if (row != column)
                {
                    double[] matrix = [.. sound];
                    matrix[(row * SymmetricKernels.StrideOf(d)) + column] = double.NaN;
                    Assert.False(SymmetricKernels.TryFactor(matrix, d), $"d = {d}, NaN at ({row}, {column}): expected false.");
                }
            }
        }
    }

    [Fact]
    public void Kernels_WrongShapes_Throw()
    {
        const int D = 9;
        var (matrix, vector) = (new double[SymmetricKernels.LengthOf(D)], new double[SymmetricKernels.StrideOf(D)]);
        Assert.Throws<ArgumentException>(() => SymmetricKernels.AddOuter(matrix.AsSpan(1), vector, 1, D));
        Assert.Throws<ArgumentException>(() => SymmetricKernels.AddOuter(matrix, vector.AsSpan(1), 1, D));
        Assert.Throws<ArgumentException>(() => SymmetricKernels.AddFourOuters(matrix, new double[4 * 16 - 1], new double[4], D));
        Assert.Throws<ArgumentException>(() => SymmetricKernels.AddFourOuters(matrix, new double[4 * 16], new double[3], D));
        Assert.Throws<ArgumentException>(() => SymmetricKernels.TryFactor(matrix.AsSpan(1), D));
        Assert.Throws<ArgumentException>(() => SymmetricKernels.Solve(matrix, vector, vector.AsSpan(1), D));
        Assert.Throws<ArgumentOutOfRangeException>(() => SymmetricKernels.TryFactor(matrix, 0));
    }

    private static (double[] Fast, double[] Plain) TwoOf(double[] matrix) => (matrix, [.. matrix]);

    private static double[] RandomVector(Random random, int d, int count)
    {
        var stride = SymmetricKernels.StrideOf(d);
        var values = new double[count * stride];
        for (var i = 0; i < count * d; i++)
        {
            values[(i / d * stride) + (i % d)] = random.NextDouble() - 0.5;
        }

        return values;
    }

    private static double[] RandomMatrix(Random random, int d) =>
        [.. Enumerable.Range(0, SymmetricKernels.LengthOf(d)).Select(_ => random.NextDouble() - 0.5)];

    private static double[] PositiveDefinite(Random random, int d)
    {
        var matrix = new double[SymmetricKernels.LengthOf(d)];
        for (var i = 0; i < Math.Min(d, 6); i++)
        {
            ScalarReference.AddOuter(matrix, RandomVector(random, d, 1), 1 + random.NextDouble(), d);
        }

        for (var i = 0; i < d; i++)
        {
            matrix[(i * SymmetricKernels.StrideOf(d)) + i] += 0.5;
        }

        return matrix;
    }

    /// <summary>Puts numbers where the layout promises that none are read.</summary>
    private static void SpoilScratch(double[] matrix, int d)
    {
        var stride = SymmetricKernels.StrideOf(d);
        for (var j = 0; j < d; j++)
        {
            Array.Fill(matrix, 7, j * stride, j);
        }
    }

    private static void AssertUpperClose(double[] expected, double[] actual, int d, double tolerance)
    {
        var stride = SymmetricKernels.StrideOf(d);
        for (var j = 0; j < d; j++)
        {
            for (var i = j; i < d; i++)
            {
                var (e, a) = (expected[(j * stride) + i], actual[(j * stride) + i]);
                if (!(Math.Abs(e - a) <= tolerance))
                {
                    Assert.Fail($"d = {d}, ({j}, {i}): expected {e:R}, got {a:R}.");
                }
            }
        }
    }
}
