using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;

namespace Buddies.Bench.Kernels;

/// <summary>One inner product: the engine calls TensorPrimitives; is that worth it over a plain loop?</summary>
[MemoryDiagnoser]
public class DotBenchmark
{
    private float[] _left = [];
    private float[] _right = [];

    [Params(32, 64, 128, 256)]
    public int Dimension { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _left = KernelData.UnitRows(1, Dimension, seed: 1);
        _right = KernelData.UnitRows(1, Dimension, seed: 2);
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
}
