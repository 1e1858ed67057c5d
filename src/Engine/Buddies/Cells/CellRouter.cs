using System.Runtime.Intrinsics;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>Finds the nearest of many centroids by scoring their codes sixteen at a time.</summary>
/// <remarks>
/// Which of two centroids that are nearly as near takes a listener does not matter to anybody, so the codes' estimate
/// decides; it is integer arithmetic, the same on every CPU. Immutable; safe for concurrent use.
/// </remarks>
internal sealed unsafe class CellRouter
{
    private readonly byte[] _tiles;
    private readonly float[] _scales;
    private readonly int _padded;
    private readonly int _count;

    public CellRouter(ReadOnlySpan<float> centroids, int dimension)
    {
        _padded = (dimension + 7) & ~7;
        _count = centroids.Length / dimension;
        var rows = (_count + TileKernel.Rows - 1) / TileKernel.Rows * TileKernel.Rows;
        _tiles = GC.AllocateArray<byte>(rows * _padded, pinned: true);
        Array.Fill(_tiles, (byte)128);
        _scales = new float[rows];
        var code = new sbyte[_padded];
        for (var row = 0; row < _count; row++)
        {
            RowCode.Encode(centroids.Slice(row * dimension, dimension), code, out _scales[row], out _);
            var to = (row / TileKernel.Rows * TileKernel.Rows * _padded) + (row % TileKernel.Rows * 4);
            for (var i = 0; i < _padded; i++)
            {
                _tiles[to + ((i & ~3) * TileKernel.Rows) + (i & 3)] = (byte)(code[i] ^ -128);
            }
        }
    }

    public long Bytes => _tiles.Length + (_scales.Length * sizeof(float));

    /// <summary>The nearest centroid; of equals the first.</summary>
    public int FindNearest(ReadOnlySpan<float> vector)
    {
        Span<sbyte> query = stackalloc sbyte[_padded];
        var sum = 128 * RowCode.Encode(vector, query, out _, out _);
        var (best, bestScore) = (0, float.NegativeInfinity);
        var correct = Vector256.Create(sum);
        var scores = stackalloc float[TileKernel.Rows];
        fixed (sbyte* code = query)
        fixed (byte* tiles = _tiles)
        fixed (float* scales = _scales)
        {
            for (var at = 0; at < _count; at += TileKernel.Rows)
            {
                TileKernel.Score(tiles + (at * _padded), code, _padded, out var low, out var high);
                var first = Vector256.ConvertToSingle(low - correct) * Vector256.Load(scales + at);
                var second = Vector256.ConvertToSingle(high - correct) * Vector256.Load(scales + at + 8);
                var line = Vector256.Create(bestScore);
                if (!Vector256.GreaterThanAny(first, line) && !Vector256.GreaterThanAny(second, line))
                {
                    continue;
                }

                first.Store(scores);
                second.Store(scores + 8);
                for (var i = 0; i < Math.Min(TileKernel.Rows, _count - at); i++)
                {
                    if (scores[i] > bestScore)
                    {
                        (best, bestScore) = (at + i, scores[i]);
                    }
                }
            }
        }

        return best;
    }
}
