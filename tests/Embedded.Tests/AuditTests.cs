using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Numerics.Tensors;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Vectors;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded.Tests;

/// <summary>The audit tells true sets from false ones.</summary>
public sealed class AuditTests : IDisposable
{
    private const int Users = 400;
    private const int Dimension = 8;
    private const int K = 10;

    private readonly ActiveListeners _active = new();
    private readonly EmbeddedMetrics _metrics = new();
    private readonly LogLines _log = new();
    private readonly Random _random = new(5);
    private readonly Dictionary<int, float[]> _vectors = [];

    private static EmbeddedOptions Options => new() { DataDirectory = "", Buddies = K, AuditSamples = 40, AuditWindow = 40, AuditRecallFloor = 0.9 };

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Audit_TrueSets_FindsRecallOne()
    {
        using var cells = Make(CellMap.OneCell(Dimension), activate: 40);
        var auditor = new BuddyAuditor(cells, Dimension, _active, Options, _metrics, _log);
        Assert.Null(auditor.Figures.Recall);
        cells.Now = 4000;
        auditor.Run(Users, default);
        var figures = auditor.Figures;
        Assert.Equal((1.0, 4.0, 4.0), (figures.Recall, figures.AgeP50Seconds, figures.AgeP99Seconds));
        Assert.InRange(figures.SlackSpent ?? -1, 0, 1);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Audit_SetsThatLookIntoTooFewCells_FindsTheRecallOfAnIndependentBruteForce_AndWarnsOnce()
    {
        // No cell probes another, so whoever stands at an edge misses the buddies on the other side.
        using var cells = Make(EdgeBlind(), activate: 40);
        var auditor = new BuddyAuditor(cells, Dimension, _active, Options, _metrics, _log);
        auditor.Run(Users, default);
        var expected = Enumerable.Range(0, 40).Average(user => RecallOf(cells, user));
        Assert.InRange(expected, 0.2, 0.85);
        Assert.Equal(expected, auditor.Figures.Recall ?? 0, 1e-9);
        auditor.Run(Users, default);
        Assert.Equal(expected, auditor.Figures.Recall ?? 0, 1e-9);
        var line = Assert.Single(_log.Lines);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains("recall@10", line.Text, StringComparison.Ordinal);

        // All in one cell, where everybody sees everybody: the same sets become true.
        for (var user = 0; user < Users; user++)
        {
            _vectors[user] = Near([1, 0, 0, 0, 0, 0, 0, 0]);
            cells.Move([user], _vectors[user]);
        }

        auditor.Run(Users, default);
        Assert.Equal(1.0, auditor.Figures.Recall);
        auditor.Run(Users, default);
        Assert.Equal([LogLevel.Warning, LogLevel.Information], _log.Lines.Select(l => l.Level));
    }

    [Fact]
    public async Task Audit_WhileListenersMove_TakesNoTrueSetForAFalseOne()
    {
        const int Sampled = 40;
        using var cells = Make(CellMap.OneCell(Dimension), activate: Sampled);
        var options = new EmbeddedOptions { DataDirectory = "", Buddies = K, AuditSamples = Sampled, AuditWindow = Sampled * 50 };
        var auditor = new BuddyAuditor(cells, Dimension, _active, options, _metrics, _log);
        using var enough = new CancellationTokenSource();
        var movers = Enumerable.Range(0, 2).Select(mover => Task.Run(() =>
        {
            var random = new Random(mover);
            var vector = new float[Dimension];
            while (!enough.IsCancellationRequested)
            {
                for (var i = 0; i < Dimension; i++)
                {
                    vector[i] = (float)(random.NextDouble() - 0.5);
                }

                // Each has its own listeners; of those who are looked at some move too.
                VectorKernels.Normalize(vector);
                cells.Move((random.Next(Sampled / 4, Users / 2) * 2) + mover, vector);
            }
        })).ToArray();
        for (var round = 0; round < 50; round++)
        {
            auditor.Run(Users, default);
        }

        await enough.CancelAsync();
        await Task.WhenAll(movers);

        // At every moment two listeners are half way, where nothing is promised: of those who are looked at one in forty or so.
        Assert.InRange(auditor.Figures.Recall ?? 0, 0.95, 1);
    }

    [Fact]
    public void Audit_NobodyActiveOrAlone_HasNothingToSay()
    {
        using var cells = Make(CellMap.OneCell(Dimension), activate: 0);
        var auditor = new BuddyAuditor(cells, Dimension, _active, Options, _metrics, _log);
        auditor.Run(Users, default);
        Assert.Equal(new AuditFigures(null, null, null, null), auditor.Figures);
        for (var user = 1; user < Users; user++)
        {
            cells.Remove(user);
        }

        cells.TryActivate(0);
        _active.Add(0);
        auditor.Run(Users, default);
        Assert.Null(auditor.Figures.Recall);
    }

    [Fact]
    public async Task Runtime_AfterTheInterval_ExportsWhatTheAuditFound()
    {
        await using var world = await TestWorld.StartAsync();
        for (var i = 0; i < 9; i++)
        {
            await world.HomeAsync(TestWorld.Listener(i));
        }

        await LiveReader.UntilAsync(
            () =>
            {
                world.Time.Advance(TimeSpan.FromSeconds(5));
                return world.Runtime.Audited?.Recall is not null;
            },
            "the audit never came round");
        var gauges = Read(world.Runtime.Metrics);
        Assert.Equal((1.0, WorldTemplate.Listeners, 9), (gauges["buddies.audit.recall"], gauges["buddies.sets.residents"], gauges["buddies.sets.active"]));
        Assert.True(gauges["buddies.sets.age.p99"] >= gauges["buddies.sets.age.p50"]);
        Assert.InRange(gauges["buddies.sets.slack_spent"], 0, 1);
    }

    private static Dictionary<string, double> Read(EmbeddedMetrics metrics)
    {
        var values = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (metrics.Owns(instrument))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }

    private static CellMap EdgeBlind()
    {
        var centroids = new float[Dimension * Dimension];
        for (var cell = 0; cell < Dimension; cell++)
        {
            centroids[(cell * Dimension) + cell] = 1;
        }

        return new CellMap(centroids, Dimension, [.. Enumerable.Range(0, Dimension).Select(cell => new[] { cell })]);
    }

    private BuddyCells Make(CellMap map, int activate)
    {
        var cells = new BuddyCells(map, K, 4);
        for (var user = 0; user < Users; user++)
        {
            _vectors[user] = Near(new float[Dimension]);
            cells.Move([user], _vectors[user]);
        }

        for (var user = 0; user < activate; user++)
        {
            Assert.True(cells.TryActivate(user));
            _active.Add(user);
        }

        return cells;
    }

    private float[] Near(float[] middle)
    {
        float[] vector = [.. middle.Select(value => value + (float)((_random.NextDouble() - 0.5) * 0.4))];
        VectorKernels.Normalize(vector);
        return vector;
    }

    private double RecallOf(BuddyCells cells, int user)
    {
        var (listed, similarities) = (new int[K], new float[K]);
        var found = cells.Read(user, listed, similarities);
        var last = _vectors.Where(other => other.Key != user).Select(other => SimilarityOf(user, other.Key)).OrderDescending().ElementAt(K - 1);
        return listed[..found].Count(other => SimilarityOf(user, other) >= last - 1e-4) / (double)K;
    }

    private float SimilarityOf(int user, int other) => TensorPrimitives.Dot<float>(_vectors[user], _vectors[other]);

    private sealed class LogLines : ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, formatter(state, exception)));
    }
}
