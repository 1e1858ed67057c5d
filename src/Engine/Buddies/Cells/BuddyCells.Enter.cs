namespace Buddies.Engine.Buddies.Cells;

public sealed unsafe partial class BuddyCells
{
    /// <summary>Puts the mover into the sets of those whom the scan found it may be near enough to.</summary>
    private void Enter(Workspace work, int user, Listener* listener)
    {
        const int Ahead = 8;
        const int SetAhead = 4;
        var hits = work.Hits;
        var count = 0;
        foreach (var other in hits.Items)
        {
            if ((work.Marks.Add(other, Marks.Theirs) & Marks.Theirs) == 0)
            {
                hits[count++] = other;
            }
        }

        work.NewWatchers.Count = 0;
        for (var i = 0; i < Math.Min(Ahead, count); i++)
        {
            Prefetch(At(hits[i]));
        }

        fixed (short* own = work.Row)
        {
            for (var i = 0; i < count; i++)
            {
                if (i + Ahead < count)
                {
                    Prefetch(At(hits[i + Ahead]));
                    _rowsOf.Prefetch(hits[i + Ahead], _rowLength * sizeof(short));
                }

                if (i + SetAhead < count && At(hits[i + SetAhead])->Set is >= 0 and var next)
                {
                    Prefetch(SetAt(next));
                }

                EnterOne(work, user, listener->Cell, own, hits[i]);
            }
        }

        Interlocked.Add(ref _rowsVerified, count);
        if (work.NewWatchers.Count > 0)
        {
            AddWatchers(listener, user, work.NewWatchers.Items);
        }
    }

    private void EnterOne(Workspace work, int user, int home, short* own, int other)
    {
        var target = At(other);
        var number = Volatile.Read(ref target->Set);
        if (number < 0)
        {
            return;
        }

        var set = SetAt(number);
        SpinGate.Enter(ref set->Gate);
        var (place, bound) = (-1, set->Bound);
        if (set->Owner == other && set->IsDeaf == 0)
        {
            var key = BuddyKey.Of(Similarity(own, other), user);
            // It may have been found from the other side since, or have gone to another cell.
            if (key > set->Bound && !IsBlocked(user, other) && MayKnow(home, other) && KeyKernel.IndexOfUser(BuddySet.Keys(set), _capacity, user) < 0)
            {
                place = BuddySet.Insert(set, _capacity, Count, key);
            }
        }

        var hasRisen = set->Bound != bound;
        var isProven = BuddySet.IsProven(set);
        SpinGate.Exit(ref set->Gate);
        if (place >= 0)
        {
            work.NewWatchers.Add(Watcher.Of(other, number, place));
        }

        if (hasRisen)
        {
            SetLimit(other, target, set);
        }

        if (!isProven)
        {
            work.Short.Add(other);
        }
    }

    /// <summary>Scores the candidates that are not in the set, and keeps those that reach the line.</summary>
    private void Verify(Workspace work, int user, ref Scan scan)
    {
        const int Ahead = 8;
        var candidates = work.Candidates;
        var (count, least) = (0, BuddyKey.Below(scan.Line - scan.OwnError - scan.RowError));
        foreach (var key in candidates.Items)
        {
            if (key >= least && (work.Marks.Add(BuddyKey.User(key), Marks.Mine) & Marks.Mine) == 0)
            {
                candidates[count++] = key;
            }
        }

        for (var i = 0; i < Math.Min(Ahead, count); i++)
        {
            PrefetchVector(candidates[i]);
        }

        var kept = 0;
        var reach = BuddyKey.Below(scan.Line);
        fixed (short* own = work.Row)
        {
            for (var i = 0; i < count; i++)
            {
                if (i + Ahead < count)
                {
                    PrefetchVector(candidates[i + Ahead]);
                }

                var other = BuddyKey.User(candidates[i]);
                var key = BuddyKey.Of(Similarity(own, other), other);
                if (key >= reach)
                {
                    candidates[kept++] = key;
                }
            }
        }

        candidates.Count = kept;
        Interlocked.Add(ref _rowsVerified, count);
    }

