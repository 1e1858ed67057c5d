using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Buddies.Engine.Buddies.Cells;

namespace Buddies.Bench.Kernels;

/// <summary>One inner product: the engine calls TensorPrimitives, and within the cells its own in sixteen bits; are they worth it over a plain loop?</summary>
[MemoryDiagnoser]
public class DotBenchmark
{
    private float[] _left = [];
    private float[] _right = [];
    private short[] _leftRow = [];
    private short[] _rightRow = [];

    [Params(32, 64, 128, 256)]
    public int Dimension { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _left = KernelData.UnitRows(1, Dimension, seed: 1);
        _right = KernelData.UnitRows(1, Dimension, seed: 2);
        (_leftRow, _rightRow) = (new short[FixedPoint.Padded(Dimension)], new short[FixedPoint.Padded(Dimension)]);
        FixedPoint.Write(_left, _leftRow);
        FixedPoint.Write(_right, _rightRow);
    }

    [Benchmark(Baseline = true)]
    public float Scalar()
    {
        var sum = 0f;
        for (var i = 0; i < _left.Length; i++)
        {
            sum += _left[i] * _right[i];
        }

        return sum;
    }

    [Benchmark]
    public float TensorPrimitivesDot() => TensorPrimitives.Dot<float>(_left, _right);

    [Benchmark]
    public unsafe float FixedPointSimilarity()
    {
        fixed (short* left = _leftRow, right = _rightRow)
        {
            return FixedPoint.Similarity(left, right, _leftRow.Length);
        }
    }
}
