using System.Runtime.CompilerServices;

namespace Buddies.Engine.Buddies.Cells;

public sealed unsafe partial class BuddyCells
{
    /// <summary>Moves farther than this lead anywhere; shorter ones into a cell that the former one probes.</summary>
    private const float FarMove = 0.45f;

    /// <summary>How far the square of a vector's length may be from 1.</summary>
    private const float UnitTolerance = 0.01f;

    /// <summary>Moves listeners one after the other, or lets them join.</summary>
    /// <param name="users">Who.</param>
    /// <param name="vectors">[users × d], unit length.</param>
    /// <exception cref="ArgumentException">A length contradicts the other.</exception>
    public void Move(ReadOnlySpan<int> users, ReadOnlySpan<float> vectors)
    {
        if (vectors.Length != users.Length * _dimension)
        {
            throw new ArgumentException($"Expected {users.Length} vectors of {_dimension}, got {vectors.Length} values.", nameof(vectors));
        }

        for (var i = 0; i < users.Length; i++)
        {
            Move(users[i], vectors.Slice(i * _dimension, _dimension));
        }
    }

    /// <summary>Moves one listener, or lets it join. Afterwards its own set and all that it is known to be in are true; without a drift also all that it now belongs into.</summary>
    /// <param name="user">A listener's number.</param>
    /// <param name="vector">[d], unit length.</param>
    /// <exception cref="ArgumentException">The vector has another dimension, or not the length 1.</exception>
    public void Move(int user, ReadOnlySpan<float> vector)
    {
        if (vector.Length != _dimension)
        {
            throw new ArgumentException($"Expected a vector of {_dimension}, got {vector.Length} values.", nameof(vector));
        }

        var length = System.Numerics.Tensors.TensorPrimitives.SumOfSquares(vector);
        if (!(length > 1 - UnitTolerance && length < 1 + UnitTolerance))
        {
            throw new ArgumentException($"Expected a vector of unit length, got one of {MathF.Sqrt(length)}.", nameof(vector));
        }

        Grow(user);
        var work = Rent();
        var listener = At(user);
        using (Hold(listener))
        {
            FixedPoint.Write(vector, work.Row);
            Encode(work);
            if (listener->Cell < 0)
            {
                Join(work, user, listener);
            }
            else
            {
                MoveResident(work, user, listener);
            }
        }

        Settle(work);
        Return(work);
    }

    /// <summary>Codes the row.</summary>
    private static void Encode(Workspace work)
    {
        FixedPoint.Read(work.Row, work.Vector);
        work.CodeSum = RowCode.Encode(work.Vector, work.Code, out var scale, out var error);
        (work.Scale, work.Error) = (scale, error);
        for (var i = 0; i < work.Rest.Length; i++)
        {
            work.Rest[i] = work.Vector[i] - (scale * work.Code[i]);
        }

        work.FineSum = RowCode.Encode(work.Rest, work.FineCode, out scale, out error);
        (work.FineScale, work.QueryError) = (scale, error);
    }

    private void Join(Workspace work, int user, Listener* listener)
    {
        work.Row.CopyTo(new Span<short>(RowAt(user), _rowLength));
        var home = _map.FindNearest(work.Vector);
        listener->Error = work.Error;
        listener->IsResident = true;
        _cells[home].Add(listener, user, home, work.Code, work.Scale, work.Error, _map.ScoreOf(home, work.Vector));
        Interlocked.Increment(ref _residents);
        work.Marks.Clear();
        work.Watchers.Count = 0;
        Search(work, user, listener, isHeard: true);
        listener->Drift = 0;
    }

    private void MoveResident(Workspace work, int user, Listener* listener)
    {
        fixed (short* row = work.Row)
        {
            listener->Drift += FixedPoint.Distance(RowAt(user), row, _rowLength);
        }

        _cells[listener->Cell].Set(listener, work.Code, work.Scale, work.Error);
        var set = listener->Set >= 0 ? SetAt(listener->Set) : null;
        work.Marks.Clear();
        if (set == null)
        {
            work.Row.CopyTo(new Span<short>(RowAt(user), _rowLength));
        }
        else
        {
            // Its place and its set change together: nobody reads the one without the other.
            SpinGate.Enter(ref set->Gate);
            work.Row.CopyTo(new Span<short>(RowAt(user), _rowLength));
            Rescore(work, listener->Cell, set);
            SpinGate.Exit(ref set->Gate);
        }

        if (_isWatching)
        {
            TellWatchers(work, user, listener);
        }

        if (!(listener->Drift <= _drift) || _drift == 0 || (set != null && !BuddySet.IsProven(set)))
        {
            Rehouse(work, user, listener);
            Search(work, user, listener, _isWatching);
            listener->Drift = 0;
        }
        else if (set != null)
        {
            SetLimit(user, listener, set);
        }
    }

