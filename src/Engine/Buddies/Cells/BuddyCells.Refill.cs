using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Buddies.Cells;

public sealed partial class BuddyCells
{
    /// <summary>Listeners of one cell whose sets are filled together: each probed cell's bytes are then fetched once for all.</summary>
    private const int RefillGroup = 32;

    private readonly List<SetQuery> _queries = [];

    /// <summary>Gives residents a buddy set, filled now; many at once cost much less than one after the other.</summary>
    /// <param name="users">Residents' numbers; those who have one keep it.</param>
    /// <exception cref="ArgumentException">A listener is not in the cells.</exception>
    public void Activate(ReadOnlySpan<int> users)
    {
        foreach (var user in users)
        {
            Require(user);
        }

        Begin(0);
        var added = new List<int>(users.Length);
        foreach (var user in users)
        {
            ref var listener = ref _listeners[user];
            if (listener.Set < 0)
            {
                listener.Set = _sets.Rent();
                (listener.BoundSimilarity, listener.BoundUser) = (float.NegativeInfinity, -1);
                _cells[listener.Cell].Watchers++;
                added.Add(user);
            }
        }

        added.Sort((left, right) => _listeners[left].Cell != _listeners[right].Cell
            ? _listeners[left].Cell.CompareTo(_listeners[right].Cell)
            : left.CompareTo(right));
        var all = CollectionsMarshal.AsSpan(added);
        for (var from = 0; from < all.Length;)
        {
            var to = from + 1;
            while (to < all.Length && to - from < RefillGroup && _listeners[all[to]].Cell == _listeners[all[from]].Cell)
            {
                to++;
            }

            Refill(all[from..to]);
            from = to;
        }
    }

    private void Refill(int user) => Refill([user]);

    /// <summary>
    /// Fills sets from all the cells they probe. While the scan goes on, the capacity-th best estimate so far, less twice
    /// the largest error, is a line that no member of the true set can fall under.
    /// </summary>
    /// <param name="users">Listeners of one cell.</param>
    private void Refill(ReadOnlySpan<int> users)
    {
        Refills += users.Length;
        var probes = _map.Probes(_listeners[users[0]].Cell);
        var rowError = 0f;
        foreach (var cell in probes)
        {
            rowError = Math.Max(rowError, _cells[cell].LargestError);
        }

        for (var i = 0; i < users.Length; i++)
        {
            if (i == _queries.Count)
            {
                _queries.Add(new SetQuery(_sets.Capacity, _padded));
            }

            _queries[i].Start(users[i], _vectors[users[i]], ErrorFactor * rowError);
        }

        foreach (var cell in probes)
        {
            for (var i = 0; i < users.Length; i++)
            {
                Estimate(_cells[cell], _queries[i]);
            }
        }

        for (var i = 0; i < users.Length; i++)
        {
            FillFrom(_queries[i]);
        }
    }

    private void FillFrom(SetQuery query)
    {
        var isAll = query.TopCount < _sets.Capacity;
        var line = isAll ? float.NegativeInfinity : query.Line;
        _found.Clear();
        var estimates = CollectionsMarshal.AsSpan(query.Estimates);
        for (var i = 0; i < estimates.Length; i++)
        {
            if (i + 8 < estimates.Length && estimates[i + 8].Estimate >= line)
            {
                PrefetchListener(estimates[i + 8].User);
            }

            if (estimates[i] is var (estimate, other) && estimate >= line)
            {
                _found.Add((Score(query.User, other), other));
            }
        }

        RowsVerified += _found.Count;
        _searchedAt[query.User] = Now;
        _found.Sort(s_bestFirst);
        Fill(
            query.User,
            _listeners[query.User].Set,
            _found,
            isAll ? (float.NegativeInfinity, -1) : (query.TopEstimates[0] - query.Error, -1));
    }

    /// <summary>Shows a cell to a query: what reaches its line is noted, and moves the line up.</summary>
    private unsafe void Estimate(Cell cell, SetQuery query)
    {
        RowsScanned += cell.Count;
        var lanes = Vector256.Create(query.Scale);
        var correct = Vector256.Create(128 * query.Sum);
        var line = Vector256.Create(query.Line);
        var top = new TopK(query.TopUsers, query.TopEstimates, query.TopCount);
        var estimates = stackalloc float[TileKernel.Rows];
        fixed (sbyte* code = query.Code)
        fixed (float* scales = cell.Scales)
        {
            for (var at = 0; at < cell.Count; at += TileKernel.Rows)
            {
                TileKernel.Prefetch(cell.Codes + ((at + TileKernel.RowsAhead) * _padded), _padded);
                TileKernel.Score(cell.Codes + (at * _padded), code, _padded, out var low, out var high);
                var first = Vector256.ConvertToSingle(low - correct) * (Vector256.Load(scales + at) * lanes);
                var second = Vector256.ConvertToSingle(high - correct) * (Vector256.Load(scales + at + 8) * lanes);
                var mask = Vector256.GreaterThanOrEqual(first, line).ExtractMostSignificantBits()
                    | (Vector256.GreaterThanOrEqual(second, line).ExtractMostSignificantBits() << 8);
                if (mask == 0)
                {
                    continue;
                }

                first.Store(estimates);
                second.Store(estimates + 8);
                for (; mask != 0; mask &= mask - 1)
                {
                    var i = BitOperations.TrailingZeroCount(mask);
                    if (at + i < cell.Count && IsCandidate(query.User, cell.Users[at + i]))
                    {
                        query.Estimates.Add((estimates[i], cell.Users[at + i]));
                        top.Offer(cell.Users[at + i], estimates[i]);
                    }
                }

                if (top.Count == _sets.Capacity)
                {
                    query.Line = query.TopEstimates[0] - (2 * query.Error);
                    line = Vector256.Create(query.Line);
                }
            }
        }

        query.TopCount = top.Count;
    }
}
