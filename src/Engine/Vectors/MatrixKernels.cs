using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Buddies.Engine.Vectors;

/// <summary>
/// Single-precision products of dense matrices, blocked for the caches: what scores many listeners against a whole
/// catalogue at once. One thread; callers cut the rows among threads.
/// </summary>
public static class MatrixKernels
{
    private const int TileRows = 4;
    private const int PanelColumns = 64;
    private const int PanelDepth = 256;

    /// <summary>C += A·B.</summary>
    /// <param name="a">A, [m × k]; element (i, p) at i·<paramref name="aRowStride"/> + p·<paramref name="aColumnStride"/>, so that a transpose needs no copy.</param>
    /// <param name="aRowStride">Distance of A's rows, 0 or more.</param>
    /// <param name="aColumnStride">Distance of A's columns, 0 or more.</param>
    /// <param name="b">B, row-major, [k × n], rows <paramref name="bStride"/> apart.</param>
    /// <param name="bStride">n or more.</param>
    /// <param name="c">C, row-major, [m × n], rows <paramref name="cStride"/> apart; must not overlap the inputs.</param>
    /// <param name="cStride">n or more.</param>
    /// <param name="m">Rows of A and C, 0 or more.</param>
    /// <param name="n">Columns of B and C, 0 or more.</param>
    /// <param name="k">Columns of A and rows of B, 0 or more.</param>
    /// <exception cref="ArgumentException">A length contradicts these shapes.</exception>
    /// <remarks>
    /// Sums in blocks of 256 along k: the same shapes give the same bits on one kind of processor. A NaN spreads over its
    /// row or column. Allocates one buffer of 64 KiB a call. (Goto and van de Geijn 2008 for the blocking.)
    /// </remarks>
    public static void MultiplyAdd(
        ReadOnlySpan<float> a, int aRowStride, int aColumnStride, ReadOnlySpan<float> b, int bStride, Span<float> c, int cStride, int m, int n, int k)
    {
        CheckShapes(a.Length, aRowStride, aColumnStride, b.Length, bStride, c.Length, cStride, m, n, k);
        if (m == 0 || n == 0 || k == 0)
        {
            return;
        }

        var panel = new float[PanelDepth * PanelColumns];
        Span<float> tile = stackalloc float[TileRows * PanelColumns];
        for (var depthFrom = 0; depthFrom < k; depthFrom += PanelDepth)
        {
            var depth = Math.Min(PanelDepth, k - depthFrom);
            for (var columnFrom = 0; columnFrom < n; columnFrom += PanelColumns)
            {
                var columns = Math.Min(PanelColumns, n - columnFrom);
                Pack(b[((depthFrom * bStride) + columnFrom)..], bStride, depth, columns, panel);
                for (var rowFrom = 0; rowFrom < m; rowFrom += TileRows)
                {
                    var rows = Math.Min(TileRows, m - rowFrom);
                    ref var corner = ref Unsafe.Add(
                        ref MemoryMarshal.GetReference(a), ((nint)rowFrom * aRowStride) + ((nint)depthFrom * aColumnStride));
                    if (Vector512.IsHardwareAccelerated)
                    {
                        Tile512(ref corner, aRowStride, aColumnStride, rows, ref panel[0], depth, ref tile[0]);
                    }
                    else
                    {
                        Tile256(ref corner, aRowStride, aColumnStride, rows, ref panel[0], depth, ref tile[0]);
                    }

                    for (var row = 0; row < rows; row++)
                    {
                        var target = c.Slice(((rowFrom + row) * cStride) + columnFrom, columns);
                        TensorPrimitives.Add(target, tile.Slice(row * PanelColumns, columns), target);
                    }
                }
            }
        }
    }

    private static void CheckShapes(int aLength, int aRowStride, int aColumnStride, int bLength, int bStride, int cLength, int cStride, int m, int n, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfNegative(aRowStride);
        ArgumentOutOfRangeException.ThrowIfNegative(aColumnStride);
        ArgumentOutOfRangeException.ThrowIfLessThan(bStride, n);
        ArgumentOutOfRangeException.ThrowIfLessThan(cStride, n);
        if (m == 0 || n == 0 || k == 0)
        {
            return;
        }

        var aNeeded = ((m - 1L) * aRowStride) + ((k - 1L) * aColumnStride) + 1;
        var bNeeded = ((k - 1L) * bStride) + n;
        var cNeeded = ((m - 1L) * cStride) + n;
        if (aLength < aNeeded || bLength < bNeeded || cLength < cNeeded)
        {
            throw new ArgumentException(
                $"Expected at least {aNeeded}, {bNeeded} and {cNeeded} values for A, B and C, got {aLength}, {bLength} and {cLength}.");
        }
    }

    /// <summary>Copies a panel of B side by side, with zeros where it ends early: the kernels then need no tail.</summary>
    private static void Pack(ReadOnlySpan<float> b, int bStride, int depth, int columns, float[] panel)
    {
        for (var p = 0; p < depth; p++)
        {
            var target = panel.AsSpan(p * PanelColumns, PanelColumns);
            b.Slice(p * bStride, columns).CopyTo(target);
            target[columns..].Clear();
        }
    }

