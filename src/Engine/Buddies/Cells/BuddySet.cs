using System.Runtime.InteropServices;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// The head of an active listener's buddy set; its keys follow, in no order: a key keeps its place as long as it is in,
/// so that whoever moves finds it at once. Changed under <see cref="Gate"/> only.
/// </summary>
/// <remarks>
/// The K best of the keys are the buddies; the others are the slack, known beforehand. <see cref="Line"/> is the K-th.
/// Everybody else whom the cells let the listener see was at or under <see cref="Bound"/> when last scored.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct BuddySet
{
    /// <summary>Bytes before the keys.</summary>
    public const int Bytes = 64;

    public int Gate;

    /// <summary>Whose; −1 while nobody has it.</summary>
    public int Owner;

    public int Count;

    /// <summary>Goes up when somebody enters or leaves the first K.</summary>
    public int Version;

    /// <summary>The K-th key; 0 while there are fewer.</summary>
    public ulong Line;

    /// <summary>What a listener must exceed to be taken in; 0 when there is nobody outside.</summary>
    public ulong Bound;

    public long SearchedAt;

    /// <summary>For tests: hears of nothing.</summary>
    public int IsDeaf;

    public static ulong* Keys(BuddySet* set) => (ulong*)((byte*)set + Bytes);

    /// <summary>Whether the outsiders are known to rank after the K-th.</summary>
    public static bool IsProven(BuddySet* set) => set->Bound == 0 || set->Line > set->Bound;

    /// <summary>Gives a key that is in another similarity.</summary>
    public static void Update(BuddySet* set, int capacity, int place, ulong key)
    {
        var keys = Keys(set);
        var (before, line) = (keys[place], set->Line);
        if (before == key || set->IsDeaf != 0)
        {
            return;
        }

        keys[place] = key;
        if (line == 0 || (before < line && key < line) || (before > line && key > line))
        {
            return;
        }

        if (key > line)
        {
            // It comes up past the K-th, or is the K-th and rises: K keys are above the old line now.
            set->Line = KeyKernel.MinAbove(keys, capacity, line);
            set->Version += before < line ? 1 : 0;
        }
        else
        {
            // One of the first K goes under the K-th: K − 1 keys are left from the old line up.
            set->Line = KeyKernel.MaxBelow(keys, capacity, line);
            set->Version += set->Line != key ? 1 : 0;
        }
    }

    /// <summary>Takes a key in; a full set lets its last go, and the bound knows of it.</summary>
    /// <returns>Its place; −1 when it is itself the last.</returns>
    public static int Insert(BuddySet* set, int capacity, int k, ulong key)
    {
        var keys = Keys(set);
        var place = KeyKernel.IndexOfMin(keys, capacity);
        var last = keys[place];
        if (last > key)
        {
            set->Bound = Math.Max(set->Bound, key);
            return -1;
        }

        keys[place] = key;
        if (last != 0)
        {
            set->Bound = Math.Max(set->Bound, last);
        }
        else
        {
            set->Count++;
        }

        if (set->Count <= k)
        {
            set->Line = set->Count == k ? KeyKernel.MinAbove(keys, capacity, 0) : 0;
            set->Version++;
        }
        else if (key > set->Line)
        {
            set->Line = KeyKernel.MinAbove(keys, capacity, set->Line);
            set->Version++;
        }

        return place;
    }

    /// <summary>Takes a key out.</summary>
    public static void RemoveAt(BuddySet* set, int capacity, int k, int place)
    {
        var keys = Keys(set);
        var key = keys[place];
        keys[place] = 0;
        set->Count--;
        if (set->Count < k)
        {
            set->Line = 0;
            set->Version++;
        }
        else if (key >= set->Line)
        {
            set->Line = KeyKernel.MaxBelow(keys, capacity, set->Line);
            set->Version++;
        }
    }
}
