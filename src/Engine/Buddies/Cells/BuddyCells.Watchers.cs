using System.Numerics;

namespace Buddies.Engine.Buddies.Cells;

public sealed unsafe partial class BuddyCells
{
    private const int WatchersPerLine = Arena.Line / sizeof(ulong);

    /// <summary>Lists up to this long are not worth the trouble.</summary>
    private const int SmallestShrunk = 64;

    /// <summary>Takes a copy of who has a listener in a set.</summary>
    /// <returns>The list's epoch.</returns>
    private static int CopyWatchers(Workspace work, Listener* listener)
    {
        SpinGate.Enter(ref listener->Gate);
        work.Watchers.Count = 0;
        work.Watchers.Reserve(listener->WatcherCount);
        work.Watchers.Count = listener->WatcherCount;
        new ReadOnlySpan<ulong>(listener->Watchers, listener->WatcherCount).CopyTo(work.Watchers.Items);
        var epoch = listener->WatcherEpoch;
        SpinGate.Exit(ref listener->Gate);
        return epoch;
    }

    /// <summary>Forgets those that turned out to be out of date, nobody in the copy, if the list is still the copied one.</summary>
    private void DropStale(Workspace work, Listener* listener, int epoch)
    {
        SpinGate.Enter(ref listener->Gate);
        if (listener->WatcherEpoch == epoch)
        {
            var kept = 0;
            for (var i = 0; i < listener->WatcherCount; i++)
            {
                if (i >= work.Watchers.Count || work.Watchers[i] != Watcher.None)
                {
                    listener->Watchers[kept++] = listener->Watchers[i];
                }
            }

            listener->WatcherCount = kept;
            listener->WatcherEpoch++;
            if (listener->WatcherCapacity > SmallestShrunk && kept * 3 < listener->WatcherCapacity)
            {
                // It was watched by many once: the room goes to those who are now.
                Resize(listener, kept);
            }
        }

        SpinGate.Exit(ref listener->Gate);
    }

    /// <summary>Notes who has a listener in a set.</summary>
    /// <returns>False if the listener has gone or is invisible: it must not be in any set.</returns>
    private bool AddWatchers(Listener* listener, int user, ReadOnlySpan<ulong> watchers)
    {
        SpinGate.Enter(ref listener->Gate);
        var isSeen = listener->IsResident && !listener->IsInvisible;
        if (isSeen)
        {
            if (listener->WatcherCount + watchers.Length > listener->WatcherCapacity)
            {
                MakeRoom(listener, user, watchers.Length);
            }

            watchers.CopyTo(new Span<ulong>(listener->Watchers + listener->WatcherCount, watchers.Length));
            listener->WatcherCount += watchers.Length;
        }

        SpinGate.Exit(ref listener->Gate);
        return isSeen;
    }

    /// <summary>First by forgetting those out of date. A watcher is noted only after its set has got the listener, so none is forgotten early.</summary>
    private void MakeRoom(Listener* listener, int user, int wanted)
    {
        var kept = 0;
        for (var i = 0; i < listener->WatcherCount; i++)
        {
            var watcher = listener->Watchers[i];
            var set = SetAt(Watcher.Set(watcher));
            var key = Volatile.Read(ref BuddySet.Keys(set)[Watcher.Place(watcher)]);
            if (key != 0 && BuddyKey.User(key) == user && Volatile.Read(ref set->Owner) == Watcher.User(watcher))
            {
                listener->Watchers[kept++] = watcher;
            }
        }

        listener->WatcherCount = kept;
        listener->WatcherEpoch++;
        if (kept + wanted <= listener->WatcherCapacity * 7 / 8)
        {
            return;
        }

        Resize(listener, kept + wanted);
    }

    /// <summary>Gives a list room for so many and a quarter more, in few different lengths, so that runs that come back are used again.</summary>
    private void Resize(Listener* listener, int wanted)
    {
        var least = (int)(((long)wanted * 5 / 4 / WatchersPerLine) + 1);
        var lines = 1 << BitOperations.Log2((uint)least);
        while (lines < least)
        {
            lines += Math.Max(1, (1 << BitOperations.Log2((uint)least)) / 4);
        }

        var watchers = (ulong*)_watchers.Rent(lines);
        new ReadOnlySpan<ulong>(listener->Watchers, listener->WatcherCount).CopyTo(new Span<ulong>(watchers, listener->WatcherCount));
        ReturnWatchers(listener);
        listener->Watchers = watchers;
        listener->WatcherCapacity = lines * WatchersPerLine;
    }

    private void ReturnWatchers(Listener* listener)
    {
        if (listener->WatcherCapacity > 0)
        {
            _watchers.Return((byte*)listener->Watchers, listener->WatcherCapacity / WatchersPerLine);
            listener->WatcherCapacity = 0;
        }
    }
}
