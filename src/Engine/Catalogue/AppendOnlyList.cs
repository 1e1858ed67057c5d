namespace Buddies.Engine.Catalogue;

/// <summary>A list that only grows, in blocks that never move: readers need no lock, and an element's address is stable.</summary>
/// <typeparam name="T">The elements.</typeparam>
/// <remarks>One writer at a time; any number of readers below the count that they were told of.</remarks>
internal sealed class AppendOnlyList<T>
{
    private const int BlockBits = 10;
    private const int BlockMask = (1 << BlockBits) - 1;
    private volatile T[][] _blocks = [];
    private volatile int _count;

    public int Count => _count;

    public ref T this[int index] => ref _blocks[index >> BlockBits][index & BlockMask];

    public int Add(T value)
    {
        var index = _count;
        if (index >> BlockBits == _blocks.Length)
        {
            _blocks = [.. _blocks, new T[1 << BlockBits]];
        }

        _blocks[index >> BlockBits][index & BlockMask] = value;

        // The element is written before the count that lets readers see it.
        _count = index + 1;
        return index;
    }
}
