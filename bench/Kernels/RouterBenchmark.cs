using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Vectors;

namespace Buddies.Bench.Kernels;

/// <summary>Which of 4,000 centroids is a vector's cell: the cells' router, and what it has to beat.</summary>
[MemoryDiagnoser]
public class RouterBenchmark
{
    private const int Centroids = 4_000;
    private const int Vectors = 256;

    private readonly float[] _scores = new float[Centroids];
    private float[] _centroids = [];
    private float[] _vectors = [];
    private CellMap? _map;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        _centroids = KernelData.UnitRows(Centroids, KernelData.Dimension, seed: 1);
        _vectors = KernelData.UnitRows(Vectors, KernelData.Dimension, seed: 2);
        _map = new CellMap(_centroids, KernelData.Dimension, [.. Enumerable.Range(0, Centroids).Select(cell => new[] { (cell + 1) % Centroids })]);
    }

    [Benchmark(Baseline = true)]
    public int Scalar()
    {
        var vector = NextVector();
        var (best, at) = (float.NegativeInfinity, -1);
        for (var centroid = 0; centroid < Centroids; centroid++)
        {
            var sum = 0f;
            for (var i = 0; i < vector.Length; i++)
            {
                sum += _centroids[(centroid * vector.Length) + i] * vector[i];
            }

            if (sum > best)
            {
                (best, at) = (sum, centroid);
            }
        }

        return at;
    }

    [Benchmark]
    public int ScoreRowsThenIndexOfMax()
    {
        VectorKernels.ScoreRows(_centroids, NextVector(), _scores);
        return TensorPrimitives.IndexOfMax<float>(_scores);
    }

    [Benchmark]
    public int CellRouter() => _map!.FindNearest(NextVector());

    private ReadOnlySpan<float> NextVector() =>
        _vectors.AsSpan(_next++ % Vectors * KernelData.Dimension, KernelData.Dimension);
}
