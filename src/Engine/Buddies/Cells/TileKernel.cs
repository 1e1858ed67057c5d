using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Inner products of 16 coded rows with one or two coded queries. A tile holds 16 rows interleaved four dimensions at a
/// time, [d/4][16][4] bytes, so that each multiply-add works on the rows side by side and no sum crosses lanes.
/// </summary>
/// <remarks>
/// Rows are unsigned (value + 128), queries signed: the form of the VNNI instruction vpdpbusd. The constant part
/// 128·Σquery is the caller's to subtract. The only place that chooses the instruction set of the scan.
/// </remarks>
internal static class TileKernel
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 16;

    /// <summary>How far ahead of the scan its bytes are fetched: the CPU's own fetching stops at the end of each small page.</summary>
    public const int RowsAhead = 4 * Rows;

    /// <summary>Asks for a tile; it will be scored soon. An address past the end does no harm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch(byte* tile, int paddedDimension)
    {
        if (Sse.IsSupported)
        {
            for (var i = 0; i < Rows * paddedDimension; i += 64)
            {
                Sse.Prefetch0(tile + i);
            }
        }
    }

    /// <summary>Scores a tile against two queries in one pass over its bytes.</summary>
    /// <param name="tile">[paddedDimension × 16] bytes.</param>
    /// <param name="first">[paddedDimension] signed bytes.</param>
    /// <param name="second">[paddedDimension] signed bytes.</param>
    /// <param name="paddedDimension">A multiple of 8.</param>
    /// <param name="firstLow">Sums of rows 0 to 7 with the first query.</param>
    /// <param name="firstHigh">Sums of rows 8 to 15 with the first query.</param>
    /// <param name="secondLow">Sums of rows 0 to 7 with the second query.</param>
    /// <param name="secondHigh">Sums of rows 8 to 15 with the second query.</param>
    /// <remarks>Two sums for each result run side by side: one alone would wait for the instruction's latency.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Score(
        byte* tile,
        sbyte* first,
        sbyte* second,
        int paddedDimension,
        out Vector256<int> firstLow,
        out Vector256<int> firstHigh,
        out Vector256<int> secondLow,
        out Vector256<int> secondHigh)
    {
        if (AvxVnni.IsSupported)
        {
            var (a0, a1, b0, b1) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
            var (c0, c1, d0, d1) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
            for (var i = 0; i < paddedDimension; i += 8)
            {
                var low = Vector256.Load(tile + (i * Rows));
                var high = Vector256.Load(tile + (i * Rows) + 32);
                var q = Vector256.Create(*(int*)(first + i)).AsSByte();
                var r = Vector256.Create(*(int*)(second + i)).AsSByte();
                a0 = AvxVnni.MultiplyWideningAndAdd(a0, low, q);
                a1 = AvxVnni.MultiplyWideningAndAdd(a1, high, q);
                b0 = AvxVnni.MultiplyWideningAndAdd(b0, low, r);
                b1 = AvxVnni.MultiplyWideningAndAdd(b1, high, r);
                low = Vector256.Load(tile + (i * Rows) + 64);
                high = Vector256.Load(tile + (i * Rows) + 96);
                q = Vector256.Create(*(int*)(first + i + 4)).AsSByte();
                r = Vector256.Create(*(int*)(second + i + 4)).AsSByte();
                c0 = AvxVnni.MultiplyWideningAndAdd(c0, low, q);
                c1 = AvxVnni.MultiplyWideningAndAdd(c1, high, q);
                d0 = AvxVnni.MultiplyWideningAndAdd(d0, low, r);
                d1 = AvxVnni.MultiplyWideningAndAdd(d1, high, r);
            }

            (firstLow, firstHigh, secondLow, secondHigh) = (a0 + c0, a1 + c1, b0 + d0, b1 + d1);
            return;
        }

        Score(tile, first, paddedDimension, out firstLow, out firstHigh);
        Score(tile, second, paddedDimension, out secondLow, out secondHigh);
    }

    /// <summary>Scores a tile against one query.</summary>
    /// <param name="tile">[paddedDimension × 16] bytes.</param>
    /// <param name="query">[paddedDimension] signed bytes.</param>
    /// <param name="paddedDimension">A multiple of 8.</param>
    /// <param name="low">Sums of rows 0 to 7.</param>
    /// <param name="high">Sums of rows 8 to 15.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Score(byte* tile, sbyte* query, int paddedDimension, out Vector256<int> low, out Vector256<int> high)
    {
        if (AvxVnni.IsSupported)
        {
            var (a0, a1, c0, c1) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
            for (var i = 0; i < paddedDimension; i += 8)
            {
                var q = Vector256.Create(*(int*)(query + i)).AsSByte();
                a0 = AvxVnni.MultiplyWideningAndAdd(a0, Vector256.Load(tile + (i * Rows)), q);
                a1 = AvxVnni.MultiplyWideningAndAdd(a1, Vector256.Load(tile + (i * Rows) + 32), q);
                q = Vector256.Create(*(int*)(query + i + 4)).AsSByte();
                c0 = AvxVnni.MultiplyWideningAndAdd(c0, Vector256.Load(tile + (i * Rows) + 64), q);
                c1 = AvxVnni.MultiplyWideningAndAdd(c1, Vector256.Load(tile + (i * Rows) + 96), q);
            }

            (low, high) = (a0 + c0, a1 + c1);
            return;
        }

        var sums = stackalloc int[Rows];
        if (Avx2.IsSupported)
        {
            ScoreAvx2(tile, query, paddedDimension, sums);
        }
        else
        {
            ScoreScalar(tile, query, paddedDimension, sums);
        }

        low = Vector256.Load(sums);
        high = Vector256.Load(sums + 8);
    }

    /// <summary>The same in plain code: the twin that tests compare with, and the way of CPUs without AVX2.</summary>
    internal static unsafe void ScoreScalar(byte* tile, sbyte* query, int paddedDimension, int* sums)
    {
        for (var row = 0; row < Rows; row++)
        {
            var sum = 0;
            for (var i = 0; i < paddedDimension; i++)
            {
                sum += tile[((i & ~3) * Rows) + (row * 4) + (i & 3)] * query[i];
            }

            sums[row] = sum;
        }
    }

    // vpmaddubsw would saturate: bytes are widened to 16 bits first.
    private static unsafe void ScoreAvx2(byte* tile, sbyte* query, int paddedDimension, int* sums)
    {
        for (var half = 0; half < 4; half++)
        {
            var sum = Vector128<int>.Zero;
            for (var i = 0; i < paddedDimension; i += 4)
            {
                var rows = Avx2.ConvertToVector256Int16(Vector128.Load(tile + (i * Rows) + (half * 16)));
                var q = Avx2.ConvertToVector256Int16(Vector128.Create(*(int*)(query + i)).AsSByte());
                var pairs = Avx2.MultiplyAddAdjacent(rows, q);
                sum += Ssse3.HorizontalAdd(pairs.GetLower(), pairs.GetUpper());
            }

            sum.Store(sums + (half * 4));
        }
    }
}
