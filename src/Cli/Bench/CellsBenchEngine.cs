using Buddies.Engine.Buddies.Cells;

namespace Buddies.Cli.Bench;

/// <summary>Our cells: in the own phase each mover gets its list from a scan of the cells it probes; in the all phase everybody keeps one.</summary>
internal sealed class CellsBenchEngine : IBuddyBenchEngine
{
    /// <summary>Losses that a list can bear before it is filled anew.</summary>
    private const int Slack = 14;

    private const int JoinsPerCall = 1024;

    private BuddyCells? _cells;
    private BenchSetup? _setup;
    private int[] _movers = [];
    private int _moverCount;
    private float[] _vectors = [];
    private float[] _similarities = [];

    public int MovesPerCall { get; init; } = 1;

    public long? OwnBytes => _cells?.Bytes;

    public void Build(BenchSetup setup, float[] vectors)
    {
        var (n, d) = (setup.Count, setup.Dimension);
        var map = CellTrainer.Train(vectors, d, new CellOptions { Cells = CellsFor(n), Nearest = setup.K });
        _cells = new BuddyCells(map, setup.K, Slack);
        _setup = setup;
        _movers = new int[MovesPerCall];
        _vectors = new float[MovesPerCall * d];
        _similarities = new float[setup.K];
        var users = new int[JoinsPerCall];
        for (var from = 0; from < n; from += JoinsPerCall)
        {
            var count = Math.Min(JoinsPerCall, n - from);
            for (var i = 0; i < count; i++)
            {
                users[i] = from + i;
            }

            _cells.Move(users.AsSpan(0, count), vectors.AsSpan(from * d, count * d));
        }

        if (setup.Phase == BenchPhase.All)
        {
            _cells.Activate([.. Enumerable.Range(0, n)]);
        }
    }

    public void Move(MoveLog moves, int first, int count)
    {
        var (cells, d) = (_cells!, _setup!.Dimension);
        if (_setup.Phase == BenchPhase.Own)
        {
            // The lists of the movers before are nobody's concern any more.
            for (var i = 0; i < _moverCount; i++)
            {
                cells.Deactivate(_movers[i]);
            }
        }

        _moverCount = 0;
        for (var i = 0; i < count; i++)
        {
            var user = moves.UserOf(first + i);
            if (_movers.AsSpan(0, _moverCount).Contains(user))
            {
                // A batch moves a listener once: the later place counts after the earlier ones have been.
                cells.Move(_movers.AsSpan(0, _moverCount), _vectors.AsSpan(0, _moverCount * d));
                _moverCount = 0;
            }

            moves.VectorOf(first + i).CopyTo(_vectors.AsSpan(_moverCount * d, d));
            _movers[_moverCount++] = user;
        }

        cells.Move(_movers.AsSpan(0, _moverCount), _vectors.AsSpan(0, _moverCount * d));
        for (var i = 0; i < _moverCount && _setup.Phase == BenchPhase.Own; i++)
        {
            cells.Activate(_movers[i]);
        }
    }

    public int ReadList(int user, Span<int> buddies) => _cells!.Read(user, buddies, _similarities);

    public void Dispose() => _cells?.Dispose();

    private static int CellsFor(int n) => Math.Max(1, 4 * (int)Math.Sqrt(n));
}
