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

    /// <summary>Scores a tile against two queries in one pass over its bytes.</summary>
    /// <param name="tile">[paddedDimension × 16] bytes.</param>
    /// <param name="first">[paddedDimension] signed bytes.</param>
    /// <param name="second">[paddedDimension] signed bytes.</param>
    /// <param name="paddedDimension">A multiple of 4.</param>
    /// <param name="firstSums">Destination, [16].</param>
    /// <param name="secondSums">Destination, [16].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Score(byte* tile, sbyte* first, sbyte* second, int paddedDimension, int* firstSums, int* secondSums)
    {
        if (AvxVnni.IsSupported)
        {
            var (a0, a1) = (Vector256<int>.Zero, Vector256<int>.Zero);
            var (b0, b1) = (Vector256<int>.Zero, Vector256<int>.Zero);
            for (var i = 0; i < paddedDimension; i += 4)
            {
                var low = Vector256.Load(tile + (i * Rows));
                var high = Vector256.Load(tile + (i * Rows) + 32);
                var q = Vector256.Create(*(int*)(first + i)).AsSByte();
                var r = Vector256.Create(*(int*)(second + i)).AsSByte();
                a0 = AvxVnni.MultiplyWideningAndAdd(a0, low, q);
                a1 = AvxVnni.MultiplyWideningAndAdd(a1, high, q);
                b0 = AvxVnni.MultiplyWideningAndAdd(b0, low, r);
                b1 = AvxVnni.MultiplyWideningAndAdd(b1, high, r);
            }

            a0.Store(firstSums);
            a1.Store(firstSums + 8);
            b0.Store(secondSums);
            b1.Store(secondSums + 8);
            return;
        }

        Score(tile, first, paddedDimension, firstSums);
        Score(tile, second, paddedDimension, secondSums);
    }

    /// <summary>Scores a tile against one query.</summary>
    /// <param name="tile">[paddedDimension × 16] bytes.</param>
    /// <param name="query">[paddedDimension] signed bytes.</param>
    /// <param name="paddedDimension">A multiple of 4.</param>
    /// <param name="sums">Destination, [16].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Score(byte* tile, sbyte* query, int paddedDimension, int* sums)
    {
        if (AvxVnni.IsSupported)
        {
            var (a0, a1) = (Vector256<int>.Zero, Vector256<int>.Zero);
            for (var i = 0; i < paddedDimension; i += 4)
            {
                var q = Vector256.Create(*(int*)(query + i)).AsSByte();
                a0 = AvxVnni.MultiplyWideningAndAdd(a0, Vector256.Load(tile + (i * Rows)), q);
                a1 = AvxVnni.MultiplyWideningAndAdd(a1, Vector256.Load(tile + (i * Rows) + 32), q);
            }

            a0.Store(sums);
            a1.Store(sums + 8);
        }
        else if (Avx2.IsSupported)
        {
            ScoreAvx2(tile, query, paddedDimension, sums);
        }
        else
        {
            ScoreScalar(tile, query, paddedDimension, sums);
        }
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
