using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

/// <summary>Finds listeners by id and by position. Reading takes no lock.</summary>
/// <remarks>
/// Ids are hashed into a table of positions with open addressing, some six bytes for each listener. A writer puts the
/// state in its place before it names the place in the table, and a table that grows is replaced whole, so a reader finds
/// everybody who was there when it began.
/// </remarks>
internal sealed class UserDirectory : IKnownTracks
{
    private const int BlockSize = 4096;
    private const int Removed = -1;

    private readonly Lock _writing = new();
    private readonly Stack<int> _unused = new();
    private volatile UserState?[][] _blocks = [];

    /// <summary>0 for nobody yet, <see cref="Removed"/>, or a position plus one.</summary>
    private volatile int[] _table = new int[1024];
    private int _taken;
    private int _next;
    private volatile int _count;

    public int Count => _count;

    public IEnumerable<UserState> All
    {
        get
        {
            for (var i = 0; i < Positions; i++)
            {
                if (Find(i) is { } state)
                {
                    yield return state;
                }
            }
        }
    }

    /// <summary>Every listener's position is below this.</summary>
    public int Positions => Volatile.Read(ref _next);

    public UserState? Find(UserId user) => Find(user.Value.AsSpan());

    /// <summary>The same without a string.</summary>
    public UserState? Find(ReadOnlySpan<char> user)
    {
        var table = _table;
        for (var slot = SlotOf(user, table.Length); ; slot = slot + 1 == table.Length ? 0 : slot + 1)
        {
            var entry = Volatile.Read(ref table[slot]);
            if (entry == 0)
            {
                return null;
            }

            if (entry != Removed && Find(entry - 1) is { } state && user.SequenceEqual(state.Id.Value))
            {
                return state;
            }
        }
    }

    public UserState? Find(int index) =>
        index / BlockSize < _blocks.Length ? Volatile.Read(ref _blocks[index / BlockSize][index % BlockSize]) : null;

    /// <summary>Called by the owner of the id alone.</summary>
    public UserState Add(UserId user, UserTaste facts)
    {
        lock (_writing)
        {
            var index = _unused.TryPop(out var unused) ? unused : _next;
            if (index / BlockSize == _blocks.Length)
            {
                _blocks = [.. _blocks, new UserState?[BlockSize]];
            }

            var state = new UserState(user, new UserIndex(index), facts);
            Volatile.Write(ref _blocks[index / BlockSize][index % BlockSize], state);
            Volatile.Write(ref _next, Math.Max(_next, index + 1));
            if (_taken >= _table.Length / 8 * 7)
            {
                Grow();
            }

            Put(_table, state);
            _taken++;
            _count++;
            return state;
        }
    }

    /// <summary>Takes a position that no listener will ever have.</summary>
    public int Reserve()
    {
        lock (_writing)
        {
            var index = _next;
            if (index / BlockSize == _blocks.Length)
            {
                _blocks = [.. _blocks, new UserState?[BlockSize]];
            }

            Volatile.Write(ref _next, index + 1);
            return index;
        }
    }

    /// <summary>Forgets a listener.</summary>
    /// <param name="state">Whom.</param>
    /// <param name="mayReuse">Whether nobody can have noted the position: then the next listener gets it.</param>
    public void Remove(UserState state, bool mayReuse)
    {
        lock (_writing)
        {
            var table = _table;
            var slot = SlotOf(state.Id.Value, table.Length);
            while (table[slot] != state.Index.Value + 1)
            {
                if (table[slot] == 0)
                {
                    return;
                }

                slot = slot + 1 == table.Length ? 0 : slot + 1;
            }

            Volatile.Write(ref table[slot], Removed);
            Volatile.Write(ref _blocks[state.Index.Value / BlockSize][state.Index.Value % BlockSize], null);
            _count--;
            if (mayReuse)
            {
                _unused.Push(state.Index.Value);
            }
        }
    }

    public int CopyKnownTracks(UserIndex user, Span<int> tracks) => Find(user.Value)?.CopyKnownTracks(tracks) ?? 0;

    private static int SlotOf(ReadOnlySpan<char> user, int length) => (int)(((ulong)(uint)string.GetHashCode(user, StringComparison.Ordinal) * (ulong)length) >> 32);

    private static void Put(int[] table, UserState state)
    {
        var slot = SlotOf(state.Id.Value, table.Length);
        while (table[slot] != 0)
        {
            slot = slot + 1 == table.Length ? 0 : slot + 1;
        }

        Volatile.Write(ref table[slot], state.Index.Value + 1);
    }

    private void Grow()
    {
        var table = new int[Math.Max(1024, _count + (_count / 2))];
        _taken = 0;
        foreach (var entry in _table)
        {
            if (entry > 0)
            {
                Put(table, Find(entry - 1)!);
                _taken++;
            }
        }

        _table = table;
    }
}
