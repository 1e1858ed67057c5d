using System.Buffers;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>How well a buddy set stands.</summary>
/// <param name="Version">Goes up whenever somebody enters or leaves the first K.</param>
/// <param name="SearchedAt">What <see cref="BuddyCells.Now"/> was when its cells were last searched for it.</param>
/// <param name="SlackSpent">How much of the way to the next search it has gone, 0 to 1: the larger of the part of the slack that is used up and the part of the drift.</param>
public readonly record struct BuddySetState(int Version, long SearchedAt, float SlackSpent);

public sealed unsafe partial class BuddyCells
{
    /// <summary>A listener's buddies as they are now.</summary>
    /// <param name="user">An active listener's number.</param>
    /// <param name="users">Destination, best first.</param>
    /// <param name="similarities">Destination, as long.</param>
    /// <returns>How many there are, at most K; 0 for a listener without a buddy set.</returns>
    public int Read(int user, Span<int> users, Span<float> similarities)
    {
        var number = Knows(user) ? Volatile.Read(ref At(user)->Set) : -1;
        if (number < 0)
        {
            return 0;
        }

        Span<ulong> keys = stackalloc ulong[MostPlaces];
        var count = 0;
        var set = SetAt(number);
        SpinGate.Enter(ref set->Gate);
        if (set->Owner == user)
        {
            foreach (var key in new ReadOnlySpan<ulong>(BuddySet.Keys(set), _capacity))
            {
                if (key != 0 && key >= set->Line)
                {
                    keys[count++] = key;
                }
            }
        }

        SpinGate.Exit(ref set->Gate);
        keys = keys[..count];
        keys.Sort();
        count = Math.Min(Math.Min(count, Count), Math.Min(users.Length, similarities.Length));
        for (var i = 0; i < count; i++)
        {
            (users[i], similarities[i]) = (BuddyKey.User(keys[^(i + 1)]), BuddyKey.Similarity(keys[^(i + 1)]));
        }

        return count;
    }

    /// <summary>A number that goes up whenever somebody enters or leaves a listener's first K.</summary>
    /// <param name="user">A listener's number.</param>
    /// <returns>0 for one who never had a buddy set.</returns>
    public int VersionOf(int user) => !Knows(user) ? 0 : At(user)->Set is >= 0 and var set && SetAt(set) is var known && known->Owner == user ? known->Version : At(user)->Version;

    /// <summary>How well a listener's buddy set stands.</summary>
    /// <param name="user">A listener's number.</param>
    /// <returns>Null without a buddy set.</returns>
    public BuddySetState? StateOf(int user)
    {
        var number = Knows(user) ? Volatile.Read(ref At(user)->Set) : -1;
        if (number < 0)
        {
            return null;
        }

        var set = SetAt(number);
        SpinGate.Enter(ref set->Gate);
        var (version, searchedAt, bound) = (set->Version, set->SearchedAt, set->Bound);
        var slack = bound == 0 ? _capacity - Count : KeyKernel.CountFrom(BuddySet.Keys(set), _capacity, bound) - Count;
        var isOwn = set->Owner == user;
        SpinGate.Exit(ref set->Gate);
        if (!isOwn)
        {
            return null;
        }

        var spent = 1 - (Math.Max(0, slack) / (float)(_capacity - Count));
        return new BuddySetState(version, searchedAt, Math.Max(spent, _drift > 0 ? Math.Min(1, At(user)->Drift / _drift) : 0));
    }

    /// <summary>Draws listeners with a buddy set, each at most once; one who changes sets meanwhile may be drawn twice.</summary>
    /// <param name="random">Draws.</param>
    /// <param name="users">Destination.</param>
    /// <returns>How many were drawn: fewer than there is room for when there are no more.</returns>
    public int Sample(Random random, Span<int> users)
    {
        ArgumentNullException.ThrowIfNull(random);
        var sets = Volatile.Read(ref _setCount);
        var numbers = ArrayPool<int>.Shared.Rent(sets);
        for (var i = 0; i < sets; i++)
        {
            numbers[i] = i;
        }

        // The first steps of a shuffle; numbers that nobody has at this moment are passed over.
        var count = 0;
        for (var i = 0; i < sets && count < users.Length; i++)
        {
            var other = random.Next(i, sets);
            (numbers[i], numbers[other]) = (numbers[other], numbers[i]);
            if (Volatile.Read(ref SetAt(numbers[i])->Owner) is >= 0 and var owner)
            {
                users[count++] = owner;
            }
        }

        ArrayPool<int>.Shared.Return(numbers);
        return count;
    }

