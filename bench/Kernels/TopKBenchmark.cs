using BenchmarkDotNet.Attributes;
using Buddies.Engine.Vectors;

namespace Buddies.Bench.Kernels;

/// <summary>Keeping the best 50 of a stream of scores: a heap against sorting everything.</summary>
[MemoryDiagnoser]
public class TopKBenchmark
{
    private const int K = 50;

    private readonly int[] _items = new int[K];
    private readonly float[] _best = new float[K];
    private float[] _scores = [];
    private int[] _order = [];
    private float[] _keys = [];

    [Params(1_000, 32_000)]
    public int Offers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var rows = KernelData.UnitRows(Offers, KernelData.Dimension, seed: 1);
        _scores = new float[Offers];
        VectorKernels.ScoreRows(rows, rows.AsSpan(0, KernelData.Dimension), _scores);
        _order = new int[Offers];
        _keys = new float[Offers];
    }

    [Benchmark(Baseline = true)]
    public int SortAll()
    {
        for (var i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
            _keys[i] = -_scores[i];
        }

        Array.Sort(_keys, _order);
        return _order[K - 1];
    }

    [Benchmark]
    public int OfferAll()
    {
        var top = new TopK(_items, _best);
        for (var i = 0; i < _scores.Length; i++)
        {
            top.Offer(i, _scores[i]);
        }

        return top.Sort();
    }

    /// <summary>The comparison with the worst kept score before the call, as a scan does it.</summary>
    [Benchmark]
    public int OfferWhatBeatsTheWorst()
    {
        var top = new TopK(_items, _best);
        for (var i = 0; i < _scores.Length; i++)
        {
            if (top.Count < K || _scores[i] >= _best[0])
            {
                top.Offer(i, _scores[i]);
            }
        }

        return top.Sort();
    }
}
