using System.Runtime.InteropServices;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>What one thread needs while it makes a move; used again and again, so that moves allocate nothing.</summary>
internal sealed class Workspace(int dimension, int paddedDimension, int rowLength, int capacity)
{
    /// <summary>The mover's vector, as sixteen bits hold it.</summary>
    public short[] Row { get; } = GC.AllocateArray<short>(rowLength, pinned: true);

    /// <summary>The same in single precision.</summary>
    public float[] Vector { get; } = GC.AllocateArray<float>(dimension, pinned: true);

    public sbyte[] Code { get; } = GC.AllocateArray<sbyte>(paddedDimension, pinned: true);

    /// <summary>What the code leaves out, coded once more: as a query the mover is nearly exact.</summary>
    public sbyte[] FineCode { get; } = GC.AllocateArray<sbyte>(paddedDimension, pinned: true);

    /// <summary>What the code leaves out.</summary>
    public float[] Rest { get; } = new float[dimension];

    /// <summary>Σ of the code.</summary>
    public int CodeSum { get; set; }

    public float Scale { get; set; }

    /// <summary>How far the code is off, as a row's.</summary>
    public float Error { get; set; }

    public int FineSum { get; set; }

    public float FineScale { get; set; }

    /// <summary>How far both codes together are off, as a query's.</summary>
    public float QueryError { get; set; }

    /// <summary>Who is in whose set already.</summary>
    public Marks Marks { get; } = new();

    /// <summary>Those who have the mover in their sets.</summary>
    public Buffer<ulong> Watchers { get; } = new();

    /// <summary>Watchers to note at the mover.</summary>
    public Buffer<ulong> NewWatchers { get; } = new();

    /// <summary>Rows of one cell that passed.</summary>
    public Buffer<Passed> Passed { get; } = new();

    /// <summary>Listeners whose set the mover may enter.</summary>
    public Buffer<int> Hits { get; } = new();

    /// <summary>Those who may belong into the mover's set: keys of estimates, or of what they are.</summary>
    public Buffer<ulong> Candidates { get; } = new();

    /// <summary>Keys of everybody who could be in the mover's set, padded with zeros.</summary>
    public Buffer<ulong> Union { get; } = new();

    /// <summary>Places in the mover's set that have got somebody new.</summary>
    public Buffer<int> NewPlaces { get; } = new();

    /// <summary>Listeners whose sets must be filled anew.</summary>
    public Buffer<int> Short { get; } = new();

    /// <summary>Keys that fit into a set.</summary>
    public int Capacity => capacity;
}

/// <summary>A row that passed a scan.</summary>
/// <param name="User">Whose, with a bit that tells of the invisible.</param>
/// <param name="Estimate">Of its similarity to the searcher.</param>
/// <param name="IsHit">Whether the searcher may belong into its set.</param>
internal readonly record struct Passed(int User, float Estimate, bool IsHit);

/// <summary>A list whose memory stays where it is until it grows.</summary>
internal sealed class Buffer<T>
    where T : unmanaged
{
    private T[] _items = GC.AllocateUninitializedArray<T>(256, pinned: true);

    public int Count { get; set; }

    public Span<T> Items => _items.AsSpan(0, Count);

    public ref T this[int index] => ref _items[index];

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Reserve(Count + 1);
        }

        _items[Count++] = item;
    }

    /// <summary>Makes room; what is beyond the count is undefined.</summary>
    public void Reserve(int length)
    {
        if (length > _items.Length)
        {
            var items = GC.AllocateUninitializedArray<T>(Math.Max(length, 2 * _items.Length), pinned: true);
            Items.CopyTo(items);
            _items = items;
        }
    }

    /// <summary>The first item's address; good until the buffer grows.</summary>
    public unsafe T* Pointer => (T*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_items));
}
