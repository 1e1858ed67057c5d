using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Bench.Kernels;

/// <summary>A new fact: A += w·y·yᵀ and b += w·p·y, in double precision.</summary>
/// <remarks>The matrix of a plain loop and of TensorPrimitives is full; the engine keeps the upper triangle.</remarks>
[MemoryDiagnoser]
public class RankOneBenchmark
{
    private const int Facts = 64;
    private const double Weight = 1e-9;

    private readonly double[] _matrix = new double[KernelData.Dimension * KernelData.Dimension];
    private readonly double[] _target = new double[KernelData.Dimension];
    private readonly double[] _factors = new double[KernelData.Dimension];
    private readonly double[] _symmetric = new double[SymmetricKernels.LengthOf(KernelData.Dimension)];
    private readonly NormalEquations _equations = new(KernelData.Dimension);
    private float[] _tracks = [];

    [GlobalSetup]
    public void Setup() => _tracks = KernelData.UnitRows(Facts, KernelData.Dimension, seed: 1);

    [Benchmark(Baseline = true, OperationsPerInvoke = Facts)]
    public double Scalar()
    {
        for (var fact = 0; fact < Facts; fact++)
        {
            var y = TrackOf(fact);
            for (var j = 0; j < y.Length; j++)
            {
                for (var i = 0; i < y.Length; i++)
                {
                    _matrix[(j * y.Length) + i] += Weight * y[j] * y[i];
                }

                _target[j] += Weight * y[j];
            }
        }

        return _matrix[0];
    }

    [Benchmark(OperationsPerInvoke = Facts)]
    public double TensorPrimitivesByRow()
    {
        for (var fact = 0; fact < Facts; fact++)
        {
            TensorPrimitives.ConvertTruncating(TrackOf(fact), _factors.AsSpan());
            for (var j = 0; j < _factors.Length; j++)
            {
                var row = _matrix.AsSpan(j * _factors.Length, _factors.Length);
                TensorPrimitives.MultiplyAdd(_factors, Weight * _factors[j], row, row);
            }

            TensorPrimitives.MultiplyAdd(_factors, Weight, _target, _target);
        }

        return _matrix[0];
    }

    [Benchmark(OperationsPerInvoke = Facts)]
    public double AddOuter()
    {
        for (var fact = 0; fact < Facts; fact++)
        {
            TensorPrimitives.ConvertTruncating(TrackOf(fact), _factors.AsSpan());
            SymmetricKernels.AddOuter(_symmetric, _factors, Weight, KernelData.Dimension);
            TensorPrimitives.MultiplyAdd(_factors, Weight, _target, _target);
        }

        return _symmetric[0];
    }

    /// <summary>Waits for four facts before it passes over the matrix.</summary>
    [Benchmark(OperationsPerInvoke = Facts)]
    public double NormalEquationsAdd()
    {
        for (var fact = 0; fact < Facts; fact++)
        {
            _equations.Add(TrackOf(fact), Weight, Weight);
        }

        return _equations.Target[0];
    }

    private ReadOnlySpan<float> TrackOf(int fact) => _tracks.AsSpan(fact * KernelData.Dimension, KernelData.Dimension);
}
