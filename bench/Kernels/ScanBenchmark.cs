using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Buddies.Engine.Vectors;

namespace Buddies.Bench.Kernels;

/// <summary>One query against many rows: in the second-level cache (2,048), in the third (32,768), from memory (524,288).</summary>
[MemoryDiagnoser]
public class ScanBenchmark
{
    private float[] _rows = [];
    private float[] _query = [];
    private float[] _scores = [];

    [Params(2_048, 32_768, 524_288)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _rows = KernelData.UnitRows(Rows, KernelData.Dimension, seed: 1);
        _query = KernelData.UnitRows(1, KernelData.Dimension, seed: 2);
        _scores = new float[Rows];
    }

    [Benchmark(Baseline = true)]
    public float[] Scalar()
    {
        for (var row = 0; row < _scores.Length; row++)
        {
            var sum = 0f;
            for (var i = 0; i < _query.Length; i++)
            {
                sum += _rows[(row * _query.Length) + i] * _query[i];
            }

            _scores[row] = sum;
        }

        return _scores;
    }

    [Benchmark]
    public float[] TensorPrimitivesByRow()
    {
        for (var row = 0; row < _scores.Length; row++)
        {
            _scores[row] = TensorPrimitives.Dot(_rows.AsSpan(row * _query.Length, _query.Length), _query);
        }

        return _scores;
    }

    [Benchmark]
    public float[] ScoreRows()
    {
        VectorKernels.ScoreRows(_rows, _query, _scores);
        return _scores;
    }
}
