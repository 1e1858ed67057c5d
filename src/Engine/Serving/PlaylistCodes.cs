using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Serving;

/// <summary>
/// Unit vectors of playlists in eight bits a dimension: a quarter of the bytes to scan, and the same answer. A code carries the
/// length of what it leaves out, which bounds the error of each estimate; whatever may be among the nearest is scored exactly.
/// </summary>
internal sealed unsafe class PlaylistCodes
{
    private readonly byte[] _tiles;
    private readonly float[] _scales;
    private readonly float _largestError;
    private readonly float[] _vectors;
    private readonly int _dimension;
    private readonly int _padded;
    private readonly int _count;

    /// <summary>Codes rows.</summary>
    /// <param name="vectors">Row-major, [count × d] or longer, each of length 1 or 0; kept for exact scores.</param>
    /// <param name="count">How many.</param>
    /// <param name="dimension">d.</param>
    /// <param name="retired">Codes whose memory these take over, where it fits; null for none.</param>
    /// <param name="pause">Called between pieces of work of well under a millisecond, and may rest; null for nobody.</param>
    public PlaylistCodes(float[] vectors, int count, int dimension, PlaylistCodes? retired = null, Action? pause = null)
    {
        _vectors = vectors;
        _dimension = dimension;
        _padded = (dimension + 7) & ~7;
        _count = count;
        var tiles = (_count + TileKernel.Rows - 1) / TileKernel.Rows;
        _tiles = RetiredArrays.Fit(retired?._tiles, tiles * TileKernel.Rows * _padded);
        Array.Fill(_tiles, (byte)128);
        _scales = RetiredArrays.Fit(retired?._scales, tiles * TileKernel.Rows);
        Array.Clear(_scales);
        var code = new sbyte[_padded];
        for (var row = 0; row < _count; row++)
        {
            RowCode.Encode(vectors.AsSpan(row * dimension, dimension), code, out _scales[row], out var error);
            _largestError = Math.Max(_largestError, error);
            var tile = _tiles.AsSpan(row / TileKernel.Rows * TileKernel.Rows * _padded, TileKernel.Rows * _padded);
            for (var i = 0; i < _padded; i++)
            {
                tile[((i & ~3) * TileKernel.Rows) + (row % TileKernel.Rows * 4) + (i & 3)] = (byte)(code[i] + 128);
            }

            if (row % ServingModel.PauseRows == ServingModel.PauseRows - 1)
            {
                pause?.Invoke();
            }
        }
    }

    /// <summary>Bytes beside the vectors.</summary>
    public long Bytes => _tiles.Length + ((long)_scales.Length * sizeof(float));

    /// <summary>Offers the rows nearest to a direction, among them all that belong to the best of <paramref name="top"/>.</summary>
    /// <param name="direction">[d], of any length above 0.</param>
    /// <param name="most">How many <paramref name="top"/> holds.</param>
    /// <param name="isSkipped">Rows that do not count; null for none.</param>
    /// <param name="items">For each row, what is offered.</param>
    /// <param name="top">Takes exact scores.</param>
    /// <remarks>Allocates nothing that stays; safe to call concurrently.</remarks>
    public void Find(ReadOnlySpan<float> direction, int most, Func<int, bool>? isSkipped, int[] items, ref TopK top)
    {
        Span<sbyte> query = stackalloc sbyte[_padded];
        var sum = RowCode.Encode(direction, query, out var queryScale, out var queryError);
        var length = TensorPrimitives.Norm(direction);
        var estimates = ArrayPool<float>.Shared.Rent(_scales.Length);
        var lowRows = ArrayPool<int>.Shared.Rent(most);
        var lowScores = ArrayPool<float>.Shared.Rent(most);
        try
        {
            Estimate(query, 128 * sum, queryScale, estimates);
            // Every estimate is off by the largest error at most, so a row that lies twice as far under the k-th estimate is
            // surely not among the first k.
            var low = new TopK(lowRows.AsSpan(0, most), lowScores.AsSpan(0, most));
            var floor = float.NegativeInfinity;
            for (var row = NextAbove(estimates, 0, floor); row < _count; row = NextAbove(estimates, row + 1, floor))
            {
                if (isSkipped is null || !isSkipped(items[row]))
                {
                    low.Offer(row, estimates[row]);

                    // The worst of those kept stands at the heap's root.
                    floor = low.Count == most ? lowScores[0] : floor;
                }
            }

            floor -= 2 * ((_largestError * length) + ((1 + _largestError) * queryError));
            for (var row = NextAbove(estimates, 0, floor); row < _count; row = NextAbove(estimates, row + 1, floor))
            {
                if (isSkipped is null || !isSkipped(items[row]))
                {
                    top.Offer(items[row], TensorPrimitives.Dot(_vectors.AsSpan(row * _dimension, _dimension), direction));
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(estimates);
            ArrayPool<int>.Shared.Return(lowRows);
            ArrayPool<float>.Shared.Return(lowScores);
        }
    }

    /// <summary>The next row whose estimate is above the floor.</summary>
    private int NextAbove(float[] estimates, int from, float floor)
    {
        var row = from;
        var line = Vector256.Create(floor);
        while (row + Vector256<float>.Count <= _count && !Vector256.GreaterThanAny(Vector256.LoadUnsafe(ref estimates[row]), line))
        {
            row += Vector256<float>.Count;
        }

        while (row < _count && !(estimates[row] > floor))
        {
            row++;
        }

        return row;
    }

    private void Estimate(ReadOnlySpan<sbyte> query, int offset, float queryScale, float[] estimates)
    {
        fixed (byte* tiles = _tiles)
        fixed (sbyte* coded = query)
        fixed (float* scales = _scales)
        fixed (float* destination = estimates)
        {
            var constant = Vector256.Create(offset);
            var scale = Vector256.Create(queryScale);
            for (var row = 0; row < _count; row += TileKernel.Rows)
            {
                TileKernel.Score(tiles + ((long)row * _padded), coded, _padded, out var low, out var high);
                (Vector256.ConvertToSingle(low - constant) * Vector256.Load(scales + row) * scale).Store(destination + row);
                (Vector256.ConvertToSingle(high - constant) * Vector256.Load(scales + row + 8) * scale).Store(destination + row + 8);
            }
        }
    }
}
