using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Buddy sets: for each slot up to K plus slack listeners with their exact similarities, best first, and a bound that no
/// outsider ranks before. Better means a higher similarity, and at equal similarity the lower number.
/// </summary>
internal sealed class SetPool(int capacity)
{
    private const int BlockSlots = 1024;

    private readonly List<int[]> _users = [];
    private readonly List<float[]> _similarities = [];
    private readonly Stack<int> _free = new();
    private Header[] _headers = [];
    private int _used;

    public int Capacity => capacity;

    public int InUse => _used - _free.Count;

    public long Bytes => (long)_users.Count * BlockSlots * ((capacity * 8) + 12);

    public static bool IsBetter(float similarity, int user, float otherSimilarity, int otherUser) =>
        similarity > otherSimilarity || (similarity == otherSimilarity && user < otherUser);

    public int Rent()
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _used++;
            if (slot / BlockSlots == _users.Count)
            {
                _users.Add(GC.AllocateArray<int>(BlockSlots * capacity, pinned: true));
                _similarities.Add(GC.AllocateArray<float>(BlockSlots * capacity, pinned: true));
                Array.Resize(ref _headers, _users.Count * BlockSlots);
            }
        }

        Clear(slot);
        return slot;
    }

    public void Return(int slot) => _free.Push(slot);

    /// <summary>Empties a set that nobody is outside of.</summary>
    public void Clear(int slot)
    {
        _headers[slot].Count = 0;
        SetBound(slot, float.NegativeInfinity, -1);
    }

    public int Count(int slot) => _headers[slot].Count;

    public ReadOnlySpan<int> Users(int slot) => _users[slot / BlockSlots].AsSpan(slot % BlockSlots * capacity, _headers[slot].Count);

    public ReadOnlySpan<float> Similarities(int slot) => _similarities[slot / BlockSlots].AsSpan(slot % BlockSlots * capacity, _headers[slot].Count);

    public float BoundSimilarity(int slot) => _headers[slot].BoundSimilarity;

    public void SetBound(int slot, float similarity, int user)
    {
        _headers[slot].BoundSimilarity = similarity;
        _headers[slot].BoundUser = user;
    }

    /// <summary>Whether a listener belongs into a set.</summary>
    public bool Beats(int slot, float similarity, int user) =>
        IsBetter(similarity, user, _headers[slot].BoundSimilarity, _headers[slot].BoundUser);

    public int IndexOf(int slot, int user) => Users(slot).IndexOf(user);

    /// <summary>Replaces a whole set by listeners that are sorted already.</summary>
    public void Fill(int slot, ReadOnlySpan<int> users, ReadOnlySpan<float> similarities)
    {
        _headers[slot].Count = users.Length;
        users.CopyTo(_users[slot / BlockSlots].AsSpan(slot % BlockSlots * capacity));
        similarities.CopyTo(_similarities[slot / BlockSlots].AsSpan(slot % BlockSlots * capacity));
    }

    /// <summary>Puts a listener in its place; a full set lets its worst go, who becomes the bound.</summary>
    /// <returns>The place.</returns>
    public int Insert(int slot, int user, float similarity)
    {
        var start = slot % BlockSlots * capacity;
        var users = _users[slot / BlockSlots].AsSpan(start, capacity);
        var similarities = _similarities[slot / BlockSlots].AsSpan(start, capacity);
        var count = _headers[slot].Count;
        if (count == capacity)
        {
            count--;
            SetBound(slot, similarities[count], users[count]);
            if (!IsBetter(similarity, user, similarities[count], users[count]))
            {
                // The newcomer is the worst itself.
                SetBound(slot, similarity, user);
                return capacity;
            }
        }

        var place = PlaceOf(users[..count], similarities[..count], similarity, user);
        users[place..count].CopyTo(users[(place + 1)..]);
        similarities[place..count].CopyTo(similarities[(place + 1)..]);
        users[place] = user;
        similarities[place] = similarity;
        _headers[slot].Count = count + 1;
        return place;
    }

    public void RemoveAt(int slot, int index)
    {
        var start = slot % BlockSlots * capacity;
        var users = _users[slot / BlockSlots].AsSpan(start, capacity);
        var similarities = _similarities[slot / BlockSlots].AsSpan(start, capacity);
        var count = --_headers[slot].Count;
        users[(index + 1)..(count + 1)].CopyTo(users[index..]);
        similarities[(index + 1)..(count + 1)].CopyTo(similarities[index..]);
    }

    /// <summary>Asks for a set's lines; it will be looked at soon.</summary>
    public unsafe void Prefetch(int slot)
    {
        // The blocks are pinned, so the addresses stay good.
        var start = slot % BlockSlots * capacity;
        var users = (int*)Unsafe.AsPointer(ref _users[slot / BlockSlots][start]);
        var similarities = (float*)Unsafe.AsPointer(ref _similarities[slot / BlockSlots][start]);
        Sse.Prefetch0(Unsafe.AsPointer(ref _headers[slot]));
        for (var i = 0; i < capacity; i += 16)
        {
            Sse.Prefetch0(users + i);
            Sse.Prefetch0(similarities + i);
        }
    }

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

    private struct Header
    {
        public int Count;
        public float BoundSimilarity;
        public int BoundUser;
    }
}
