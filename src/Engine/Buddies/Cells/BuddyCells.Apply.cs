using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Buddies.Engine.Buddies.Cells;

public sealed partial class BuddyCells
{
    private readonly List<int> _changed = [];
    private readonly List<int> _short = [];
    private Mover[] _movers = [];
    private sbyte[] _codes = [];
    private int _moverCount;
    private int[] _changeStamp = [];
    private int _stamp;

    /// <summary>Moves listeners, or lets them join; afterwards every buddy set is exact again.</summary>
    /// <param name="users">Each at most once.</param>
    /// <param name="vectors">[users × d], unit length.</param>
    /// <exception cref="ArgumentException">A length contradicts the others, or a listener is named twice.</exception>
    public void Move(ReadOnlySpan<int> users, ReadOnlySpan<float> vectors)
    {
        if (vectors.Length != users.Length * _dimension)
        {
            throw new ArgumentException($"Expected {users.Length} vectors of {_dimension}, got {vectors.Length} values.", nameof(vectors));
        }

        Begin(users.Length);
        for (var i = 0; i < users.Length; i++)
        {
            AddMover(users[i], vectors.Slice(i * _dimension, _dimension));
        }

        Run();
    }

    /// <summary>Takes a listener out: of the cells, and of every set at once.</summary>
    /// <param name="user">A listener's number; one who is not in changes nothing.</param>
    public void Remove(int user)
    {
        if (!IsResident(user))
        {
            return;
        }

        Deactivate(user);
        Begin(1);
        ref var mover = ref StartMover(user);
        mover.NewCell = -1;
        mover.SeenBefore = !_listeners[user].IsInvisible;
        TakeRow(user);
        Residents--;
        Run();
        _listeners[user].IsInvisible = false;
    }

    /// <summary>Makes a listener invisible, nobody's buddy though served like all, or visible again.</summary>
    /// <param name="user">A resident's number.</param>
    /// <param name="isInvisible">Which.</param>
    public void SetInvisible(int user, bool isInvisible)
    {
        ref var listener = ref Require(user);
        if (listener.IsInvisible == isInvisible)
        {
            return;
        }

        listener.IsInvisible = isInvisible;
        Begin(1);
        ref var mover = ref StartMover(user);
        mover.NewCell = mover.OldCell;
        mover.SeenBefore = isInvisible;
        mover.SeenNow = !isInvisible;
        mover.KeepsOwn = true;
        EncodeNew(ref mover, 0, _vectors[user]);
        Run();
    }

    private void Begin(int count)
    {
        if (_movers.Length < count)
        {
            Array.Resize(ref _movers, Math.Max(count, 2 * _movers.Length));
            Array.Resize(ref _codes, _movers.Length * 2 * _padded);
        }

        _moverCount = 0;
        _changed.Clear();
        _short.Clear();
        _stamp++;
        if (_changeStamp.Length < _listeners.Length)
        {
            Array.Resize(ref _changeStamp, _listeners.Length);
        }
    }

    /// <summary>Notes where a listener stands; its former code becomes the query that finds the sets it was in.</summary>
    private ref Mover StartMover(int user)
    {
        var index = _moverCount++;
        ref var mover = ref _movers[index];
        mover = new Mover { User = user, OldCell = _listeners[user].Cell, Threshold = float.PositiveInfinity };
        _listeners[user].Move = index;
        if (mover.OldCell >= 0)
        {
            mover.OldSum = RowCode.Encode(_vectors[user], OldCode(index), out mover.OldScale, out mover.OldError);
        }

        return ref mover;
    }

    private void AddMover(int user, ReadOnlySpan<float> vector)
    {
        Grow(user);
        if (_changeStamp.Length < _listeners.Length)
        {
            Array.Resize(ref _changeStamp, _listeners.Length);
        }

        if (_listeners[user].Move >= 0)
        {
            throw new ArgumentException($"Listener {user} is named twice.");
        }

        ref var mover = ref StartMover(user);
        var isVisible = !_listeners[user].IsInvisible;
        mover.SeenBefore = mover.OldCell >= 0 && isVisible;
        mover.SeenNow = isVisible;
        mover.NewCell = mover.OldCell >= 0 && Dot(_vectors[user], vector) > 0.9f
            ? _map.FindNearestAround(vector, mover.OldCell)
            : _map.FindNearest(vector);
        vector.CopyTo(_vectors[user]);
        EncodeNew(ref mover, _moverCount - 1, vector);
        PutRow(user, ref mover);
    }

    private void EncodeNew(ref Mover mover, int index, ReadOnlySpan<float> vector) =>
        mover.NewSum = RowCode.Encode(vector, NewCode(index), out mover.NewScale, out mover.NewError);

    private void PutRow(int user, ref Mover mover)
    {
        ref var listener = ref _listeners[user];
        listener.Error = mover.NewError;
        var code = NewCode(_moverCount - 1);
        if (mover.OldCell == mover.NewCell)
        {
            _cells[mover.NewCell].Set(listener.Row, code, mover.NewScale, mover.NewError);
            return;
        }

        if (mover.OldCell >= 0)
        {
            TakeRow(user);
        }
        else
        {
            Residents++;
        }

        listener.Cell = mover.NewCell;
        listener.Row = _cells[mover.NewCell].Add(user, code, mover.NewScale, mover.NewError, float.PositiveInfinity);
    }

