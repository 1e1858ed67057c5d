using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// The residents of one cell, in tiles of 16: their codes and what the scan compares, side by side. Rows are dense; a row
/// that leaves is filled by the last one.
/// </summary>
/// <remarks>
/// Whoever writes holds the gate. Readers need none: they scan, and scan again if <see cref="Version"/> has changed.
/// A tile is codes [d/4][16][4] bytes, then 16 scales, 16 limits and 16 listeners of four bytes each.
/// </remarks>
internal sealed unsafe class Cell(int paddedDimension, Arena arena)
{
    /// <summary>Set in a row's listener who is invisible.</summary>
    public const int Invisible = int.MinValue;

    private const int MostCounted = 1024;

    private readonly int _codeBytes = paddedDimension * TileKernel.Rows;
    private int _gate;
    private int _count;
    private int _version;
    private int _capacity;
    private int _closenessCount;

    /// <summary>Bytes of a tile.</summary>
    public static int StrideOf(int paddedDimension) => (paddedDimension * TileKernel.Rows) + (3 * TileKernel.Rows * 4);

    /// <summary>Residents.</summary>
    public int Count
    {
        get => Volatile.Read(ref _count);
        private set => Volatile.Write(ref _count, value);
    }

    /// <summary>Residents with a buddy set: without any, nobody here listens for moves.</summary>
    public int Watchers { get; private set; }

    /// <summary>The first tile. Rows from <see cref="Count"/> on in the last one have a limit that nothing reaches.</summary>
    public byte* Tiles { get; private set; }

    /// <summary>No row's code leaves out more than this; never lowered while rows come and go.</summary>
    public float LargestError { get; private set; }

    /// <summary>The mean cosine of those who came, of late, and the centroid.</summary>
    public float Closeness { get; private set; }

    /// <summary>What an estimate had to reach when the cell was last scanned to touch the most open of sixteen sets, on the average.</summary>
    public float Openness { get; set; } = float.MinValue;

    /// <summary>Even between changes, and then another number after each.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Appends a row.</summary>
    public void Add(Listener* listener, int user, int home, ReadOnlySpan<sbyte> code, float scale, float error, float closeness)
    {
        Begin();
        _closenessCount = Math.Min(_closenessCount + 1, MostCounted);
        Closeness += (closeness - Closeness) / _closenessCount;
        if (Count == _capacity * TileKernel.Rows)
        {
            Grow();
        }

        var row = Count++;
        Users(row)[row % TileKernel.Rows] = user | (listener->IsInvisible ? Invisible : 0);
        Write(row, code, scale, error);
        Limits(row)[row % TileKernel.Rows] = listener->Set >= 0 ? float.MinValue : float.PositiveInfinity;
        Watchers += listener->Set >= 0 ? 1 : 0;
        listener->Error = error;
        listener->Row = row;
        listener->Cell = home;
        End();
    }

    /// <summary>Replaces a resident's code.</summary>
    public void Set(Listener* listener, ReadOnlySpan<sbyte> code, float scale, float error)
    {
        Begin();
        Write(listener->Row, code, scale, error);
        listener->Error = error;
        End();
    }

    /// <summary>Takes a resident out; the last one's row moves into its place.</summary>
    public void Remove(Listener* listener, UserTable listeners)
    {
        Begin();
        var (row, last) = (listener->Row, --Count);
        var (at, from) = (row % TileKernel.Rows, last % TileKernel.Rows);
        if (row != last)
        {
            var user = Users(last)[from];
            Users(row)[at] = user;
            Scales(row)[at] = Scales(last)[from];
            Limits(row)[at] = Limits(last)[from];
            CopyCode(last, row);
            ((Listener*)listeners[user & ~Invisible])->Row = row;
        }

        Scales(last)[from] = 0;
        Limits(last)[from] = float.PositiveInfinity;
        Watchers -= listener->Set >= 0 ? 1 : 0;
        listener->Cell = -1;
        End();
    }

