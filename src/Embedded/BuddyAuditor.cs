using Buddies.Engine.Buddies;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

/// <summary>
/// Compares the buddy sets of a few active listeners with brute force over everybody, round by round. One round at a time.
/// </summary>
/// <remarks>
/// The cells are locked for some hundred vectors at once and go on in between, so listeners move while a round lasts. What
/// decides in the end are similarities of one moment: those of whom the set lists then, and of the nearest that brute force
/// found. A listener who moved meanwhile is left out of the count.
/// </remarks>
internal sealed partial class BuddyAuditor
{
    /// <summary>Found beyond K, for those who leave the neighbourhood while a round lasts.</summary>
    private const int Spare = 14;

    /// <summary>Vectors that are copied under one lock: 64 KB, some microseconds.</summary>
    private const int Chunk = 256;

    private const int MostStates = 1024;

    /// <summary>Fewer samples are no reason to wake anybody.</summary>
    private const int LeastSamples = 32;

    private readonly LockedBuddyCells _cells;
    private readonly ActiveListeners _active;
    private readonly EmbeddedOptions _options;
    private readonly EmbeddedMetrics _metrics;
    private readonly ILogger _logger;
    private readonly BuddyAudit _audit;
    private readonly RecallWindow _window;
    private readonly Random _random = new(1);
    private readonly int[] _chunkUsers = new int[Chunk];
    private readonly float[] _chunkVectors;
    private readonly int[] _sample;
    private readonly int[] _listed;
    private readonly float[] _similarities;
    private volatile AuditFigures _figures = new(null, null, null, null);

    public BuddyAuditor(LockedBuddyCells cells, ActiveListeners active, EmbeddedOptions options, EmbeddedMetrics metrics, ILogger logger)
    {
        (_cells, _active, _options, _metrics, _logger) = (cells, active, options, metrics, logger);
        _audit = new BuddyAudit(options.AuditSamples, cells.Count + Spare, cells.Dimension);
        _window = new RecallWindow(options.AuditWindow, LeastSamples, options.AuditRecallFloor);
        _chunkVectors = new float[Chunk * cells.Dimension];
        _sample = new int[Math.Max(MostStates, options.AuditSamples)];
        _listed = new int[cells.Count];
        _similarities = new float[cells.Count];
    }

    /// <summary>As of the last round. Shared.</summary>
    public AuditFigures Figures => _figures;

    /// <summary>Audits a few listeners, and looks at how old the sets are and how much of their slack is spent.</summary>
    /// <param name="positions">Every listener's position is below this.</param>
    /// <param name="cancellationToken">Gives the round up.</param>
    public void Run(int positions, CancellationToken cancellationToken)
    {
        Compare(positions, cancellationToken);
        var (ages, slackSpent) = ReadStates();
        Array.Sort(ages);
        _figures = new AuditFigures(_window.Recall, QuantileOf(ages, 0.5), QuantileOf(ages, 0.99), slackSpent);
    }

    private void Compare(int positions, CancellationToken cancellationToken)
    {
        _audit.Clear();
        var vector = new float[_cells.Dimension];
        foreach (var user in _sample.AsSpan(0, _active.Sample(_random, _sample.AsSpan(0, _options.AuditSamples))))
        {
            if (_cells.TryCopyVector(user, vector))
            {
                _audit.Add(user, vector);
            }
        }

        for (var from = 0; _audit.Count > 0 && from < positions; from += Chunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = _cells.CopyVectors(from, _chunkUsers.AsSpan(0, Math.Min(Chunk, positions - from)), _chunkVectors);
            _audit.Offer(_chunkUsers.AsSpan(0, found), _chunkVectors.AsSpan(0, found * _cells.Dimension));
        }

        for (var i = 0; i < _audit.Count; i++)
        {
            Judge(i);
        }
    }

    private void Judge(int index)
    {
        if (_cells.ReadWithSimilarities(_audit.UserOf(index), _audit.VectorOf(index), _audit.NearestOf(index), _listed, _similarities) is not var (listed, others))
        {
            _metrics.OnAuditDiscarded();
            return;
        }

        var (hits, expected) = BuddyAudit.Judge(listed, others, _cells.Count);
        if (expected == 0)
        {
            return;
        }

        _metrics.OnAudited();
        switch (_window.Add(hits, expected))
        {
            case FloorCrossing.Fell:
                LogFell(_cells.Count, _window.Recall ?? 0, _options.AuditRecallFloor, _window.Count);
                break;
            case FloorCrossing.Recovered:
                LogRecovered(_cells.Count, _window.Recall ?? 0, _options.AuditRecallFloor);
                break;
            default:
                break;
        }
    }

    private (double[] AgesSeconds, double? SlackSpent) ReadStates()
    {
        var now = _cells.Now;
        var (ages, slackSpent) = (new List<double>(), 0d);
        foreach (var user in _sample.AsSpan(0, _active.Sample(_random, _sample.AsSpan(0, MostStates))))
        {
            if (_cells.StateOf(user) is { } state)
            {
                ages.Add(Math.Max(0, now - state.SearchedAt) / 1000.0);
                slackSpent += state.SlackSpent;
            }
        }

        return ([.. ages], ages.Count == 0 ? null : slackSpent / ages.Count);
    }

    private static double? QuantileOf(double[] sorted, double share) =>
        sorted.Length == 0 ? null : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    [LoggerMessage(EventId = 2120, Level = LogLevel.Warning, Message = "Buddy sets are not true: recall@{Count} is {Recall:F3} over the last {Samples} samples, expected {Floor} at least")]
    private partial void LogFell(int count, double recall, double floor, int samples);

    [LoggerMessage(EventId = 2121, Level = LogLevel.Information, Message = "Buddy sets are true again: recall@{Count} is {Recall:F3}, expected {Floor} at least")]
    private partial void LogRecovered(int count, double recall, double floor);
}

/// <summary>What the audit has found; null where there was nothing to look at.</summary>
/// <param name="Recall">The share of true buddies that the sampled sets held, over the window.</param>
/// <param name="AgeP50Seconds">Half of the sets were searched for anew in this time.</param>
/// <param name="AgeP99Seconds">99 of 100 were.</param>
/// <param name="SlackSpent">Mean share of the slack that is used up, 0 to 1.</param>
internal sealed record AuditFigures(double? Recall, double? AgeP50Seconds, double? AgeP99Seconds, double? SlackSpent);
