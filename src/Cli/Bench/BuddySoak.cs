using System.Diagnostics;
using System.Globalization;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Vectors;

namespace Buddies.Cli.Bench;

/// <summary>What <c>buddies bench soak</c> was asked for.</summary>
/// <param name="Count">Listeners.</param>
/// <param name="Dimension">d.</param>
/// <param name="K">Buddies in a set.</param>
/// <param name="Minutes">How long.</param>
/// <param name="Seed">Chooses the listeners and their moves.</param>
internal sealed record SoakOptions(int Count, int Dimension, int K, double Minutes, int Seed);

/// <summary>One part of a soak.</summary>
/// <param name="Minute">Since the start, at its end.</param>
/// <param name="MovesPerSecond">On one thread, everybody watching.</param>
/// <param name="Recall">Recall@k of 200 arbitrary listeners' stored sets against brute force, at its end.</param>
/// <param name="ResidentBytes">Of the process.</param>
/// <param name="CellsBytes">By the cells' own count.</param>
/// <param name="SearchesPerMove">How many moves made their cells be searched.</param>
/// <param name="Moves">Moves so far.</param>
/// <param name="Left">Listeners who have left for good so far; as many have joined.</param>
/// <param name="MemoryGigabytesPerSecond">What one thread read from memory in the same minute, off the clock: how fast the machine was.</param>
internal sealed record SoakRow(
    double Minute,
    double MovesPerSecond,
    double Recall,
    long ResidentBytes,
    long CellsBytes,
    double SearchesPerMove,
    long Moves,
    long Left,
    double MemoryGigabytesPerSecond);

/// <summary>
/// Lets a population wander for a long time, with joins and departures. Each listener wanders around its centre without
/// ever coming nearer to it on the whole, so that the thousandth move is as hard as the first.
/// </summary>
internal sealed class BuddySoak : IDisposable
{
    private const int Slack = 94;
    private const float Drift = 0.3f;
    private const double Coverage = 0.94;
    private const int Samples = 200;

    /// <summary>One departure and one join in so many moves.</summary>
    private const int MovesPerDeparture = 200;

    /// <summary>How much of its place around the centre a move renews: the cosine of old and new is about 0.998.</summary>
    private const float Renewal = 0.1f;

    /// <summary>Between two readings of the machine's own speed.</summary>
    private static readonly TimeSpan s_gaugePeriod = TimeSpan.FromSeconds(2);

    private readonly MemoryGauge _gauge = new();
    private readonly SoakOptions _options;
    private readonly Random _random;
    private readonly float[] _centres;
    private readonly int[] _centreOf;
    private readonly float[] _rests;
    private readonly float[] _vector;
    private readonly BuddyCells _cells;
    private long _moves;
    private long _left;

    private BuddySoak(SoakOptions options)
    {
        _options = options;
        _random = new Random(options.Seed);
        var shape = new WorldShape(options.Count, options.Dimension, 0, options.Seed);
        _centres = WorldGenerator.CreateCentres(shape);
        (var vectors, _centreOf) = WorldGenerator.CreateVectors(shape, _centres);
        _vector = new float[options.Dimension];
        _rests = new float[vectors.Length];
        FillRests();
        var map = CellTrainer.Train(vectors, options.Dimension, new CellOptions { Cells = Math.Max(1, 4 * (int)Math.Sqrt(options.Count)), Nearest = options.K, Coverage = Coverage });
        _cells = new BuddyCells(map, options.K, Slack, Drift);
        for (var user = 0; user < options.Count; user++)
        {
            _cells.Move(user, Place(user));
        }

        _cells.Activate([.. Enumerable.Range(0, options.Count)]);
    }

