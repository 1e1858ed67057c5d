using System.Globalization;
using Buddies.Engine.Buddies.Cells;

namespace Buddies.Cli.Bench;

/// <summary>Our cells. In both phases everybody has a buddy set and every move keeps all of them up: there is no cheaper way to the mover's own.</summary>
internal sealed class CellsBenchEngine : IBuddyBenchEngine
{
    private static readonly int s_slack = Env("SLACK", 70);
    private static readonly float s_drift = Env("DRIFT", 250) / 1000f;
    private static readonly int s_coverage = Env("COVERAGE", 920);

    private BuddyCells? _cells;
    private BenchSetup? _setup;
    private float[] _similarities = [];

    public int MovesPerCall => 1;

    public long? OwnBytes => _cells?.Bytes;

    public void Build(BenchSetup setup, float[] vectors)
    {
        var (n, d) = (setup.Count, setup.Dimension);
        var t = System.Diagnostics.Stopwatch.StartNew();
        var map = CellTrainer.Train(vectors, d, new CellOptions { Cells = CellsFor(n), Nearest = setup.K, Coverage = s_coverage / 1000.0 });
        Console.Error.WriteLine($"train {t.Elapsed.TotalSeconds:0.0}");
        _cells = new BuddyCells(map, setup.K, s_slack, s_drift, setup.Phase == BenchPhase.All);
        _setup = setup;
        _similarities = new float[setup.K];
        Parallel.For(0, (n + 1023) / 1024, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, part =>
        {
            for (var user = part * 1024; user < Math.Min(n, (part + 1) * 1024); user++)
            {
                _cells.Move(user, vectors.AsSpan(user * d, d));
            }
        });
        Console.Error.WriteLine($"join {t.Elapsed.TotalSeconds:0.0}");
        _cells.Activate([.. Enumerable.Range(0, n)]);
        Console.Error.WriteLine($"active {t.Elapsed.TotalSeconds:0.0} scanned/search {_cells.RowsScanned / (double)_cells.Searches:0} verified {_cells.RowsVerified / (double)_cells.Searches:0}");
        if (Env("STAGGER", 1) > 0)
        {
            _cells.Stagger(5);
        }

        _b = (_cells.Searches, _cells.Refills, _cells.RowsScanned, _cells.RowsVerified);
    }

    private (long, long, long, long) _b;
    private int _moves;

    public void Move(MoveLog moves, int first, int count)
    {
        _moves += count;
        for (var i = first; i < first + count; i++)
        {
            _cells!.Move(moves.UserOf(i), moves.VectorOf(i));
        }
    }

    public int ReadList(int user, Span<int> buddies) => _cells!.Read(user, buddies, _similarities);

    public void Dispose()
    {
        if (_cells is { } c)
        {
            var s = (double)(c.Searches - _b.Item1);
            Console.Error.WriteLine($"moves {_moves} searches {s / _moves:0.000}/move refills {(c.Refills - _b.Item2) / (double)_moves:0.000} scanned/search {(c.RowsScanned - _b.Item3) / s:0} verified/search {(c.RowsVerified - _b.Item4) / s:0}");
        }

        _cells?.Dispose();
    }

    private static int CellsFor(int n) => Math.Max(1, 4 * (int)Math.Sqrt(n));

    private static int Env(string name, int value) =>
        int.TryParse(Environment.GetEnvironmentVariable("BB_" + name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var v) ? v : value;
}
