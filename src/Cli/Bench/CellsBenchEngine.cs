using Buddies.Engine.Buddies.Cells;

namespace Buddies.Cli.Bench;

/// <summary>
/// Our cells: everybody has a buddy set. In the own phase sets do not hear of others' moves, so that only the mover's is
/// fresh; in the all phase they do.
/// </summary>
/// <remarks>With several threads each makes the moves of its own listeners, in their order.</remarks>
internal sealed class CellsBenchEngine : IBuddyBenchEngine
{
    /// <summary>How many more than K a set keeps.</summary>
    private const int Slack = 94;

    /// <summary>How far a listener goes before its cells are searched again, in the all phase.</summary>
    private const float Drift = 0.3f;

    /// <summary>In the own phase, where nobody hears of those who come near in the meantime.</summary>
    private const float OwnDrift = 0.1f;

    private const double Coverage = 0.94;

    /// <summary>Moves in a call to several threads: so many that threads seldom wait for each other, at most a part of everybody.</summary>
    private const int MostCallMoves = 8192;

    private const int ListenersPerCallMove = 25;

    /// <summary>The same in the own phase, where a call must not be so long that others' moves in it matter.</summary>
    private const int ListenersPerOwnCallMove = 100;

    private BuddyCells? _cells;
    private BenchSetup? _setup;
    private float[] _similarities = [];

    public int MovesPerCall => _setup is null or { Threads: 1 }
        ? 1
        : Math.Clamp(_setup.Count / (_setup.Phase == BenchPhase.Own ? ListenersPerOwnCallMove : ListenersPerCallMove), 1, MostCallMoves);

    public long? OwnBytes => _cells?.Bytes;

    /// <summary>Sets have no more than so many places.</summary>
    public static string? WhyNot(BenchSetup setup) =>
        setup.K + Slack > BuddyCells.MostPlaces ? $"a set has {BuddyCells.MostPlaces} places, {Slack} of them to spare" : null;

    public void Build(BenchSetup setup, float[] vectors)
    {
        const int Part = 1024;
        var (n, d) = (setup.Count, setup.Dimension);
        var map = CellTrainer.Train(vectors, d, new CellOptions { Cells = CellsFor(n), Nearest = setup.K, Coverage = Coverage });
        var isWatching = setup.Phase == BenchPhase.All;
        var cells = new BuddyCells(map, setup.K, Slack, isWatching ? Drift : OwnDrift, isWatching);
        (_cells, _setup, _similarities) = (cells, setup, new float[setup.K]);
        var allCores = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, (n + Part - 1) / Part, allCores, part =>
        {
            for (var user = part * Part; user < Math.Min(n, (part + 1) * Part); user++)
            {
                cells.Move(user, vectors.AsSpan(user * d, d));
            }
        });
        cells.Activate([.. Enumerable.Range(0, n)]);
    }

    public void Move(MoveLog moves, int first, int count)
    {
        var (cells, threads) = (_cells!, _setup!.Threads);
        if (threads == 1)
        {
            MoveThose(cells, moves, first, count, 0, 1);
        }
        else
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, part => MoveThose(cells, moves, first, count, part, threads));
        }
    }

    public int ReadList(int user, Span<int> buddies) => _cells!.Read(user, buddies, _similarities);

    public void Dispose() => _cells?.Dispose();

    private static void MoveThose(BuddyCells cells, MoveLog moves, int first, int count, int part, int parts)
    {
        for (var i = first; i < first + count; i++)
        {
            var user = moves.UserOf(i);
            if (user % parts == part)
            {
                cells.Move(user, moves.VectorOf(i));
            }
        }
    }

    private static int CellsFor(int n) => Math.Max(1, 4 * (int)Math.Sqrt(n));
}
