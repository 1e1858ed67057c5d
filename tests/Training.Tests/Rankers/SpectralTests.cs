using Buddies.Training.Rankers.Spectral;

namespace Buddies.Training.Tests.Rankers;

public sealed class SpectralTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(90)]
    public void Decompose_RandomSymmetric_RebuildsIt(int n)
    {
        var random = new Random(n);
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                matrix[(i * n) + j] = matrix[(j * n) + i] = random.NextDouble() - 0.5;
            }
        }

        AssertRebuilds(matrix, n);
    }

    [Fact]
    public void Decompose_FewDistinctValues_RebuildsIt()
    {
        // Diagonal, with equal values, zeros, and numbers eighteen orders apart: what a Gram matrix of few tastes looks like.
        const int N = 12;
        var matrix = new double[N * N];
        for (var i = 0; i < N; i++)
        {
            matrix[(i * N) + i] = i < 4 ? 2 : i < 8 ? 0 : 1e-18;
        }

        matrix[1] = matrix[N] = 1;
        AssertRebuilds(matrix, N);
    }

    [Fact]
    public void Decompose_NaN_IsRefused() => Assert.Throws<TrainingException>(() => SymmetricEigen.Decompose([1, double.NaN, double.NaN, 1], 2));

    [Fact]
    public void Svd_AllOfASmallMatrix_HasItsEigenvalues()
    {
        var rows = TwoCrowds.Make(seed: 2);
        var columns = rows.Transpose();
        var run = TwoCrowds.Run();
        var (values, vectors, count) = RandomizedSvd.Decompose(rows, columns, rows.Confidences, columns.Confidences, 6, 12, run);
        var gram = new double[rows.ColumnCount * rows.ColumnCount];
        for (var row = 0; row < rows.RowCount; row++)
        {
            foreach (var i in rows.Columns[rows.RangeOf(row)])
            {
                foreach (var j in rows.Columns[rows.RangeOf(row)])
                {
                    gram[(i * rows.ColumnCount) + j]++;
                }
            }
        }

        var (squares, exact) = SymmetricEigen.Decompose(gram, rows.ColumnCount);
        for (var c = 0; c < count; c++)
        {
            Assert.True(Math.Abs(Math.Sqrt(squares[c]) - values[c]) < 1e-2, $"Singular value {c}: {values[c]}, expected {Math.Sqrt(squares[c])}.");
        }

        // The first two stand apart from the rest: their directions are certain.
        for (var c = 0; c < 2; c++)
        {
            var dot = Enumerable.Range(0, rows.ColumnCount).Sum(track => vectors[(track * count) + c] * exact[(c * rows.ColumnCount) + track]);
            Assert.True(Math.Abs(dot) > 0.999, $"Vector {c}: cosine {dot}.");
        }
    }

    [Fact]
    public void Decompose_MoreThreads_ChangesNoBit()
    {
        var rows = TwoCrowds.Make(seed: 2);
        var one = SpectralBasis.Make(rows, rows.Transpose(), 8, 0.5, 0.5, TwoCrowds.Run(threads: 1));
        var three = SpectralBasis.Make(rows, rows.Transpose(), 8, 0.5, 0.5, TwoCrowds.Run(threads: 3));
        Assert.Equal(one.Singular, three.Singular);
        Assert.Equal(one.ByTrack, three.ByTrack);
    }

    private static void AssertRebuilds(double[] matrix, int n)
    {
        var (values, vectors) = SymmetricEigen.Decompose((double[])matrix.Clone(), n);
        for (var i = 1; i < n; i++)
        {
            Assert.True(values[i] <= values[i - 1], $"n {n}: value {i} is larger than the one before.");
        }

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var (rebuilt, product) = (0.0, 0.0);
                for (var c = 0; c < n; c++)
                {
                    rebuilt += values[c] * vectors[(c * n) + i] * vectors[(c * n) + j];
                    product += vectors[(i * n) + c] * vectors[(j * n) + c];
                }

                Assert.True(Math.Abs(rebuilt - matrix[(i * n) + j]) < 1e-10, $"n {n}: ({i}, {j}) is {rebuilt}, expected {matrix[(i * n) + j]}.");
                Assert.True(Math.Abs(product - (i == j ? 1 : 0)) < 1e-10, $"n {n}: vectors {i} and {j} have a product of {product}.");
            }
        }
    }
}
