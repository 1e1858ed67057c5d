using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>Rows of equal length, one for each number, in blocks that never move: readers need no lock while it grows.</summary>
internal sealed unsafe class UserTable : IDisposable
{
    /// <summary>One more than the largest number there can be.</summary>
    public const int MostRows = 1 << 28;

    private const int Shift = 13;
    private const int BlockRows = 1 << Shift;

    private readonly long _stride;

    /// <summary>Blocks that are taken from the system at a time: one block of short rows is a fraction of a large page, and the rest of it would lie idle.</summary>
    private readonly int _together;
    private readonly byte** _blocks;
    private int _blockCount;

    /// <summary>Makes an empty table.</summary>
    /// <param name="stride">Bytes of a row, a multiple of what its contents must be aligned to.</param>
    public UserTable(int stride)
    {
        _stride = stride;
        _together = Math.Max(1, NativePages.Size / (stride * BlockRows));
        _blocks = (byte**)NativeMemory.AllocZeroed((nuint)((MostRows / BlockRows) + _together), (nuint)sizeof(byte*));
    }

    ~UserTable() => Release();

    /// <summary>Bytes taken from the system.</summary>
    public long Bytes => _blockCount / _together * NativePages.BytesOf(_together * _stride * BlockRows);

    /// <summary>A row.</summary>
    public byte* this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _blocks[(uint)row >> Shift] + ((row & (BlockRows - 1)) * _stride);
    }

    /// <summary>Makes a row exist, zeroed. One caller at a time.</summary>
    /// <returns>How many rows there are now.</returns>
    public int Grow(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, MostRows);
        while (_blockCount <= row >> Shift)
        {
            var memory = NativePages.Allocate(_together * _stride * BlockRows);
            for (var i = 0; i < _together; i++)
            {
                _blocks[_blockCount++] = memory + (i * _stride * BlockRows);
            }
        }

        return _blockCount * BlockRows;
    }

    /// <summary>Asks for the first lines of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int row, int bytes)
    {
        if (Sse.IsSupported)
        {
            var at = this[row];
            for (var i = 0; i < bytes; i += 64)
            {
                Sse.Prefetch0(at + i);
            }
        }
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        for (; _blockCount > 0; _blockCount -= _together)
        {
            NativePages.Free(_blocks[_blockCount - _together], _together * _stride * BlockRows);
        }

        NativeMemory.Free(_blocks);
    }
}
