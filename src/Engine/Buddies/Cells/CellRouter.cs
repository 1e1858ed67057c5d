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
        _padded = (dimension + 3) & ~3;
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
        var sums = stackalloc int[TileKernel.Rows];
        fixed (sbyte* code = query)
        fixed (byte* tiles = _tiles)
        {
            for (var row = 0; row < _count; row += TileKernel.Rows)
            {
                TileKernel.Score(tiles + (row * _padded), code, _padded, sums);
                var end = Math.Min(TileKernel.Rows, _count - row);
                for (var i = 0; i < end; i++)
                {
                    var score = (sums[i] - sum) * _scales[row + i];
                    if (score > bestScore)
                    {
                        (best, bestScore) = (row + i, score);
                    }
                }
            }
        }

        return best;
    }
}
