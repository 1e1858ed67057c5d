namespace Buddies.Engine.Buddies.Cells;

public sealed unsafe partial class BuddyCells
{
    /// <summary>Takes a listener out: of the cells, and of every set at once.</summary>
    /// <param name="user">A listener's number; one who is not in changes nothing.</param>
    public void Remove(int user)
    {
        if (!Knows(user))
        {
            return;
        }

        var work = Rent();
        var listener = At(user);
        using (Hold(listener))
        {
            Leave(work, user, listener);
        }

        Settle(work);
        Return(work);
    }

    private void Leave(Workspace work, int user, Listener* listener)
    {
        if (listener->Cell >= 0)
        {
            DropSet(listener);
            listener->IsResident = false;
            _cells[listener->Cell].Remove(listener, _listeners);
            Interlocked.Decrement(ref _residents);
            LeaveSets(work, user, listener);
            SpinGate.Enter(ref listener->Gate);
            listener->IsInvisible = false;
            listener->WatcherCount = 0;
            listener->WatcherEpoch++;
            ReturnWatchers(listener);
            SpinGate.Exit(ref listener->Gate);
        }
    }

    /// <summary>Makes a listener invisible, nobody's buddy though served like all, or visible again.</summary>
    /// <param name="user">A resident's number.</param>
    /// <param name="isInvisible">Which.</param>
    public void SetInvisible(int user, bool isInvisible)
    {
        var listener = Require(user);
        var work = Rent();
        using (Hold(listener))
        {
            if (listener->Cell >= 0 && listener->IsInvisible != isInvisible)
            {
                SpinGate.Enter(ref listener->Gate);
                listener->IsInvisible = isInvisible;
                SpinGate.Exit(ref listener->Gate);
                _cells[listener->Cell].SetInvisible(listener, user, isInvisible);
                if (isInvisible)
                {
                    LeaveSets(work, user, listener);
                }
                else
                {
                    SearchAgain(work, user, listener, isHeard: true);
                }
            }
        }

        Settle(work);
        Return(work);
    }

    /// <summary>Keeps two listeners out of each other's sets, now and later.</summary>
    /// <param name="first">A listener's number.</param>
    /// <param name="second">Another's.</param>
    public void Block(int first, int second)
    {
        // Counted before it is there: whoever sees no count need not look.
        Interlocked.Increment(ref _blockedCount);
        if (!_blocked.TryAdd((Math.Min(first, second), Math.Max(first, second)), 0))
        {
            Interlocked.Decrement(ref _blockedCount);
            return;
        }

        var work = Rent();
        Drop(work, first, second);
        Drop(work, second, first);
        Settle(work);
        Return(work);
    }

    /// <summary>Lets two listeners see each other again.</summary>
    /// <param name="first">A listener's number.</param>
    /// <param name="second">Another's.</param>
    public void Unblock(int first, int second)
    {
        if (!_blocked.TryRemove((Math.Min(first, second), Math.Max(first, second)), out _))
        {
            return;
        }

        Interlocked.Decrement(ref _blockedCount);
        var work = Rent();
        foreach (var user in (ReadOnlySpan<int>)[first, second])
        {
            if (!Knows(user))
            {
                continue;
            }

            var listener = At(user);
            using (Hold(listener))
            {
                if (listener->Cell >= 0 && listener->Set >= 0)
                {
                    SearchAgain(work, user, listener, isHeard: false);
                }
            }
        }

        Settle(work);
        Return(work);
    }

