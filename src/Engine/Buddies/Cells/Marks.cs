namespace Buddies.Engine.Buddies.Cells;

/// <summary>A small set of listeners with two flags each, emptied often: open addressing, in the first-level cache.</summary>
internal sealed class Marks
{
    /// <summary>It has the mover in its set.</summary>
    public const int Theirs = 1;

    /// <summary>The mover has it in its set.</summary>
    public const int Mine = 2;

    private long[] _slots = new long[1024];
    private int _count;
    private long _round = 1;

    public void Clear()
    {
        _count = 0;
        if (++_round == 1L << 29)
        {
            Array.Clear(_slots);
            _round = 1;
        }
    }

    /// <summary>Sets flags.</summary>
    /// <returns>Those that were set before.</returns>
    public int Add(int user, int flags)
    {
        if (_count * 2 >= _slots.Length)
        {
            Grow();
        }

        ref var slot = ref Find(user);
        var before = slot >> 34 == _round ? (int)(slot & 3) : -1;
        _count += before < 0 ? 1 : 0;
        before = Math.Max(before, 0);
        slot = (_round << 34) | ((long)user << 2) | (uint)(before | flags);
        return before;
    }

    /// <summary>The flags of a listener.</summary>
    public int this[int user]
    {
        get
        {
            var slot = Find(user);
            return slot >> 34 == _round ? (int)(slot & 3) : 0;
        }
    }

    private ref long Find(int user)
    {
        var mask = _slots.Length - 1;
        var at = (int)(((uint)user * 2654435769u) >> 7) & mask;
        while (_slots[at] >> 34 == _round && (int)((_slots[at] >> 2) & uint.MaxValue) != user)
        {
            at = (at + 1) & mask;
        }

        return ref _slots[at];
    }

    private void Grow()
    {
        var before = _slots;
        _slots = new long[before.Length * 2];
        foreach (var slot in before)
        {
            if (slot >> 34 == _round)
            {
                Find((int)((slot >> 2) & uint.MaxValue)) = slot;
            }
        }
    }
}