    /// <summary>Four rows of A by a panel: sixteen accumulators of 16 lanes, four loads of the panel for sixteen multiply-adds.</summary>
    /// <remarks>With fewer than four rows the last one stands in for the missing: its results are not read.</remarks>
    private static void Tile512(ref float a, nint rowStride, nint columnStride, int rows, ref float panel, int depth, ref float tile)
    {
        ref var a1 = ref Unsafe.Add(ref a, rows > 1 ? rowStride : 0);
        ref var a2 = ref Unsafe.Add(ref a, rows > 2 ? 2 * rowStride : 0);
        ref var a3 = ref Unsafe.Add(ref a, rows > 3 ? 3 * rowStride : 0);
        Vector512<float> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default, c13 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default, c23 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default, c33 = default;
        nint at = 0;
        for (nint p = 0; p < depth; p++)
        {
            ref var row = ref Unsafe.Add(ref panel, p * PanelColumns);
            var b0 = Vector512.LoadUnsafe(ref row);
            var b1 = Vector512.LoadUnsafe(ref row, 16);
            var b2 = Vector512.LoadUnsafe(ref row, 32);
            var b3 = Vector512.LoadUnsafe(ref row, 48);
            var v = Vector512.Create(Unsafe.Add(ref a, at));
            c00 = Vector512.FusedMultiplyAdd(v, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(v, b1, c01);
            c02 = Vector512.FusedMultiplyAdd(v, b2, c02);
            c03 = Vector512.FusedMultiplyAdd(v, b3, c03);
            v = Vector512.Create(Unsafe.Add(ref a1, at));
            c10 = Vector512.FusedMultiplyAdd(v, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(v, b1, c11);
            c12 = Vector512.FusedMultiplyAdd(v, b2, c12);
            c13 = Vector512.FusedMultiplyAdd(v, b3, c13);
            v = Vector512.Create(Unsafe.Add(ref a2, at));
            c20 = Vector512.FusedMultiplyAdd(v, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(v, b1, c21);
            c22 = Vector512.FusedMultiplyAdd(v, b2, c22);
            c23 = Vector512.FusedMultiplyAdd(v, b3, c23);
            v = Vector512.Create(Unsafe.Add(ref a3, at));
            c30 = Vector512.FusedMultiplyAdd(v, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(v, b1, c31);
            c32 = Vector512.FusedMultiplyAdd(v, b2, c32);
            c33 = Vector512.FusedMultiplyAdd(v, b3, c33);
            at += columnStride;
        }

        c00.StoreUnsafe(ref tile, 0);
        c01.StoreUnsafe(ref tile, 16);
        c02.StoreUnsafe(ref tile, 32);
        c03.StoreUnsafe(ref tile, 48);
        c10.StoreUnsafe(ref tile, 64);
        c11.StoreUnsafe(ref tile, 80);
        c12.StoreUnsafe(ref tile, 96);
        c13.StoreUnsafe(ref tile, 112);
        c20.StoreUnsafe(ref tile, 128);
        c21.StoreUnsafe(ref tile, 144);
        c22.StoreUnsafe(ref tile, 160);
        c23.StoreUnsafe(ref tile, 176);
        c30.StoreUnsafe(ref tile, 192);
        c31.StoreUnsafe(ref tile, 208);
        c32.StoreUnsafe(ref tile, 224);
        c33.StoreUnsafe(ref tile, 240);
    }

    /// <summary>The same in quarters of the panel: eight accumulators of 8 lanes fit the sixteen registers of AVX2.</summary>
    private static void Tile256(ref float a, nint rowStride, nint columnStride, int rows, ref float panel, int depth, ref float tile)
    {
        ref var a1 = ref Unsafe.Add(ref a, rows > 1 ? rowStride : 0);
        ref var a2 = ref Unsafe.Add(ref a, rows > 2 ? 2 * rowStride : 0);
        ref var a3 = ref Unsafe.Add(ref a, rows > 3 ? 3 * rowStride : 0);
        for (nuint quarter = 0; quarter < PanelColumns; quarter += 16)
        {
            Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default;
            Vector256<float> c20 = default, c21 = default, c30 = default, c31 = default;
            nint at = 0;
            for (nint p = 0; p < depth; p++)
            {
                ref var row = ref Unsafe.Add(ref panel, p * PanelColumns);
                var b0 = Vector256.LoadUnsafe(ref row, quarter);
                var b1 = Vector256.LoadUnsafe(ref row, quarter + 8);
                var v = Vector256.Create(Unsafe.Add(ref a, at));
                c00 = Vector256.FusedMultiplyAdd(v, b0, c00);
                c01 = Vector256.FusedMultiplyAdd(v, b1, c01);
                v = Vector256.Create(Unsafe.Add(ref a1, at));
                c10 = Vector256.FusedMultiplyAdd(v, b0, c10);
                c11 = Vector256.FusedMultiplyAdd(v, b1, c11);
                v = Vector256.Create(Unsafe.Add(ref a2, at));
                c20 = Vector256.FusedMultiplyAdd(v, b0, c20);
                c21 = Vector256.FusedMultiplyAdd(v, b1, c21);
                v = Vector256.Create(Unsafe.Add(ref a3, at));
                c30 = Vector256.FusedMultiplyAdd(v, b0, c30);
                c31 = Vector256.FusedMultiplyAdd(v, b1, c31);
                at += columnStride;
            }

            c00.StoreUnsafe(ref tile, quarter);
            c01.StoreUnsafe(ref tile, quarter + 8);
            c10.StoreUnsafe(ref tile, quarter + PanelColumns);
            c11.StoreUnsafe(ref tile, quarter + PanelColumns + 8);
            c20.StoreUnsafe(ref tile, quarter + (2 * PanelColumns));
            c21.StoreUnsafe(ref tile, quarter + (2 * PanelColumns) + 8);
            c30.StoreUnsafe(ref tile, quarter + (3 * PanelColumns));
            c31.StoreUnsafe(ref tile, quarter + (3 * PanelColumns) + 8);
        }
    }
}