    /// <summary>Gives a resident a buddy set, filled now; one who has one keeps it.</summary>
    /// <param name="user">A resident's number.</param>
    /// <exception cref="ArgumentException">The listener is not in the cells.</exception>
    public void Activate(int user)
    {
        Require(user);
        var work = Rent();
        Activate(work, user);
        Settle(work);
        Return(work);
    }

    /// <summary>Gives residents a buddy set, filled now, on all cores.</summary>
    /// <param name="users">Residents' numbers; those who have one keep it.</param>
    /// <exception cref="ArgumentException">A listener is not in the cells.</exception>
    public void Activate(ReadOnlySpan<int> users)
    {
        const int Part = 64;
        foreach (var user in users)
        {
            Require(user);
        }

        // Those of one cell one after the other: what they look at is then still in the cache.
        var sorted = users.ToArray();
        Array.Sort(Array.ConvertAll(sorted, user => ((long)At(user)->Cell << 32) | (uint)user), sorted);
        var all = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, (sorted.Length + Part - 1) / Part, all, part =>
        {
            var work = Rent();
            for (var i = part * Part; i < Math.Min(sorted.Length, (part + 1) * Part); i++)
            {
                Activate(work, sorted[i]);
            }

            Settle(work);
            Return(work);
        });
    }

    /// <summary>Takes a listener's buddy set away; it stays a resident.</summary>
    /// <param name="user">A listener's number.</param>
    public void Deactivate(int user)
    {
        if (Knows(user))
        {
            using (Hold(At(user)))
            {
                DropSet(At(user));
            }
        }
    }

    private void Activate(Workspace work, int user)
    {
        var listener = At(user);
        using var held = Hold(listener);
        if (listener->Cell >= 0 && listener->Set < 0)
        {
            var number = RentSet();
            var set = SetAt(number);
            (set->Version, set->SearchedAt, set->Owner) = (listener->Version + 1, Now, user);
            Volatile.Write(ref listener->Set, number);
            _cells[listener->Cell].SetWatching(listener, isWatching: true);
            Interlocked.Increment(ref _active);
            SearchAgain(work, user, listener, isHeard: false);

            // Searches fall due one here, one there, not for everybody at once after a start.
            listener->Drift = Math.Max(listener->Drift, _drift * (((uint)user * 2654435769u) >> 8) / (1 << 24));
        }
    }

    /// <summary>Those who are in it find out when they move.</summary>
    private void DropSet(Listener* listener)
    {
        if (listener->Set < 0)
        {
            return;
        }

        var number = listener->Set;
        var set = SetAt(number);
        SpinGate.Enter(ref set->Gate);
        listener->Version = set->Version;
        Volatile.Write(ref listener->Set, -1);
        (set->Owner, set->Count, set->Line, set->Bound, set->IsDeaf) = (-1, 0, 0, 0, 0);
        new Span<ulong>(BuddySet.Keys(set), _capacity).Clear();
        SpinGate.Exit(ref set->Gate);
        if (listener->Cell >= 0)
        {
            _cells[listener->Cell].SetWatching(listener, isWatching: false);
        }

        Interlocked.Decrement(ref _active);
        lock (_growth)
        {
            _freeSets.Push(number);
        }
    }

    private int RentSet()
    {
        lock (_growth)
        {
            if (_freeSets.TryPop(out var number))
            {
                return number;
            }

            _sets.Grow(_setCount);
            SetAt(_setCount)->Owner = -1;
            return _setCount++;
        }
    }
}