    private void TakeRow(int user)
    {
        ref var listener = ref _listeners[user];
        var moved = _cells[listener.Cell].RemoveAt(listener.Row);
        if (moved >= 0)
        {
            _listeners[moved].Row = listener.Row;
        }

        listener.Cell = -1;
    }

    private void Run()
    {
        for (var i = 0; i < _moverCount; i++)
        {
            PrepareOwn(ref _movers[i]);
        }

        Scan();
        ApplyHits();
        for (var i = 0; i < _moverCount; i++)
        {
            FinishOwn(ref _movers[i]);
        }

        for (var i = 0; i < _moverCount; i++)
        {
            _listeners[_movers[i].User].Move = -1;
        }

        foreach (var user in _short)
        {
            if (_listeners[user].Set is >= 0 and var slot && IsShort(slot))
            {
                Refill(user);
            }
        }
    }

    private bool IsShort(int slot) => _sets.Count(slot) < Count && !float.IsNegativeInfinity(_sets.BoundSimilarity(slot));

    private void MarkChanged(int user)
    {
        if (_changeStamp[user] != _stamp)
        {
            _changeStamp[user] = _stamp;
            _changed.Add(user);
        }
    }

    /// <summary>
    /// For each hit, in the order of the scan: the mover against the other's set, and the other against the mover's own.
    /// Rows are fetched a few hits ahead, for each lies elsewhere in memory.
    /// </summary>
    private void ApplyHits()
    {
        const int Ahead = 6;
        RowsVerified += _hits.Count;
        var hits = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_hits);
        for (var i = 0; i < hits.Length; i++)
        {
            if (i + Ahead < hits.Length)
            {
                Prefetch(hits[i + Ahead].User);
            }

            var hit = hits[i];
            ref var mover = ref _movers[hit.Mover];
            var similarity = hit.SeesNew || mover.KeepsOwn ? Score(mover.User, hit.User) : 0;
            if (_listeners[hit.User].Set is >= 0 and var slot && _listeners[hit.User].Move < 0)
            {
                Touch(hit.User, slot, mover.User, hit.SeesNew && mover.SeenNow, similarity);
            }

            if (hit.SeesNew && similarity >= mover.Threshold && IsCandidate(mover.User, hit.User))
            {
                mover.Own ??= [];
                mover.Own.Add((similarity, hit.User));
            }
        }
    }

    /// <summary>Makes one set true to one mover.</summary>
    private void Touch(int user, int slot, int mover, bool isSeen, float similarity)
    {
        var before = _sets.IndexOf(slot, mover);
        var belongs = isSeen && _sets.Beats(slot, similarity, mover) && !IsBlocked(user, mover);
        if (before < 0 && !belongs)
        {
            return;
        }

        if (before >= 0)
        {
            if (belongs && _sets.Similarities(slot)[before] == similarity)
            {
                return;
            }

            _sets.RemoveAt(slot, before);
        }

        var after = belongs ? _sets.Insert(slot, mover, similarity) : int.MaxValue;
        if ((uint)before < Count || after < Count)
        {
            MarkChanged(user);
        }

        if (IsShort(slot))
        {
            _short.Add(user);
        }

        SetLimit(user, slot);
    }

    private void SetLimit(int user, int slot)
    {
        ref var listener = ref _listeners[user];
        _cells[listener.Cell].Limits[listener.Row] = _sets.BoundSimilarity(slot) - (ErrorFactor * listener.Error);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(int user)
    {
        if (Sse.IsSupported)
        {
            // The blocks are pinned, so the address is good; a wrong prefetch would do no harm anyway.
            fixed (float* vector = _vectors[user])
            {
                for (var i = 0; i < _dimension; i += 16)
                {
                    Sse.Prefetch0(vector + i);
                }
            }

            if (_listeners[user].Set is >= 0 and var slot)
            {
                fixed (int* users = _sets.Users(slot))
                {
                    for (var i = 0; i < _sets.Capacity; i += 16)
                    {
                        Sse.Prefetch0(users + i);
                    }
                }
            }
        }
    }

    private Span<sbyte> OldCode(int mover) => _codes.AsSpan(2 * mover * _padded, _padded);

    private Span<sbyte> NewCode(int mover) => _codes.AsSpan(((2 * mover) + 1) * _padded, _padded);

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right) =>
        System.Numerics.Tensors.TensorPrimitives.Dot(left, right);

    /// <summary>One listener of a batch.</summary>
    private struct Mover
    {
        public int User;
        public int OldCell;
        public int NewCell;
        public bool SeenBefore;
        public bool SeenNow;
        public bool KeepsOwn;
        public bool NeedsRefill;
        public float Threshold;
        public float OldScale;
        public float NewScale;
        public float OldError;
        public float NewError;
        public int OldSum;
        public int NewSum;
        public List<(float Similarity, int User)>? Own;
    }
}
