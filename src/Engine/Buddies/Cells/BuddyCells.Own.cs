using System.Runtime.InteropServices;

namespace Buddies.Engine.Buddies.Cells;

public sealed partial class BuddyCells
{
    private static readonly Comparison<(float Similarity, int User)> s_bestFirst = static (left, right) =>
        left.Similarity != right.Similarity ? right.Similarity.CompareTo(left.Similarity) : left.User.CompareTo(right.User);

    private readonly Dictionary<int, HashSet<int>> _blocked = [];
    private readonly List<(float Similarity, int User)> _found = [];
    private int[] _fillUsers = [];
    private float[] _fillSimilarities = [];

    /// <summary>Keeps two listeners out of each other's sets, now and later.</summary>
    /// <param name="first">A listener's number.</param>
    /// <param name="second">Another's.</param>
    public void Block(int first, int second)
    {
        Begin(0);
        foreach (var (one, other) in (ReadOnlySpan<(int, int)>)[(first, second), (second, first)])
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_blocked, one, out _) ??= [];
            _blocked[one].Add(other);
            Drop(one, other);
        }
    }

    /// <summary>Lets two listeners see each other again.</summary>
    /// <param name="first">A listener's number.</param>
    /// <param name="second">Another's.</param>
    public void Unblock(int first, int second)
    {
        Begin(0);
        foreach (var (one, other) in (ReadOnlySpan<(int, int)>)[(first, second), (second, first)])
        {
            if (_blocked.TryGetValue(one, out var blocked) && blocked.Remove(other) && _listeners[one].Set >= 0 && IsResident(one))
            {
                Refill(one);
            }
        }
    }

    private void Drop(int user, int other)
    {
        if (user < _listeners.Length && _listeners[user].Set is >= 0 and var slot && _sets.IndexOf(slot, other) is >= 0 and var at)
        {
            _sets.RemoveAt(slot, at);
            if (at < Count)
            {
                MarkChanged(user);
            }

            if (IsShort(in _listeners[user]))
            {
                Refill(user);
            }
        }
    }

    private bool IsBlocked(int user, int other) => _blocked.Count > 0 && _blocked.TryGetValue(user, out var blocked) && blocked.Contains(other);

    private bool IsCandidate(int user, int other) => other != user && !_listeners[other].IsInvisible && !IsBlocked(user, other);

    /// <summary>
    /// The threshold of a mover's own set: what its present members are worth to it now. At least as many as these reach
    /// it, so whoever belongs into the new set does.
    /// </summary>
    private void PrepareOwn(ref Mover mover, List<(float Similarity, int User)> own)
    {
        own.Clear();
        mover.NeedsRefill = false;
        var slot = _listeners[mover.User].Set;
        if (slot < 0 || mover.NewCell < 0 || mover.KeepsOwn)
        {
            return;
        }

        foreach (var member in _sets.Users(slot))
        {
            PrefetchListener(member);
        }

        var (worst, seen) = (float.PositiveInfinity, 0);
        foreach (var member in _sets.Users(slot))
        {
            if (_listeners[member].Cell is >= 0 and var cell && Probes(mover.NewCell, cell) && IsCandidate(mover.User, member))
            {
                worst = Math.Min(worst, Score(mover.User, member));
                seen++;
            }
        }

        if (seen >= Count)
        {
            mover.Threshold = worst;
        }
        else
        {
            mover.NeedsRefill = true;
        }
    }

    private bool Probes(int cell, int other) => cell == other || _map.Probes(cell).BinarySearch(other) >= 0;

    private void FinishOwn(ref Mover mover, List<(float Similarity, int User)> own)
    {
        var slot = mover.NewCell < 0 ? -1 : _listeners[mover.User].Set;
        if (slot < 0)
        {
            return;
        }

        if (mover.KeepsOwn)
        {
            SetLimit(in _listeners[mover.User]);
        }
        else if (mover.NeedsRefill)
        {
            Refill(mover.User);
        }
        else
        {
            own.Sort(s_bestFirst);

            // Nobody outside reaches the threshold, so everybody outside is at or below the next smaller number.
            Fill(mover.User, slot, own, (MathF.BitDecrement(mover.Threshold), -1));
        }
    }

    /// <summary>Makes a set of sorted candidates; the best left out, or the given bound, bounds the rest.</summary>
    private void Fill(int user, int slot, List<(float Similarity, int User)> sorted, (float Similarity, int User) bound)
    {
        var kept = Math.Min(sorted.Count, _sets.Capacity);
        if (_fillUsers.Length < _sets.Capacity)
        {
            _fillUsers = new int[_sets.Capacity];
            _fillSimilarities = new float[_sets.Capacity];
        }

        for (var i = 0; i < kept; i++)
        {
            (_fillSimilarities[i], _fillUsers[i]) = sorted[i];
        }

        var first = Math.Min(kept, Count);
        var isSame = _sets.Count(slot) >= first
            && Math.Min(_sets.Count(slot), Count) == first
            && _sets.Users(slot)[..first].SequenceEqual(_fillUsers.AsSpan(0, first))
            && _sets.Similarities(slot)[..first].SequenceEqual(_fillSimilarities.AsSpan(0, first));
        _sets.Fill(slot, _fillUsers.AsSpan(0, kept), _fillSimilarities.AsSpan(0, kept));
        if (sorted.Count > kept)
        {
            bound = (sorted[kept].Similarity, sorted[kept].User);
        }

        SetBound(ref _listeners[user], bound.Similarity, bound.User);
        if (!isSame)
        {
            MarkChanged(user);
        }
    }
}
