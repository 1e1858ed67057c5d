using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Buddy sets: for each slot up to K plus slack listeners with their exact similarities, best first.
/// Better means a higher similarity, and at equal similarity the lower number.
/// </summary>
internal sealed class SetPool(int capacity)
{
    private const int BlockSlots = 1024;

    // Each slot's listeners and then their similarities, side by side: one page to find, not two.
    private readonly List<int[]> _blocks = [];
    private readonly Stack<int> _free = new();
    private int[] _counts = [];
    private int _used;

    public int Capacity => capacity;

    public int InUse => _used - _free.Count;

    public long Bytes => (long)_blocks.Count * BlockSlots * ((capacity * 8) + 4);

    public static bool IsBetter(float similarity, int user, float otherSimilarity, int otherUser) =>
        similarity > otherSimilarity || (similarity == otherSimilarity && user < otherUser);

    public int Rent()
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _used++;
            if (slot / BlockSlots == _blocks.Count)
            {
                _blocks.Add(GC.AllocateArray<int>(BlockSlots * 2 * capacity, pinned: true));
                Array.Resize(ref _counts, _blocks.Count * BlockSlots);
            }
        }

        _counts[slot] = 0;
        return slot;
    }

    public void Return(int slot) => _free.Push(slot);

    public int Count(int slot) => _counts[slot];

    public ReadOnlySpan<int> Users(int slot) => AllUsers(slot)[.._counts[slot]];

    public ReadOnlySpan<float> Similarities(int slot) => AllSimilarities(slot)[.._counts[slot]];

    public int IndexOf(int slot, int user) => Users(slot).IndexOf(user);

    /// <summary>Replaces a whole set by listeners that are sorted already.</summary>
    public void Fill(int slot, ReadOnlySpan<int> users, ReadOnlySpan<float> similarities)
    {
        _counts[slot] = users.Length;
        users.CopyTo(AllUsers(slot));
        similarities.CopyTo(AllSimilarities(slot));
    }

    /// <summary>Puts a listener in its place; a full set lets its worst go.</summary>
    /// <returns>The place; the capacity when the newcomer is itself the worst.</returns>
    public int Insert(int slot, int user, float similarity, out (float Similarity, int User)? left)
    {
        left = null;
        var users = AllUsers(slot);
        var similarities = AllSimilarities(slot);
        var count = _counts[slot];
        if (count == capacity)
        {
            count--;
            left = (similarities[count], users[count]);
            if (!IsBetter(similarity, user, similarities[count], users[count]))
            {
                left = (similarity, user);
                return capacity;
            }
        }

        var place = PlaceOf(users[..count], similarities[..count], similarity, user);
        users[place..count].CopyTo(users[(place + 1)..]);
        similarities[place..count].CopyTo(similarities[(place + 1)..]);
        users[place] = user;
        similarities[place] = similarity;
        _counts[slot] = count + 1;
        return place;
    }

    public void RemoveAt(int slot, int index)
    {
        var users = AllUsers(slot);
        var similarities = AllSimilarities(slot);
        var count = --_counts[slot];
        users[(index + 1)..(count + 1)].CopyTo(users[index..]);
        similarities[(index + 1)..(count + 1)].CopyTo(similarities[index..]);
    }

    /// <summary>Asks for a set's lines; it will be looked at soon.</summary>
    public unsafe void Prefetch(int slot)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        // The blocks are pinned, so the address stays good.
        var lines = (byte*)Unsafe.AsPointer(ref _blocks[slot / BlockSlots][slot % BlockSlots * 2 * capacity]);
        Sse.Prefetch0(Unsafe.AsPointer(ref _counts[slot]));
        for (var i = 0; i < capacity * 8; i += 64)
        {
            Sse.Prefetch0(lines + i);
        }
    }

    private Span<int> AllUsers(int slot) => _blocks[slot / BlockSlots].AsSpan(slot % BlockSlots * 2 * capacity, capacity);

    private Span<float> AllSimilarities(int slot) =>
        MemoryMarshal.Cast<int, float>(_blocks[slot / BlockSlots].AsSpan(((slot % BlockSlots * 2) + 1) * capacity, capacity));

    private static int PlaceOf(ReadOnlySpan<int> users, ReadOnlySpan<float> similarities, float similarity, int user)
    {
        var (low, high) = (0, users.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (IsBetter(similarities[middle], users[middle], similarity, user))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
