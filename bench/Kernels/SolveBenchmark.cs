using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Bench.Kernels;

/// <summary>A listener of 200 facts: the d×d Cholesky solve that follows every listen.</summary>
[MemoryDiagnoser]
public class SolveBenchmark
{
    private const int Facts = 200;
    private const int Tracks = 5_000;
    private const double UnobservedWeight = 0.1;
    private const double Regularization = 0.05;

    private readonly FoldInSystem _system = new(KernelData.Dimension);
    private readonly float[] _vector = new float[KernelData.Dimension];
    private readonly double[] _work = new double[KernelData.Dimension * KernelData.Dimension];
    private readonly double[] _solution = new double[KernelData.Dimension];
    private double[] _matrix = [];
    private double[] _target = [];

    [GlobalSetup]
    public void Setup()
    {
        var d = KernelData.Dimension;
        var tracks = KernelData.UnitRows(Tracks, d, seed: 1);
        var gram = new NormalEquations(d);
        for (var track = 0; track < Tracks; track++)
        {
            gram.Add(tracks.AsSpan(track * d, d), UnobservedWeight, 0);
        }

        _system.Reset(gram.Matrix);
        var all = new NormalEquations(d);
        all.Reset(gram.Matrix);
        for (var fact = 0; fact < Facts; fact++)
        {
            var y = tracks.AsSpan(fact * 7 % Tracks * d, d);
            _system.Add(y, 1 + (fact % 5), 1 + (fact % 5));
            all.Add(y, 1 + (fact % 5), 1 + (fact % 5));
        }

        // The plain solvers get a full matrix.
        var stride = SymmetricKernels.StrideOf(d);
        _matrix = new double[d * d];
        for (var j = 0; j < d; j++)
        {
            for (var i = j; i < d; i++)
            {
                _matrix[(j * d) + i] = _matrix[(i * d) + j] = all.Matrix[(j * stride) + i] + (i == j ? Regularization : 0);
            }
        }

        _target = all.Target[..d].ToArray();
    }

    [Benchmark(Baseline = true)]
    public double Scalar() => Solve(static (left, right) =>
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    });

    [Benchmark]
    public double TensorPrimitivesDot() => Solve(static (left, right) => TensorPrimitives.Dot(left, right));

    [Benchmark]
    public float FoldInSystemSolve()
    {
        _system.TrySolve(Regularization, _vector);
        return _vector[0];
    }

    /// <summary>Textbook Cholesky by rows (A = LLᵀ) with the given inner product.</summary>
    private double Solve(Func<ReadOnlySpan<double>, ReadOnlySpan<double>, double> dot)
    {
        var d = KernelData.Dimension;
        _matrix.CopyTo(_work, 0);
        for (var j = 0; j < d; j++)
        {
            var rowJ = _work.AsSpan(j * d, d);
            for (var i = 0; i < j; i++)
            {
                rowJ[i] = (rowJ[i] - dot(rowJ[..i], _work.AsSpan(i * d, i))) / _work[(i * d) + i];
            }

            rowJ[j] = Math.Sqrt(rowJ[j] - dot(rowJ[..j], rowJ[..j]));
            _solution[j] = (_target[j] - dot(rowJ[..j], _solution.AsSpan(0, j))) / rowJ[j];
        }

        for (var j = d - 1; j >= 0; j--)
        {
            var sum = _solution[j];
            for (var i = j + 1; i < d; i++)
            {
                sum -= _work[(i * d) + j] * _solution[i];
            }

            _solution[j] = sum / _work[(j * d) + j];
        }

        return _solution[0];
    }
}
