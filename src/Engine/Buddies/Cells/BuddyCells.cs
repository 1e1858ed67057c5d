using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Everybody's buddies, always true: listeners in cells, and for each active one a buddy set that every move, join and
/// departure keeps up.
/// </summary>
/// <remarks>
/// <para>
/// A set knows its K buddies and some more, its slack, and a bound on everybody else. Whoever moves scores itself against
/// those who have it in a set, and those against itself: a few hundred known pairs. Only when its drift since the last
/// search is spent, or a set's K-th no longer exceeds its bound, are cells searched. With a drift of 0 every move searches,
/// and every set equals brute force over the cells it probes; with more, what a search would find in between is missed
/// now and then, which the audit measures.
/// </para>
/// <para>
/// Probing is symmetric (a cell probes another if the other probes it), so one search serves both the mover's own set and
/// the sets that it may enter. Codes of eight bits carry an error bound; whatever may pass is scored in sixteen bits.
/// Without a drift the bound is strict, and results do not depend on the codes; with one it is four standard deviations at
/// 64 dimensions, and cells that hardly reach the line are passed over.
/// </para>
/// <para>
/// Safe for concurrent use: moves of different listeners go on side by side, those of one wait for each other, and reading
/// waits for no more than one change of the set that is read.
/// </para>
/// </remarks>
public sealed unsafe partial class BuddyCells : IDisposable
{
    /// <summary>K and the slack together are at most this: a place fits into eight bits.</summary>
    public const int MostPlaces = 256;

    /// <summary>‖ŷ‖ of a coded unit query stays below this, so a row's error counts at most so much.</summary>
    private const float ErrorFactor = 1.05f;

    /// <summary>Errors of different dimensions mostly cancel: at 64 dimensions half the bound is four standard deviations.</summary>
    private const float LikelyError = 0.5f;

    private readonly CellMap _map;
    private readonly Cell[] _cells;
    private readonly Arena _tiles = new();
    private readonly Arena _watchers = new();
    private readonly UserTable _listeners = new(Listener.Bytes);
    private readonly UserTable _rowsOf;
    private readonly UserTable _sets;
    private readonly Stack<int> _freeSets = new();
    private readonly Lock _growth = new();
    private readonly SparePool<Workspace> _workspaces;
    private readonly ConcurrentDictionary<(int, int), byte> _blocked = [];
    private readonly int _dimension;
    private readonly int _padded;
    private readonly int _rowLength;
    private readonly int _capacity;
    private readonly float _drift;
    private readonly bool _isWatching;
    private readonly int _wellKnown;
    private readonly float _errorFactor;
    private readonly float _deviation;
    private int _rows;
    private int _setCount;
    private int _residents;
    private int _active;
    private int _blockedCount;
    private long _searches;
    private long _refills;
    private long _rowsScanned;
    private long _rowsVerified;
    private bool _isDisposed;

