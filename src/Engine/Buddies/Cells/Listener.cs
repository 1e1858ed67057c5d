using System.Runtime.InteropServices;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>What the cells know of a listener beside its vector: one line of memory.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct Listener
{
    public const int Bytes = 64;

    /// <summary>Held by whoever moves it, searches for it, or lets it come and go.</summary>
    public int Moving;

    /// <summary>Held while <see cref="Watchers"/> is looked at or changed, and when it becomes invisible or leaves.</summary>
    public int Gate;

    /// <summary>−1 for one who is nowhere.</summary>
    public int Cell;

    public int Row;

    /// <summary>Its buddy set; −1 without.</summary>
    public int Set;

    /// <summary>‖vector − code‖ at most.</summary>
    public float Error;

    /// <summary>How far it has gone since the cells were last searched for whom its moves concern.</summary>
    public float Drift;

    /// <summary>Where <see cref="BuddySet.Version"/> goes on with the next set.</summary>
    public int Version;

    /// <summary>Who has it in a set: <see cref="Watcher"/>s, some of them out of date.</summary>
    public ulong* Watchers;

    public int WatcherCount;

    public int WatcherCapacity;

    /// <summary>Changes when watchers change their places.</summary>
    public int WatcherEpoch;

    private short _isInvisible;
    private short _isResident;

    /// <summary>Whether it is in. While it goes from one cell to another it is, though it has no cell.</summary>
    public bool IsResident
    {
        readonly get => Volatile.Read(in _isResident) != 0;
        set => Volatile.Write(ref _isResident, (short)(value ? 1 : 0));
    }

    public bool IsInvisible
    {
        readonly get => _isInvisible != 0;
        set => _isInvisible = (short)(value ? 1 : 0);
    }
}

/// <summary>A listener who has somebody in its set, the set, and the place there: 28, 28 and 8 bits.</summary>
internal static class Watcher
{
    /// <summary>Nobody.</summary>
    public const ulong None = ulong.MaxValue;

    public static ulong Of(int user, int set, int place) => ((ulong)(uint)user << 36) | ((ulong)(uint)set << 8) | (uint)place;

    public static int User(ulong watcher) => (int)(watcher >> 36);

    public static int Set(ulong watcher) => (int)((watcher >> 8) & 0xFFF_FFFF);

    public static int Place(ulong watcher) => (int)(watcher & 0xFF);
}
