namespace Buddies.Cli.Bench;

/// <summary>The yardstick: no index, one exact scan of everybody for each move.</summary>
internal sealed class ExactBenchEngine : IBuddyBenchEngine
{
    private const int MostListsToBuild = 200_000;
    private const int MovesPerThread = 16;

    private BenchSetup _setup = new(0, 0, 0, 0, BenchPhase.Own);
    private TiledVectors? _vectors;
    private ExactLists? _lists;
    private ThreadLocal<ExactScan>? _scans;
    private int[] _movers = [];
    private int _moverCount;
    private int[] _found = [];
    private int[] _foundUsers = [];
    private float[] _foundScores = [];

    /// <inheritdoc/>
    public int MovesPerCall => _setup.Threads == 1 ? 1 : MovesPerThread * _setup.Threads;

    /// <inheritdoc/>
    public long? OwnBytes => (_vectors?.Bytes ?? 0) + (_lists?.Bytes ?? 0);

    /// <summary>Why a setup is out of reach.</summary>
    public static string? WhyNot(BenchSetup setup) => setup.Phase == BenchPhase.Own ? null
        : setup.Count > MostListsToBuild ? $"making all lists compares every pair; beyond {MostListsToBuild:N0} listeners that takes hours"
        : setup.Threads > 1 ? "keeps all lists on one thread only"
        : null;

    /// <inheritdoc/>
    public void Build(BenchSetup setup, float[] vectors)
    {
        _setup = setup;
        _vectors = new TiledVectors(vectors, setup.Count, setup.Dimension);
        _scans = new ThreadLocal<ExactScan>(() => new ExactScan(_vectors, setup.Count));
        _movers = new int[MovesPerCall];
        _found = new int[MovesPerCall];
        _foundUsers = new int[MovesPerCall * setup.K];
        _foundScores = new float[MovesPerCall * setup.K];
        if (setup.Phase == BenchPhase.All)
        {
            _lists = new ExactLists(_vectors, setup);
        }
    }

    /// <inheritdoc/>
    public void Move(MoveLog moves, int first, int count)
    {
        _moverCount = count;
        for (var i = 0; i < count; i++)
        {
            if (_lists is not null)
            {
                _lists.Move(moves.UserOf(first + i), moves.VectorOf(first + i));
                continue;
            }

            _movers[i] = moves.UserOf(first + i);
            _vectors!.Set(_movers[i], moves.VectorOf(first + i));
        }

        if (_lists is null && count == 1)
        {
            Find(moves, first, 0);
        }
        else if (_lists is null)
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = _setup.Threads }, i => Find(moves, first, i));
        }
    }

    /// <inheritdoc/>
    public int ReadList(int user, Span<int> buddies)
    {
        if (_lists is not null)
        {
            return _lists.Read(user, buddies);
        }

        // The last of a mover's moves in the call is the one that stands.
        var i = _movers.AsSpan(0, _moverCount).LastIndexOf(user);
        if (i < 0)
        {
            return 0;
        }

        _foundUsers.AsSpan(i * _setup.K, _found[i]).CopyTo(buddies);
        return _found[i];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scans?.Dispose();
        _vectors = null;
        _lists = null;
    }

    private void Find(MoveLog moves, int first, int i)
    {
        var k = _setup.K;
        _found[i] = _scans!.Value!.FindNearest(
            moves.VectorOf(first + i), _movers[i], _foundUsers.AsSpan(i * k, k), _foundScores.AsSpan(i * k, k));
    }
}
