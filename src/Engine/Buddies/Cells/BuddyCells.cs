using System.Numerics.Tensors;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Everybody's buddies, always true: listeners in cells, and for each active one a buddy set that is exact over the cells
/// it probes after every batch of moves, joins and departures.
/// </summary>
/// <remarks>
/// Probing is symmetric (a cell probes another if the other probes it), so the residents that a mover must look at for its
/// own set are the very ones whose sets its move may change: one scan over eight-bit codes serves both. Codes carry an
/// error bound; whatever may pass is scored again in single precision, so results do not depend on the codes. A batch
/// shares each cell's bytes among all its movers. One writer; the caller orders reads against it.
/// </remarks>
public sealed partial class BuddyCells : IDisposable
{
    /// <summary>‖ŷ‖ of a coded unit query stays below this, so a row's error counts at most so much.</summary>
    private const float ErrorFactor = 1.05f;

    private readonly CellMap _map;
    private readonly Cell[] _cells;
    private readonly SetPool _sets;
    private readonly int _dimension;
    private readonly int _padded;
    private readonly VectorStore _vectors;
    private Listener[] _listeners = [];

    /// <summary>Makes empty cells.</summary>
    /// <param name="map">Where the cells lie and which of them probe each other.</param>
    /// <param name="count">K: how many buddies a set promises.</param>
    /// <param name="slack">How many more it keeps, so that losses need no new scan.</param>
    public BuddyCells(CellMap map, int count, int slack)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(slack, 1);
        _map = map;
        _dimension = map.Dimension;
        _padded = (_dimension + 7) & ~7;
        Count = count;
        _sets = new SetPool(count + slack);
        _vectors = new VectorStore(_dimension);
        _cells = new Cell[map.CellCount];
        for (var i = 0; i < _cells.Length; i++)
        {
            _cells[i] = new Cell(_padded);
        }

        _cellHeads = new int[_cells.Length];
        Array.Fill(_cellHeads, -1);
        _cellEntry = new int[_cells.Length];
    }

    /// <summary>K.</summary>
    public int Count { get; }

    /// <summary>Listeners in the cells.</summary>
    public int Residents { get; private set; }

    /// <summary>Listeners with a buddy set.</summary>
    public int ActiveCount => _sets.InUse;

    /// <summary>Sets that had to be filled anew because they had lost more than their slack.</summary>
    public long Refills { get; private set; }

    /// <summary>Rows looked at by scans.</summary>
    public long RowsScanned { get; private set; }

    /// <summary>Rows that passed a scan and were scored exactly.</summary>
    public long RowsVerified { get; private set; }

    /// <summary>Bytes of codes, vectors, sets and tables.</summary>
    public long Bytes => _cells.Sum(cell => cell.Bytes) + _sets.Bytes + _vectors.Bytes + ((long)_listeners.Length * 36) + _map.Bytes;

    /// <summary>Active listeners whose first K changed by the last call that changed anything, each once; those who moved among them.</summary>
    public IReadOnlyList<int> Changed => _changed;

    /// <summary>A listener's buddies as of the last batch.</summary>
    /// <param name="user">An active listener's number.</param>
    /// <param name="users">Destination, best first.</param>
    /// <param name="similarities">Destination, as long.</param>
    /// <returns>How many there are, at most K; 0 for a listener without a buddy set.</returns>
    public int Read(int user, Span<int> users, Span<float> similarities)
    {
        if (user >= _listeners.Length || _listeners[user].Set < 0)
        {
            return 0;
        }

        var slot = _listeners[user].Set;
        var count = Math.Min(Math.Min(Count, _sets.Count(slot)), users.Length);
        _sets.Users(slot)[..count].CopyTo(users);
        _sets.Similarities(slot)[..count].CopyTo(similarities);
        return count;
    }

    /// <summary>Gives a resident a buddy set, filled now.</summary>
    /// <param name="user">A resident's number.</param>
    public void Activate(int user)
    {
        if (Require(user).Set < 0)
        {
            Activate([user]);
        }
    }

    /// <summary>Takes a listener's buddy set away; it stays a resident.</summary>
    /// <param name="user">A listener's number.</param>
    public void Deactivate(int user)
    {
        if (user < _listeners.Length && _listeners[user].Set >= 0)
        {
            _sets.Return(_listeners[user].Set);
            _listeners[user].Set = -1;
            if (_listeners[user].Cell >= 0)
            {
                _cells[_listeners[user].Cell].Limits[_listeners[user].Row] = float.PositiveInfinity;
                _cells[_listeners[user].Cell].Watchers--;
            }
        }
    }

    /// <summary>Whether a listener is in.</summary>
    /// <param name="user">A listener's number.</param>
    /// <returns>True for a resident.</returns>
    public bool IsResident(int user) => user < _listeners.Length && _listeners[user].Cell >= 0;

    /// <summary>A resident's vector.</summary>
    /// <param name="user">A resident's number.</param>
    /// <returns>[d].</returns>
    public ReadOnlySpan<float> VectorOf(int user) => _vectors[user];

    /// <summary>A resident's cell.</summary>
    /// <param name="user">A listener's number.</param>
    /// <returns>−1 for one who is not in.</returns>
    public int CellOf(int user) => user < _listeners.Length ? _listeners[user].Cell : -1;

    /// <summary>Frees the codes.</summary>
    public void Dispose()
    {
        foreach (var cell in _cells)
        {
            cell.Dispose();
        }
    }

    /// <summary>Makes a listener's set miss every change from now on: what a broken watcher would do. For tests.</summary>
    internal void Deafen(int user) => _cells[_listeners[user].Cell].Limits[_listeners[user].Row] = float.PositiveInfinity;

    private ref Listener Require(int user)
    {
        if (!IsResident(user))
        {
            throw new ArgumentException($"Listener {user} is not in the cells.", nameof(user));
        }

        return ref _listeners[user];
    }

    private void Grow(int user)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(user);
        if (user >= _listeners.Length)
        {
            var before = _listeners.Length;
            Array.Resize(ref _listeners, Math.Max(user + 1, Math.Max(1024, before * 2)));
            _listeners.AsSpan(before).Fill(new Listener { Cell = -1, Row = -1, Set = -1, Move = -1 });
        }

        _vectors.Grow(user);
    }

    private float Score(int left, int right) => TensorPrimitives.Dot(_vectors[left], _vectors[right]);

    private struct Listener
    {
        public int Cell;
        public int Row;
        public int Set;
        public int Move;
        public bool IsInvisible;
        public float Error;
        public float BoundSimilarity;
        public int BoundUser;

        /// <summary>Whether somebody ranks before everybody outside the set, and so belongs into it.</summary>
        public readonly bool IsBeatenBy(float similarity, int user) => SetPool.IsBetter(similarity, user, BoundSimilarity, BoundUser);
    }
}
