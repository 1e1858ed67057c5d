using Buddies.Engine.Buddies;
using Buddies.Engine.Buddies.Cells;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

/// <summary>
/// Compares the buddy sets of a few active listeners with brute force over everybody, round by round. One round at a time.
/// </summary>
/// <remarks>
/// Nothing is locked, and listeners move while a round lasts. What decides in the end are similarities of one moment: those
/// of whom the set lists then, and of the nearest that brute force found. They count if the set's first K stayed the same
/// while they were read; a listener who moved since brute force began is left out.
/// </remarks>
internal sealed partial class BuddyAuditor
{
    /// <summary>Found beyond K, for those who leave the neighbourhood while a round lasts.</summary>
    private const int Spare = 14;

    /// <summary>Vectors that are compared at one time: 64 KB, which stay in the cache.</summary>
    private const int Chunk = 256;

    /// <summary>How often a set that changes under the reader's eyes is read again.</summary>
    private const int Attempts = 4;

    private const int MostStates = 1024;

    /// <summary>Fewer samples are no reason to wake anybody.</summary>
    private const int LeastSamples = 32;

    private readonly BuddyCells _cells;
    private readonly int _dimension;
    private readonly ActiveListeners _active;
    private readonly EmbeddedOptions _options;
    private readonly EmbeddedMetrics _metrics;
    private readonly ILogger _logger;
    private readonly BuddyAudit _audit;
    private readonly RecallWindow _window;
    private readonly Random _random = new(1);
    private readonly int[] _chunkUsers = new int[Chunk];
    private readonly float[] _chunkVectors;
    private readonly float[] _vector;
    private readonly int[] _sample;
    private readonly int[] _listed;
    private readonly float[] _similarities;
    private volatile AuditFigures _figures = new(null, null, null, null);

    public BuddyAuditor(BuddyCells cells, int dimension, ActiveListeners active, EmbeddedOptions options, EmbeddedMetrics metrics, ILogger logger)
    {
        (_cells, _dimension, _active, _options, _metrics, _logger) = (cells, dimension, active, options, metrics, logger);
        _audit = new BuddyAudit(options.AuditSamples, cells.Count + Spare, dimension);
        _window = new RecallWindow(options.AuditWindow, LeastSamples, options.AuditRecallFloor);
        (_chunkVectors, _vector) = (new float[Chunk * dimension], new float[dimension]);
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
        foreach (var user in _sample.AsSpan(0, _active.Sample(_random, _sample.AsSpan(0, _options.AuditSamples))))
        {
            if (_cells.CopyVector(user, _vector))
            {
                _audit.Add(user, _vector);
            }
        }

        for (var from = 0; _audit.Count > 0 && from < positions; from += Chunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = 0;
            for (var user = from; user < Math.Min(from + Chunk, positions); user++)
            {
                if (!_cells.IsInvisible(user) && _cells.CopyVector(user, _chunkVectors.AsSpan(found * _dimension, _dimension)))
                {
                    _chunkUsers[found++] = user;
                }
            }

            _audit.Offer(_chunkUsers.AsSpan(0, found), _chunkVectors.AsSpan(0, found * _dimension));
        }

        for (var i = 0; i < _audit.Count; i++)
        {
            Judge(i);
        }
    }

    private void Judge(int index)
    {
        if (ReadSteady(index) is not var (listed, others))
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

    /// <summary>Similarities of those whom a set lists, and of the others among the nearest.</summary>
    /// <returns>Null when the listener moves, or has no set, or one that does not hold still.</returns>
    private (float[] Listed, float[] Others)? ReadSteady(int index)
    {
        var user = _audit.UserOf(index);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (!StandsWhereItStood(index) || _cells.StateOf(user) is not { } state)
            {
                return null;
            }

            var listed = _listed.AsSpan(0, _cells.Read(user, _listed, _similarities));
            var ofListed = SimilaritiesOf(user, listed, []);

            // Who changes cells is nowhere for a moment. One who has left is still nowhere the last time, and a miss.
            var isWhole = ofListed.Length == listed.Length || attempt == Attempts;
            var ofOthers = SimilaritiesOf(user, _audit.NearestOf(index), listed);
            if (isWhole && _cells.StateOf(user)?.Version == state.Version && StandsWhereItStood(index))
            {
                return (ofListed, ofOthers);
            }
        }

        return null;
    }

    private bool StandsWhereItStood(int index) =>
        _cells.CopyVector(_audit.UserOf(index), _vector) && _audit.VectorOf(index).SequenceEqual(_vector);

    private float[] SimilaritiesOf(int user, ReadOnlySpan<int> others, ReadOnlySpan<int> except)
    {
        var similarities = new List<float>(others.Length);
        foreach (var other in others)
        {
            if (!except.Contains(other) && _cells.SimilarityOf(user, other) is var similarity && !float.IsNaN(similarity))
            {
                similarities.Add(similarity);
            }
        }

        return [.. similarities];
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
