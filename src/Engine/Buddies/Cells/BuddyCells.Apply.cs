namespace Buddies.Engine.Buddies.Cells;

public sealed partial class BuddyCells
{
    /// <summary>Marks a listener while a batch is looked through for repetitions.</summary>
    private const int Named = -2;

    private readonly List<int> _changed = [];
    private readonly List<int> _short = [];
    private Mover[] _movers = [];
    private sbyte[] _codes = [];
    private float[] _oldVectors = [];
    private List<(float Similarity, int User)>[] _own = [];
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

        foreach (var user in users)
        {
            Grow(user);
        }

        CheckDifferent(users);
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

    private void CheckDifferent(ReadOnlySpan<int> users)
    {
        for (var i = 0; i < users.Length; i++)
        {
            if (_listeners[users[i]].Move == Named)
            {
                Forget(users[..i]);
                throw new ArgumentException($"Listener {users[i]} is named twice.", nameof(users));
            }

            _listeners[users[i]].Move = Named;
        }

        Forget(users);
    }

    private void Forget(ReadOnlySpan<int> users)
    {
        foreach (var user in users)
        {
            _listeners[user].Move = -1;
        }
    }

    private void Begin(int count)
    {
        if (_movers.Length < count)
        {
            Array.Resize(ref _movers, Math.Max(count, 2 * _movers.Length));
            Array.Resize(ref _codes, _movers.Length * 2 * _padded);
            Array.Resize(ref _oldVectors, _movers.Length * _dimension);
            var before = _own.Length;
            Array.Resize(ref _own, _movers.Length);
            for (var i = before; i < _own.Length; i++)
            {
                _own[i] = [];
            }
        }

        _moverCount = 0;
        _changed.Clear();
        _short.Clear();
        _stamp++;
        if (_changeStamp.Length < _listeners.Length)
        {
            Array.Resize(ref _changeStamp, _listeners.Length);
            Array.Resize(ref _versions, _listeners.Length);
            Array.Resize(ref _searchedAt, _listeners.Length);
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
            _vectors[user].CopyTo(OldVector(index));
            mover.OldSum = RowCode.Encode(_vectors[user], OldCode(index), out mover.OldScale, out mover.OldError);
        }

        return ref mover;
    }

    private void AddMover(int user, ReadOnlySpan<float> vector)
    {
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
        _cells[listener.Cell].Watchers += listener.Set >= 0 ? 1 : 0;
        listener.Row = _cells[mover.NewCell].Add(user, code, mover.NewScale, mover.NewError, float.PositiveInfinity);
    }

    private void TakeRow(int user)
    {
        ref var listener = ref _listeners[user];
        _cells[listener.Cell].Watchers -= listener.Set >= 0 ? 1 : 0;
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
            PrepareOwn(ref _movers[i], _own[i]);
        }

        Scan();
        ApplyHits();
        for (var i = 0; i < _moverCount; i++)
        {
            FinishOwn(ref _movers[i], _own[i]);
        }

        for (var i = 0; i < _moverCount; i++)
        {
            _listeners[_movers[i].User].Move = -1;
        }

        foreach (var user in _short)
        {
            if (IsShort(in _listeners[user]))
            {
                Refill(user);
            }
        }
    }

    private void MarkChanged(int user)
    {
        if (_changeStamp[user] != _stamp)
        {
            _changeStamp[user] = _stamp;
            _changed.Add(user);
            _versions[user]++;
        }
    }

    private Span<float> OldVector(int mover) => _oldVectors.AsSpan(mover * _dimension, _dimension);

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
    }
}