    /// <summary>Sets what an estimate must reach to touch a resident's buddy set, from its bound as it now is.</summary>
    /// <returns>False if it lives here no longer.</returns>
    public bool SetLimit(Listener* listener, int user, int home, BuddySet* set, float errorFactor)
    {
        SpinGate.Enter(ref _gate);
        var isHere = Volatile.Read(ref listener->Cell) == home;
        if (isHere && Volatile.Read(ref set->Owner) == user && set->IsDeaf == 0)
        {
            var bound = Volatile.Read(ref set->Bound);
            Limits(listener->Row)[listener->Row % TileKernel.Rows] = bound == 0 ? float.MinValue : BuddyKey.Similarity(bound) - (errorFactor * listener->Error);
        }

        SpinGate.Exit(ref _gate);
        return isHere;
    }

    /// <summary>Notes that a resident has got a buddy set, or has lost it and is to be left in peace.</summary>
    public void SetWatching(Listener* listener, bool isWatching)
    {
        SpinGate.Enter(ref _gate);
        Watchers += isWatching ? 1 : -1;
        Limits(listener->Row)[listener->Row % TileKernel.Rows] = isWatching ? float.MinValue : float.PositiveInfinity;
        SpinGate.Exit(ref _gate);
    }

    public void SetInvisible(Listener* listener, int user, bool isInvisible)
    {
        Begin();
        Users(listener->Row)[listener->Row % TileKernel.Rows] = user | (isInvisible ? Invisible : 0);
        End();
    }

    /// <summary>For tests: what the listener would hear from now on, it does not.</summary>
    public void Silence(Listener* listener) => Limits(listener->Row)[listener->Row % TileKernel.Rows] = float.PositiveInfinity;

    private void Begin()
    {
        SpinGate.Enter(ref _gate);
        Interlocked.Increment(ref _version);
    }

    private void End()
    {
        Interlocked.Increment(ref _version);
        SpinGate.Exit(ref _gate);
    }

    private byte* Tile(int row) => Tiles + ((long)(row / TileKernel.Rows) * StrideOf(paddedDimension));

    private float* Scales(int row) => (float*)(Tile(row) + _codeBytes);

    private float* Limits(int row) => (float*)(Tile(row) + _codeBytes + (4 * TileKernel.Rows));

    private int* Users(int row) => (int*)(Tile(row) + _codeBytes + (8 * TileKernel.Rows));

    private void Write(int row, ReadOnlySpan<sbyte> code, float scale, float error)
    {
        Scales(row)[row % TileKernel.Rows] = scale;
        LargestError = Math.Max(LargestError, error);
        var to = Tile(row) + (row % TileKernel.Rows * 4);
        fixed (sbyte* from = code)
        {
            for (var i = 0; i < paddedDimension; i += 4, to += 4 * TileKernel.Rows)
            {
                // Signed to unsigned by flipping the top bit of each byte.
                *(uint*)to = *(uint*)(from + i) ^ 0x80808080;
            }
        }
    }

    private void CopyCode(int from, int to)
    {
        var source = Tile(from) + (from % TileKernel.Rows * 4);
        var target = Tile(to) + (to % TileKernel.Rows * 4);
        for (var i = 0; i < paddedDimension; i += 4)
        {
            *(uint*)target = *(uint*)source;
            source += 4 * TileKernel.Rows;
            target += 4 * TileKernel.Rows;
        }
    }

    /// <summary>By a quarter: a cell is small, so growing one never stalls the others.</summary>
    private void Grow()
    {
        var stride = StrideOf(paddedDimension);
        var capacity = _capacity + Math.Max(1, _capacity / 4);
        var tiles = arena.Rent(capacity * stride / Arena.Line);
        if (_capacity > 0)
        {
            Buffer.MemoryCopy(Tiles, tiles, (long)capacity * stride, (long)_capacity * stride);
            arena.Return(Tiles, _capacity * stride / Arena.Line);
        }

        for (var i = _capacity; i < capacity; i++)
        {
            var tile = tiles + ((long)i * stride);
            Unsafe.InitBlockUnaligned(tile, 128, (uint)_codeBytes);
            NativeMemory.Clear(tile + _codeBytes, 12 * TileKernel.Rows);
            new Span<float>(tile + _codeBytes + (4 * TileKernel.Rows), TileKernel.Rows).Fill(float.PositiveInfinity);
        }

        Tiles = tiles;
        _capacity = capacity;
    }
}