    /// <summary>Makes the set the best of what it has and of the candidates; the best left out, or the line, bounds the rest.</summary>
    private void Rebuild(Workspace work, Listener* listener, BuddySet* set, float line)
    {
        var (union, candidates, places) = (work.Union, work.Candidates, work.NewPlaces);
        places.Count = 0;
        SpinGate.Enter(ref set->Gate);
        var keys = BuddySet.Keys(set);
        union.Count = 0;
        union.Reserve(_capacity + candidates.Count + KeyKernel.Lanes);
        for (var i = 0; i < _capacity; i++)
        {
            if (keys[i] != 0)
            {
                union.Add(keys[i]);
            }
        }

        var others = 0;
        foreach (var key in candidates.Items)
        {
            // Somebody may have come in by itself since the cells were searched.
            if (KeyKernel.IndexOfUser(keys, _capacity, BuddyKey.User(key)) < 0)
            {
                candidates[others++] = key;
                union.Add(key);
            }
        }

        candidates.Count = others;
        var total = union.Count;
        while (union.Count % KeyKernel.Lanes != 0)
        {
            union.Add(0);
        }

        var bound = line > Nothing ? BuddyKey.Below(line) : 0;
        var least = 0ul;
        if (total > _capacity)
        {
            least = KeyKernel.KthLargest(union.Pointer, union.Count, _capacity);
            bound = Math.Max(bound, KeyKernel.MaxBelow(union.Pointer, union.Count, least));
        }

        for (var i = 0; i < _capacity && least > 0; i++)
        {
            if (keys[i] < least && keys[i] != 0)
            {
                keys[i] = 0;
                set->Count--;
            }
        }

        PutNew(work, set->Owner, set, keys, least);
        var before = set->Line;
        set->Line = set->Count >= Count ? KeyKernel.KthLargest(keys, _capacity, Count) : 0;
        set->Bound = Math.Max(set->Bound, bound);
        var hasChanged = (set->Line == 0) != (before == 0);
        foreach (var place in places.Items)
        {
            hasChanged |= keys[place] >= set->Line;
        }

        set->Version += hasChanged ? 1 : 0;
        set->SearchedAt = Now;
        SpinGate.Exit(ref set->Gate);
    }

    private void PutNew(Workspace work, int user, BuddySet* set, ulong* keys, ulong least)
    {
        var place = 0;
        foreach (var key in work.Candidates.Items)
        {
            // Somebody may have gone, or have been blocked, since the cells were searched.
            var other = BuddyKey.User(key);
            if (key < least || IsBlocked(user, other) || !At(other)->IsResident || At(other)->IsInvisible)
            {
                continue;
            }

            while (place < _capacity && keys[place] != 0)
            {
                place++;
            }

            if (place == _capacity)
            {
                set->Bound = Math.Max(set->Bound, key);
                continue;
            }

            keys[place] = key;
            set->Count++;
            work.NewPlaces.Add(place);
        }
    }

    /// <summary>
    /// Tells those who are new in a set that they are watched, and scores them once more: one who has moved since it was
    /// scored, but before it was told, has told nobody here.
    /// </summary>
    private void Watch(Workspace work, int user, Listener* listener, BuddySet* set)
    {
        const int Ahead = 6;
        var places = work.NewPlaces;
        var keys = BuddySet.Keys(set);
        for (var i = 0; i < places.Count; i++)
        {
            if (i + Ahead < places.Count && keys[places[i + Ahead]] is not 0 and var next)
            {
                Prefetch(At(BuddyKey.User(next)));
            }

            if (i + (Ahead / 2) < places.Count && keys[places[i + (Ahead / 2)]] is not 0 and var near)
            {
                var known = At(BuddyKey.User(near));
                Prefetch(known->Watchers + known->WatcherCount);
            }

            var place = places[i];
            var key = Volatile.Read(ref keys[place]);
            if (key == 0)
            {
                continue;
            }

            var other = BuddyKey.User(key);
            var isSeen = AddWatchers(At(other), other, [Watcher.Of(user, listener->Set, place)]);
            SpinGate.Enter(ref set->Gate);
            if (keys[place] != 0 && BuddyKey.User(keys[place]) == other)
            {
                if (!isSeen || IsBlocked(user, other) || !MayKnow(listener->Cell, other))
                {
                    BuddySet.RemoveAt(set, _capacity, Count, place);
                }
                else
                {
                    fixed (short* own = work.Row)
                    {
                        BuddySet.Update(set, _capacity, place, BuddyKey.Of(Similarity(own, other), other));
                    }
                }
            }

            var isProven = BuddySet.IsProven(set);
            SpinGate.Exit(ref set->Gate);
            if (!isProven)
            {
                work.Short.Add(user);
            }
        }
    }

    /// <summary>With a drift, whom one knows, one need not find: only without one do cells that are not probed count.</summary>
    private bool MayKnow(int home, int other) => _drift > 0 || Probes(home, Volatile.Read(ref At(other)->Cell));

    private void SetLimit(int user, Listener* listener, BuddySet* set)
    {
        while (Volatile.Read(ref listener->Cell) is >= 0 and var home
            && !_cells[home].SetLimit(listener, user, home, set, _errorFactor))
        {
        }
    }
}