    /// <summary>Makes empty cells.</summary>
    /// <param name="map">Where the cells lie and which of them probe each other.</param>
    /// <param name="count">K: how many buddies a set promises.</param>
    /// <param name="slack">How many more it keeps, at least; a set's size is a multiple of eight.</param>
    /// <param name="drift">How far a listener may go, in all, before its cells are searched again: the sum of the distances of its moves.</param>
    /// <param name="isWatching">Whether sets hear of others' moves. If not, a set is true right after its owner's own move, and moves cost less.</param>
    public BuddyCells(CellMap map, int count, int slack, float drift = 0, bool isWatching = true)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(slack, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count + slack, MostPlaces);
        ArgumentOutOfRangeException.ThrowIfNegative(drift);
        _map = map;
        _dimension = map.Dimension;
        _padded = (_dimension + 7) & ~7;
        _capacity = (count + slack + KeyKernel.Lanes - 1) / KeyKernel.Lanes * KeyKernel.Lanes;
        _drift = drift;
        _isWatching = isWatching;
        _wellKnown = count + Math.Max(1, (_capacity - count) * 3 / 5);
        _errorFactor = drift > 0 ? LikelyError : ErrorFactor;
        _deviation = MathF.Sqrt(1f / Math.Max(1, _dimension - 2));
        Count = count;
        _rowLength = FixedPoint.Padded(_dimension);
        _rowsOf = new UserTable(_rowLength * sizeof(short));
        _workspaces = new SparePool<Workspace>(() => new Workspace(_dimension, _padded, _rowLength, _capacity));
        _sets = new UserTable(BuddySet.Bytes + (_capacity * sizeof(ulong)));
        _cells = new Cell[map.CellCount];
        for (var i = 0; i < _cells.Length; i++)
        {
            _cells[i] = new Cell(_padded, _tiles);
        }
    }

    /// <summary>K.</summary>
    public int Count { get; }

    /// <summary>The time, in whatever unit the owner keeps it; the owner sets it, now and then.</summary>
    public long Now { get; set; }

    /// <summary>Listeners in the cells.</summary>
    public int Residents => Volatile.Read(ref _residents);

    /// <summary>Listeners with a buddy set.</summary>
    public int ActiveCount => Volatile.Read(ref _active);

    /// <summary>Searches of cells, for whatever reason.</summary>
    public long Searches => Volatile.Read(ref _searches);

    /// <summary>Searches for sets whose K-th was no longer proven.</summary>
    public long Refills => Volatile.Read(ref _refills);

    /// <summary>Rows looked at by searches.</summary>
    public long RowsScanned => Volatile.Read(ref _rowsScanned);

    /// <summary>Rows that passed a scan and were scored exactly.</summary>
    public long RowsVerified => Volatile.Read(ref _rowsVerified);

    /// <summary>Bytes of codes, vectors, sets and tables.</summary>
    public long Bytes => _tiles.Bytes + _watchers.Bytes + _listeners.Bytes + _rowsOf.Bytes + _sets.Bytes + _map.Bytes;

    /// <summary>Whether a listener is in.</summary>
    /// <param name="user">A listener's number.</param>
    /// <returns>True for a resident.</returns>
    public bool IsResident(int user) => Knows(user) && At(user)->IsResident;

    /// <summary>A resident's vector, as far as sixteen bits hold it. One that is moving may be read half old, half new.</summary>
    /// <param name="user">A resident's number.</param>
    /// <param name="vector">Destination, [d].</param>
    /// <returns>False, and nothing written, for one who is not in.</returns>
    public bool CopyVector(int user, Span<float> vector)
    {
        if (!IsResident(user))
        {
            return false;
        }

        FixedPoint.Read(new ReadOnlySpan<short>(RowAt(user), _rowLength), vector[.._dimension]);
        return true;
    }

    /// <summary>How similar two residents are, as the sets rank them.</summary>
    /// <param name="left">A resident's number.</param>
    /// <param name="right">Another's.</param>
    /// <returns>Their cosine; not a number if one of them is not in.</returns>
    public float SimilarityOf(int left, int right) =>
        IsResident(left) && IsResident(right) ? FixedPoint.Similarity(RowAt(left), RowAt(right), _rowLength) : float.NaN;

    /// <summary>A resident's cell.</summary>
    /// <param name="user">A listener's number.</param>
    /// <returns>−1 for one who is not in, or is just going from one cell to another.</returns>
    public int CellOf(int user) => Knows(user) ? At(user)->Cell : -1;

    /// <summary>
    /// Takes as much memory from the system as other cells use at this moment, so that nobody who joins waits for it: a
    /// block of buddy sets alone is ten megabytes, which the system clears first.
    /// </summary>
    /// <param name="other">Cells of the same listeners, by another model.</param>
    /// <param name="pause">Called between pieces of work of well under a millisecond, and may rest; null for nobody.</param>
    /// <remarks>Slow, and meant for cells that nobody uses yet. They grow beyond it as they do without.</remarks>
    public void ReserveAs(BuddyCells other, Action? pause = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        var last = Math.Max(0, Volatile.Read(ref other._rows) - 1);
        for (var row = 0; row <= last && !Knows(last); row = _rows)
        {
            Grow(row);
            pause?.Invoke();
        }

        lock (_growth)
        {
            // An eighth more: whoever is asked for meanwhile gets a set too.
            _sets.Grow(other.ActiveCount + (other.ActiveCount / 8));
        }

        _tiles.Reserve(other._tiles.UsedBytes - _tiles.Bytes, pause);
        _watchers.Reserve(other._watchers.UsedBytes - _watchers.Bytes, pause);
    }

    /// <summary>Frees everything.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _tiles.Dispose();
            _watchers.Dispose();
            _listeners.Dispose();
            _rowsOf.Dispose();
            _sets.Dispose();
        }
    }

    /// <summary>Whether a resident is invisible.</summary>
    /// <param name="user">A listener's number.</param>
    /// <returns>False for one who is not in.</returns>
    public bool IsInvisible(int user) => Knows(user) && At(user)->IsInvisible;

    /// <summary>Whether two listeners are kept out of each other's sets.</summary>
    internal bool IsBlocked(int user, int other) =>
        Volatile.Read(ref _blockedCount) > 0 && _blocked.ContainsKey((Math.Min(user, other), Math.Max(user, other)));

    /// <summary>Makes a listener's set miss every change from now on: what a broken watcher would do. For tests.</summary>
    internal void Deafen(int user)
    {
        SetAt(At(user)->Set)->IsDeaf = 1;
        _cells[At(user)->Cell].Silence(At(user));
    }

    private bool Knows(int user) => (uint)user < (uint)Volatile.Read(ref _rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Listener* At(int user) => (Listener*)_listeners[user];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private short* RowAt(int user) => (short*)_rowsOf[user];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private BuddySet* SetAt(int set) => (BuddySet*)_sets[set];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Similarity(short* own, int other) => FixedPoint.Similarity(own, RowAt(other), _rowLength);

    private Listener* Require(int user) => IsResident(user)
        ? At(user)
        : throw new ArgumentException($"Listener {user} is not in the cells.", nameof(user));

    private void Grow(int user)
    {
        if (Knows(user))
        {
            return;
        }

        lock (_growth)
        {
            // Short rows come in larger groups: what both tables have is there.
            var rows = Math.Min(_rowsOf.Grow(user), _listeners.Grow(user));
            for (var row = _rows; row < rows; row++)
            {
                (At(row)->Cell, At(row)->Set) = (-1, -1);
            }

            Volatile.Write(ref _rows, rows);
        }
    }

    /// <summary>Waits until nobody else moves a listener; to be disposed of.</summary>
    private static Holding Hold(Listener* listener)
    {
        SpinGate.Enter(ref listener->Moving);
        return new Holding(listener);
    }

    private Workspace Rent() => _workspaces.Rent();

    private void Return(Workspace work) => _workspaces.Return(work);

    private bool Probes(int cell, int other) => cell == other || (cell >= 0 && other >= 0 && _map.Probes(cell).BinarySearch(other) >= 0);

    private readonly ref struct Holding(Listener* listener)
    {
        private readonly Listener* _listener = listener;

        public void Dispose() => SpinGate.Exit(ref _listener->Moving);
    }
}