    /// <summary>Gives everybody who has the mover in a set its new similarity.</summary>
    private void TellWatchers(Workspace work, int user, Listener* listener)
    {
        const int Ahead = 6;
        var epoch = CopyWatchers(work, listener);
        var (count, stale) = (work.Watchers.Count, 0);
        var watchers = work.Watchers.Pointer;
        for (var i = 0; i < Math.Min(Ahead, count); i++)
        {
            PrefetchWatcher(watchers[i]);
        }

        fixed (short* own = work.Row)
        {
            for (var i = 0; i < count; i++)
            {
                if (i + Ahead < count)
                {
                    PrefetchWatcher(watchers[i + Ahead]);
                }

                var (other, place) = (Watcher.User(watchers[i]), Watcher.Place(watchers[i]));
                var set = SetAt(Watcher.Set(watchers[i]));
                SpinGate.Enter(ref set->Gate);
                var key = BuddySet.Keys(set)[place];
                if (set->Owner != other || key == 0 || BuddyKey.User(key) != user || (work.Marks.Add(other, Marks.Theirs) & Marks.Theirs) != 0)
                {
                    // Out of date, or noted twice.
                    SpinGate.Exit(ref set->Gate);
                    watchers[i] = Watcher.None;
                    stale++;
                    continue;
                }

                BuddySet.Update(set, _capacity, place, BuddyKey.Of(Similarity(own, other), user));
                var isProven = BuddySet.IsProven(set);
                SpinGate.Exit(ref set->Gate);
                if (!isProven)
                {
                    work.Short.Add(other);
                }
            }
        }

        if (stale > 0)
        {
            DropStale(work, listener, epoch);
        }
    }

    /// <summary>Scores the mover's set anew. Between searches those at its end are no better known than outsiders, so the bound goes along with those before them.</summary>
    /// <remarks>The caller holds the set's gate.</remarks>
    private void Rescore(Workspace work, int home, BuddySet* set)
    {
        const int Ahead = 8;
        var keys = BuddySet.Keys(set);
        var (lineBefore, hasChanged, count) = (set->Line, false, 0);
        var union = work.Union;
        union.Reserve(_capacity);
        var former = union.Pointer;
        new ReadOnlySpan<ulong>(keys, _capacity).CopyTo(new Span<ulong>(former, _capacity));
        fixed (short* own = work.Row)
        {
            for (var i = 0; i < Math.Min(Ahead, _capacity); i++)
            {
                PrefetchVector(keys[i]);
            }

            for (var i = 0; i < _capacity; i++)
            {
                if (i + Ahead < _capacity)
                {
                    PrefetchVector(keys[i + Ahead]);
                }

                if (keys[i] == 0)
                {
                    continue;
                }

                var other = BuddyKey.User(keys[i]);
                if (!_isWatching && !Sees(home, other))
                {
                    // Nobody has told the set.
                    keys[i] = 0;
                    set->Count--;
                    continue;
                }

                var similarity = Similarity(own, other);
                count++;
                keys[i] = set->IsDeaf == 0 ? BuddyKey.Of(similarity, other) : keys[i];
                work.Marks.Add(other, Marks.Mine);
            }
        }

        set->Line = count >= Count ? KeyKernel.KthLargest(keys, _capacity, Count) : 0;
        for (var i = 0; i < _capacity && !hasChanged; i++)
        {
            hasChanged = former[i] >= lineBefore != keys[i] >= set->Line;
        }

        set->Version += hasChanged ? 1 : 0;
        if (_drift > 0 && set->Bound != 0 && count >= _wellKnown)
        {
            set->Bound = KeyKernel.KthLargest(keys, _capacity, _wellKnown);
        }
    }

    private bool Sees(int home, int other)
    {
        var listener = At(other);
        return listener->IsResident && !listener->IsInvisible && MayKnow(home, other);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PrefetchWatcher(ulong watcher)
    {
        var set = (byte*)SetAt(Watcher.Set(watcher));
        Prefetch(set);
        Prefetch(set + BuddySet.Bytes + (Watcher.Place(watcher) * sizeof(ulong)));
        _rowsOf.Prefetch(Watcher.User(watcher), _rowLength * sizeof(short));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PrefetchVector(ulong key)
    {
        if (key != 0)
        {
            _rowsOf.Prefetch(BuddyKey.User(key), _rowLength * sizeof(short));
            if (!_isWatching)
            {
                Prefetch(At(BuddyKey.User(key)));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(void* address)
    {
        if (System.Runtime.Intrinsics.X86.Sse.IsSupported)
        {
            System.Runtime.Intrinsics.X86.Sse.Prefetch0(address);
        }
    }
}