    /// <summary>Moves a listener to the cell that has become the nearest; those whom it no longer sees, nor they it, let go of each other.</summary>
    private void Rehouse(Workspace work, int user, Listener* listener)
    {
        var home = listener->Drift > FarMove ? _map.FindNearest(work.Vector) : _map.FindNearestAround(work.Vector, listener->Cell);
        if (home == listener->Cell)
        {
            return;
        }

        // In between it is nowhere: whoever searches then is found by the search that follows here.
        _cells[listener->Cell].Remove(listener, _listeners);
        _cells[home].Add(listener, user, home, work.Code, work.Scale, work.Error, _map.ScoreOf(home, work.Vector));
        if (_drift > 0)
        {
            return;
        }

        // Anew: some may have found it where it was.
        CopyWatchers(work, listener);
        foreach (var watcher in work.Watchers.Items)
        {
            if (!MayKnow(home, Watcher.User(watcher)))
            {
                Leave(work, user, watcher);
            }
        }

        if (listener->Set < 0)
        {
            return;
        }

        var set = SetAt(listener->Set);
        SpinGate.Enter(ref set->Gate);
        var keys = BuddySet.Keys(set);
        for (var i = 0; i < _capacity; i++)
        {
            if (keys[i] != 0 && !MayKnow(home, BuddyKey.User(keys[i])))
            {
                BuddySet.RemoveAt(set, _capacity, Count, i);
            }
        }

        SpinGate.Exit(ref set->Gate);
    }

    /// <summary>Takes a listener out of every set that it is in.</summary>
    private void LeaveSets(Workspace work, int user, Listener* listener)
    {
        CopyWatchers(work, listener);
        foreach (var watcher in work.Watchers.Items)
        {
            Leave(work, user, watcher);
        }
    }

    private void Leave(Workspace work, int user, ulong watcher)
    {
        var (other, place) = (Watcher.User(watcher), Watcher.Place(watcher));
        var set = SetAt(Watcher.Set(watcher));
        SpinGate.Enter(ref set->Gate);
        var key = BuddySet.Keys(set)[place];
        if (set->Owner == other && key != 0 && BuddyKey.User(key) == user)
        {
            BuddySet.RemoveAt(set, _capacity, Count, place);
        }

        var isProven = BuddySet.IsProven(set);
        SpinGate.Exit(ref set->Gate);
        if (!isProven)
        {
            work.Short.Add(other);
        }
    }

    private void Drop(Workspace work, int user, int other)
    {
        if (Knows(user) && Volatile.Read(ref At(user)->Set) is >= 0 and var number)
        {
            var set = SetAt(number);
            SpinGate.Enter(ref set->Gate);
            if (set->Owner == user && IsBlocked(user, other) && KeyKernel.IndexOfUser(BuddySet.Keys(set), _capacity, other) is >= 0 and var place)
            {
                BuddySet.RemoveAt(set, _capacity, Count, place);
            }

            SpinGate.Exit(ref set->Gate);
            work.Short.Add(user);
        }
    }

    /// <summary>Searches for a listener that stays where it is.</summary>
    private void SearchAgain(Workspace work, int user, Listener* listener, bool isHeard)
    {
        new ReadOnlySpan<short>(RowAt(user), _rowLength).CopyTo(work.Row);
        Encode(work);
        work.Marks.Clear();
        if (isHeard)
        {
            TellWatchers(work, user, listener);
        }

        if (listener->Set >= 0)
        {
            var set = SetAt(listener->Set);
            SpinGate.Enter(ref set->Gate);
            Rescore(work, listener->Cell, set);
            SpinGate.Exit(ref set->Gate);
        }

        Search(work, user, listener, isHeard);
    }

    /// <summary>Fills the sets anew whose K-th is no longer proven. Filling one changes no other.</summary>
    private void Settle(Workspace work)
    {
        for (var i = 0; i < work.Short.Count; i++)
        {
            var user = work.Short[i];
            var listener = At(user);
            var number = Volatile.Read(ref listener->Set);
            if (number < 0 || BuddySet.IsProven(SetAt(number)))
            {
                continue;
            }

            using (Hold(listener))
            {
                if (listener->Set >= 0 && listener->Cell >= 0 && !BuddySet.IsProven(SetAt(listener->Set)))
                {
                    Interlocked.Increment(ref _refills);
                    SearchAgain(work, user, listener, isHeard: false);
                }
            }
        }

        work.Short.Count = 0;
    }
}
