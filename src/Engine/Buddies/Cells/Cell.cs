using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// The residents of one cell: codes in tiles, and for each row what the scan compares. Rows are dense; a row that leaves
/// is filled by the last one.
/// </summary>
internal sealed unsafe class Cell : IDisposable
{
    private const int Alignment = 64;
    private readonly int _padded;
    private int _capacity;

    public Cell(int paddedDimension)
    {
        _padded = paddedDimension;
        Users = [];
        Scales = [];
        Limits = [];
    }

    ~Cell() => Release();

    /// <summary>Residents.</summary>
    public int Count { get; private set; }

    /// <summary>Residents with a buddy set: without any, nobody here listens for moves.</summary>
    public int Watchers { get; set; }

    /// <summary>Tiles in use; rows beyond <see cref="Count"/> in the last one never pass a limit.</summary>
    public int TileCount => (Count + TileKernel.Rows - 1) / TileKernel.Rows;

    /// <summary>Codes, [tile][d/4][16][4].</summary>
    public byte* Codes { get; private set; }

    /// <summary>The listener of each row.</summary>
    public int[] Users { get; private set; }

    /// <summary>The scale of each row's code; 0 in unused rows.</summary>
    public float[] Scales { get; private set; }

    /// <summary>What an estimate plus the query's own error must reach to touch the row's buddy set; +∞ without one.</summary>
    public float[] Limits { get; private set; }

    /// <summary>No row's code leaves out more than this; never lowered while rows come and go.</summary>
    public float LargestError { get; private set; }

    public long Bytes => (long)_capacity * (_padded + sizeof(int) + (2 * sizeof(float)));

    /// <summary>Appends a row.</summary>
    /// <returns>Its number.</returns>
    public int Add(int user, ReadOnlySpan<sbyte> code, float scale, float error, float limit)
    {
        if (Count == _capacity)
        {
            Grow();
        }

        var row = Count++;
        Users[row] = user;
        Set(row, code, scale, error);
        Limits[row] = limit;
        return row;
    }

    /// <summary>Replaces a row's code.</summary>
    public void Set(int row, ReadOnlySpan<sbyte> code, float scale, float error)
    {
        Scales[row] = scale;
        LargestError = Math.Max(LargestError, error);
        var to = Codes + (row / TileKernel.Rows * TileKernel.Rows * _padded) + (row % TileKernel.Rows * 4);
        for (var i = 0; i < _padded; i += 4, to += 4 * TileKernel.Rows)
        {
            // Signed to unsigned by flipping the top bit of each byte.
            *(uint*)to = MemoryMarshal.Read<uint>(MemoryMarshal.AsBytes(code.Slice(i, 4))) ^ 0x80808080;
        }
    }

    /// <summary>Takes a row out.</summary>
    /// <returns>The listener whose row moved into its place; −1 when it was the last.</returns>
    public int RemoveAt(int row)
    {
        var last = --Count;
        var moved = -1;
        if (row != last)
        {
            moved = Users[last];
            Users[row] = moved;
            Scales[row] = Scales[last];
            Limits[row] = Limits[last];
            CopyCode(last, row);
        }

        Scales[last] = 0;
        Limits[last] = float.PositiveInfinity;
        return moved;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void CopyCode(int from, int to)
    {
        var source = Codes + (from / TileKernel.Rows * TileKernel.Rows * _padded) + (from % TileKernel.Rows * 4);
        var target = Codes + (to / TileKernel.Rows * TileKernel.Rows * _padded) + (to % TileKernel.Rows * 4);
        for (var i = 0; i < _padded; i += 4)
        {
            *(uint*)target = *(uint*)source;
            source += 4 * TileKernel.Rows;
            target += 4 * TileKernel.Rows;
        }
    }

    /// <summary>By a quarter and whole tiles: a cell is small, so growing one never stalls the others.</summary>
    private void Grow()
    {
        var capacity = Math.Max(TileKernel.Rows, (_capacity + (_capacity / 4) + TileKernel.Rows - 1) / TileKernel.Rows * TileKernel.Rows);
        if (capacity == _capacity)
        {
            capacity += TileKernel.Rows;
        }

        var codes = (byte*)NativeMemory.AlignedAlloc((nuint)(capacity * _padded), Alignment);
        Unsafe.InitBlockUnaligned(codes, 128, (uint)(capacity * _padded));
        if (Codes != null)
        {
            Buffer.MemoryCopy(Codes, codes, (long)capacity * _padded, (long)_capacity * _padded);
            NativeMemory.AlignedFree(Codes);
        }

        Codes = codes;
        var (users, scales, limits) = (Users, Scales, Limits);
        Array.Resize(ref users, capacity);
        Array.Resize(ref scales, capacity);
        Array.Resize(ref limits, capacity);
        limits.AsSpan(_capacity).Fill(float.PositiveInfinity);
        (Users, Scales, Limits) = (users, scales, limits);
        _capacity = capacity;
    }

    private void Release()
    {
        NativeMemory.AlignedFree(Codes);
        Codes = null;
    }
}