    public static IReadOnlyList<SoakRow> Run(SoakOptions options, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var soak = new BuddySoak(options);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"soak: {options.Count:N0} listeners, all with a set, ready after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));
        var rows = new List<SoakRow>();
        var clock = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(clock).TotalMinutes < options.Minutes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Add(soak.RunPart(clock, Math.Min(1, options.Minutes), cancellationToken));
            var row = rows[^1];
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"soak: minute {row.Minute:0.0}: {row.MovesPerSecond:N0} moves/s, recall {row.Recall:0.000}, {row.ResidentBytes / 1048576:N0} MiB resident, {row.CellsBytes / 1048576:N0} MiB cells, {row.SearchesPerMove:0.000} searches a move, {row.Moves:N0} moves, {row.Left:N0} left and as many joined, memory {row.MemoryGigabytesPerSecond:0.0} GB/s"));
        }

        return rows;
    }

    public void Dispose() => _cells.Dispose();

    private SoakRow RunPart(long clock, double minutes, CancellationToken cancellationToken)
    {
        var (moves, searches) = (_moves, _cells.Searches);
        var (moving, gauged) = (TimeSpan.Zero, s_gaugePeriod);
        while (moving.TotalMinutes < minutes && !cancellationToken.IsCancellationRequested)
        {
            if (gauged >= s_gaugePeriod)
            {
                _gauge.Measure();
                gauged = TimeSpan.Zero;
            }

            var elapsed = MoveSome();
            (moving, gauged) = (moving + elapsed, gauged + elapsed);
        }

        var perMove = (_cells.Searches - searches) / (double)(_moves - moves);
        return new SoakRow(
            Stopwatch.GetElapsedTime(clock).TotalMinutes,
            (_moves - moves) / moving.TotalSeconds,
            Recall(),
            Environment.WorkingSet,
            _cells.Bytes,
            perMove,
            _moves,
            _left,
            _gauge.Take());
    }

    /// <summary>As many moves as come between two departures, and a departure.</summary>
    private TimeSpan MoveSome()
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < MovesPerDeparture; i++)
        {
            var user = _random.Next(_options.Count);
            Wander(user);
            _cells.Move(user, Place(user));
            _moves++;
        }

        Replace(_random.Next(_options.Count));
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Somebody goes for good; somebody else, anywhere, gets the number.</summary>
    private void Replace(int user)
    {
        _cells.Remove(user);
        _left++;
        _centreOf[user] = _centreOf[_random.Next(_options.Count)];
        Renew(user, 1);
        _cells.Move(user, Place(user));
        _cells.Activate(user);
    }

    private void Wander(int user) => Renew(user, Renewal);

    private void Renew(int user, float part)
    {
        var rest = _rests.AsSpan(user * _options.Dimension, _options.Dimension);
        var kept = MathF.Sqrt(1 - (part * part));
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] = (kept * rest[i]) + (part * (float)WorldShape.Spread * Gaussian());
        }
    }

    private void FillRests()
    {
        for (var user = 0; user < _options.Count; user++)
        {
            Renew(user, 1);
        }
    }

    private float Gaussian() => (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));

    private float[] Place(int user)
    {
        var d = _options.Dimension;
        System.Numerics.Tensors.TensorPrimitives.Add(_centres.AsSpan(_centreOf[user] * d, d), _rests.AsSpan(user * d, d), _vector);
        VectorKernels.Normalize(_vector);
        return _vector;
    }

    private double Recall()
    {
        var (k, sum) = (_options.K, 0.0);
        var scores = new float[_options.Count];
        var (list, similarities, best, bestScores) = (new int[k], new float[k], new int[k], new float[k]);
        for (var sample = 0; sample < Samples; sample++)
        {
            var user = _random.Next(_options.Count);
            Parallel.For(0, (scores.Length + 4095) / 4096, block =>
            {
                for (var other = block * 4096; other < Math.Min(scores.Length, (block + 1) * 4096); other++)
                {
                    scores[other] = _cells.SimilarityOf(user, other);
                }
            });
            scores[user] = float.NegativeInfinity;
            var top = new TopK(best, bestScores);
            for (var other = 0; other < scores.Length; other++)
            {
                top.Offer(other, scores[other]);
            }

            var expected = top.Sort();
            var found = _cells.Read(user, list, similarities);
            sum += list.AsSpan(0, found).ToArray().Count(other => scores[other] >= bestScores[expected - 1]) / (double)expected;
        }

        return sum / Samples;
    }
}

/// <summary>What a soak has measured.</summary>
/// <param name="Rows">A part a minute.</param>
internal sealed record SoakReport(IReadOnlyList<SoakRow> Rows);
