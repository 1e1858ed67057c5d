using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Taste;

public sealed class FoldInTests
{
    private static readonly FoldInParameters[] s_parameters =
        [new(1, 0.01, 0.5), new(0.1, 0.003, 1), new(0, 0.1, 0), new(0.5, 1, 0.25)];

    [Fact]
    public void Solve_RandomFacts_EqualsDenseElimination() => Property.ForSeeds(150, seed =>
    {
        var random = new Random(seed);
        var (d, itemCount) = (random.Next(1, 41), random.Next(1, 80));
        var parameters = s_parameters[random.Next(s_parameters.Length)];
        var factors = TasteWorld.RandomFactors(random, itemCount, d);
        var rows = Enumerable.Range(0, random.Next(0, 60)).Select(_ => random.Next(-1, itemCount)).ToArray();
        var confidences = rows.Select(_ => random.NextSingle() * 20).ToArray();
        var preferences = rows.Select(_ => (random.NextSingle() * 2) - 1).ToArray();
        var expected = DenseReference.Solve(factors, d, rows, confidences, preferences, parameters);
        Assert.Null(DenseReference.FindDifference(expected, Solve(factors, d, rows, confidences, preferences, parameters), 1e-5));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Solve_NoFactThatCounts_GivesZero(int unknown)
    {
        var rows = Enumerable.Repeat(-1, unknown).ToArray();
        float[] ones = [.. rows.Select(_ => 1f)];
        Assert.All(Solve(TasteWorld.RandomFactors(new Random(1), 9, 6), 6, rows, ones, ones, s_parameters[0]), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Solve_UnknownRows_ChangeNothing()
    {
        var factors = TasteWorld.RandomFactors(new Random(2), 9, 6);
        var without = Solve(factors, 6, [3, 5], [1, 2], [1, -0.5f], s_parameters[1]);
        var with = Solve(factors, 6, [-1, 3, -1, 5, -7], [9, 1, 9, 2, 9], [1, 1, -1, -0.5f, 1], s_parameters[1]);
        Assert.Equal(without, with);
    }

    [Fact]
    public void RegularizationOf_GrowsWithFactsByItsExponent()
    {
        Assert.Equal(0.01, new FoldInParameters(0.5, 0.01, 0).RegularizationOf(7, 100), 12);
        Assert.Equal(0.01 * 57, new FoldInParameters(0.5, 0.01, 1).RegularizationOf(7, 100), 12);
        Assert.Equal(0.01 * Math.Sqrt(57), new FoldInParameters(0.5, 0.01, 0.5).RegularizationOf(7, 100), 12);
    }

    [Fact]
    public void Solve_OneDimension_ScalesRegularizationWithTheFacts()
    {
        // y = 2 for both items: x = Σwp·2 / (α₀·8 + Σw·4 + λ(n + 2α₀)).
        var x = Solve([2, 2], 1, [0, 1], [3, 1], [1, -1], new FoldInParameters(0.25, 0.5, 1));
        Assert.Equal(4 / (2 + 16 + (0.5 * 2.5)), x[0], 6);
    }

    [Fact]
    public void Solve_LengthsThatDiffer_Throws()
    {
        Assert.Throws<ArgumentException>(() => Solve([1, 2], 2, [0], [], [1], s_parameters[0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Solve([1, 2], 2, [1], [1], [1], s_parameters[0]));
    }

    [Fact]
    public void System_WithoutUniqueSolution_ReturnsFalseAndZero()
    {
        var system = new FoldInSystem(3);
        float[] vector = [1, 1, 1];
        system.Reset(new double[SymmetricKernels.LengthOf(3)]);
        system.Add([1, 0, 0], 1, 1);
        Assert.False(system.TrySolve(0, vector));
        Assert.Equal([0, 0, 0], vector);
        Assert.True(system.TrySolve(1, vector));
        Assert.Equal([0.5f, 0, 0], vector);
    }

    [Fact]
    public void System_SumOfEquations_EqualsTheSumAddedTermByTerm() => Property.ForSeeds(60, seed =>
    {
        var random = new Random(seed);
        var d = random.Next(1, 30);
        var (fixedPart, scaledPart, system) = (new NormalEquations(d), new NormalEquations(d), new FoldInSystem(d));
        var gram = new double[SymmetricKernels.LengthOf(d)];
        FoldIn.ComputeScaledGram(TasteWorld.RandomFactors(random, 20, d), d, 0.5, gram);
        fixedPart.Reset(gram);
        system.Reset(gram);
        var scale = random.NextDouble() * 5;
        for (var i = random.Next(30); i >= 0; i--)
        {
            var (y, weight, isScaled) = (TasteWorld.RandomFactors(random, 1, d), random.NextDouble(), random.Next(2) == 0);
            (isScaled ? scaledPart : fixedPart).Add(y, weight, -weight);
            system.Add(y, isScaled ? scale * weight : weight, isScaled ? -scale * weight : -weight);
        }

        var (apart, together) = (new float[d], new float[d]);
        Assert.True(system.TrySolve(fixedPart, scaledPart, scale, 0.1, apart));
        Assert.True(system.TrySolve(0.1, together));
        Assert.Null(DenseReference.FindDifference([.. together.Select(value => (double)value)], apart, 1e-6));
    });

    [Fact]
    public void Equations_TermsTakenBack_LeaveTheSumsOfTheRest() => Property.ForSeeds(60, seed =>
    {
        var random = new Random(seed);
        var d = random.Next(1, 30);
        var (changed, fresh) = (new NormalEquations(d), new NormalEquations(d));
        var kept = TasteWorld.RandomFactors(random, 1, d);
        var gone = Enumerable.Range(0, random.Next(1, 40)).Select(_ => TasteWorld.RandomFactors(random, 1, d)).ToArray();
        foreach (var y in gone)
        {
            changed.Add(y, 2, 1);
        }

        changed.Add(kept, 3, -2);
        _ = changed.Matrix.Length; // Mixes flushed with pending terms.
        foreach (var y in gone.Reverse())
        {
            changed.Add(y, -2, -1);
        }

        fresh.Add(kept, 3, -2);
        var stride = SymmetricKernels.StrideOf(d);
        for (var j = 0; j < d; j++)
        {
            Assert.Equal(fresh.Target[j], changed.Target[j], 10);
            for (var i = j; i < d; i++)
            {
                Assert.Equal(fresh.Matrix[(j * stride) + i], changed.Matrix[(j * stride) + i], 10);
            }
        }
    });

    [Fact]
    public void Equations_WrongShapes_Throw()
    {
        var equations = new NormalEquations(3);
        Assert.Throws<ArgumentException>(() => equations.Add([1, 2], 1, 1));
        Assert.Throws<ArgumentException>(() => equations.Reset(new double[5]));
        Assert.Throws<ArgumentException>(() => new FoldInSystem(4).TrySolve(equations, equations, 1, 1, new float[4]));
        Assert.Throws<ArgumentException>(() => new FoldInSystem(4).TrySolve(1, new float[3]));
    }

    private static float[] Solve(float[] factors, int d, int[] rows, float[] confidences, float[] preferences, FoldInParameters parameters)
    {
        var gram = new double[SymmetricKernels.LengthOf(d)];
        FoldIn.ComputeScaledGram(factors, d, parameters.UnobservedWeight, gram);
        var vector = new float[d];
        FoldIn.Solve(new FoldInSystem(d), gram, factors, rows, confidences, preferences, parameters, vector);
        return vector;
    }
}
