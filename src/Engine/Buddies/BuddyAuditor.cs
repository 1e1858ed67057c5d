using Buddies.Engine.Buddies.Cells;

namespace Buddies.Engine.Buddies;

/// <summary>
/// Compares the buddy sets of a few active listeners with brute force over everybody, round by round. One round at a time.
/// </summary>
/// <remarks>
/// Nothing is locked, and listeners move while a round lasts. What decides in the end are similarities of one moment: those
/// of whom the set lists then, and of the nearest that brute force found. They count if the set's first K stayed the same
/// while they were read; a listener who moved since brute force began is left out.
/// </remarks>
public sealed class BuddyAuditor
{
    /// <summary>After each round whoever audits rests so many times as long as it worked: at most 2 % of one core.</summary>
    private const int RestForWork = 50;

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
    private readonly int _samples;
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

    /// <summary>Has audited nobody yet.</summary>
    /// <param name="cells">Whose sets; stay the caller's to dispose of, after the last round.</param>
    /// <param name="dimension">d of the vectors in them.</param>
    /// <param name="options">How much.</param>
    public BuddyAuditor(BuddyCells cells, int dimension, BuddyAuditOptions options)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(options);
        (_cells, _dimension, _samples) = (cells, dimension, options.Samples);
        _audit = new BuddyAudit(options.Samples, cells.Count + Spare, dimension);
        _window = new RecallWindow(options.Window, LeastSamples, options.RecallFloor);
        (_chunkVectors, _vector) = (new float[Chunk * dimension], new float[dimension]);
        _sample = new int[Math.Max(MostStates, options.Samples)];
        _listed = new int[cells.Count];
        _similarities = new float[cells.Count];
    }

    /// <summary>As of the last round. Shared.</summary>
    public AuditFigures Figures => _figures;

    /// <summary>How long to rest after a round.</summary>
    /// <param name="work">What the round took.</param>
    /// <param name="interval">The least.</param>
    /// <returns>The interval, or fifty times the work where that is more.</returns>
    public static TimeSpan RestAfter(TimeSpan work, TimeSpan interval) => work * RestForWork > interval ? work * RestForWork : interval;

    /// <summary>Audits a few listeners, and looks at how old the sets are and how much of their slack is spent.</summary>
    /// <param name="positions">Every listener's position is below this.</param>
    /// <param name="except">A position whose set is not looked at, since no listener has it; −1 for none.</param>
    /// <param name="cancellationToken">Gives the round up.</param>
    /// <returns>What came of it.</returns>
    public AuditRound Run(int positions, int except, CancellationToken cancellationToken)
    {
        var (compared, discarded, crossing) = Compare(positions, except, cancellationToken);
        var (ages, slackSpent) = ReadStates(except);
        Array.Sort(ages);
        _figures = new AuditFigures(_window.Recall, QuantileOf(ages, 0.5), QuantileOf(ages, 0.99), slackSpent);
        return new AuditRound(compared, discarded, crossing, _window.Recall ?? 0, _window.Count);
    }

    private (int Compared, int Discarded, FloorCrossing Crossing) Compare(int positions, int except, CancellationToken cancellationToken)
    {
        _audit.Clear();
        foreach (var user in Sample(_samples, except))
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

        var (compared, discarded, crossing) = (0, 0, FloorCrossing.None);
        for (var i = 0; i < _audit.Count; i++)
        {
            if (ReadSteady(i) is not var (listed, others))
            {
                discarded++;
            }
            else if (BuddyAudit.Judge(listed, others, _cells.Count) is (var hits, > 0 and var expected))
            {
                compared++;
                var crossed = _window.Add(hits, expected);
                crossing = crossed == FloorCrossing.None ? crossing : crossing == FloorCrossing.None ? crossed : FloorCrossing.None; // There and back.
            }
        }

        return (compared, discarded, crossing);
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

    private (double[] AgesSeconds, double? SlackSpent) ReadStates(int except)
    {
        var now = _cells.Now;
        var (ages, slackSpent) = (new List<double>(), 0d);
        foreach (var user in Sample(MostStates, except))
        {
            if (_cells.StateOf(user) is { } state)
            {
                ages.Add(Math.Max(0, now - state.SearchedAt) / 1000.0);
                slackSpent += state.SlackSpent;
            }
        }

        return ([.. ages], ages.Count == 0 ? null : slackSpent / ages.Count);
    }

    private ReadOnlySpan<int> Sample(int most, int except)
    {
        var drawn = _sample.AsSpan(0, _cells.Sample(_random, _sample.AsSpan(0, most)));
        var at = drawn.IndexOf(except);
        if (at >= 0)
        {
            drawn[at] = drawn[^1];
            return drawn[..^1];
        }

        return drawn;
    }

    private static double? QuantileOf(double[] sorted, double share) =>
        sorted.Length == 0 ? null : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}

/// <summary>How much is audited.</summary>
/// <param name="Samples">Listeners audited at one time.</param>
/// <param name="Window">Samples that the recall is measured over.</param>
/// <param name="RecallFloor">The recall, 0 to 1, that is expected.</param>
public sealed record BuddyAuditOptions(int Samples = 4, int Window = 256, double RecallFloor = 0.9);

/// <summary>What came of one round.</summary>
/// <param name="Compared">Sets compared with brute force.</param>
/// <param name="Discarded">Comparisons given up because the listener moved, or its set changed, meanwhile.</param>
/// <param name="Crossing">What recall has done to its floor.</param>
/// <param name="Recall">The share of true buddies that sampled sets held, over the window; 0 before the first.</param>
/// <param name="Samples">How many samples that is of.</param>
public readonly record struct AuditRound(int Compared, int Discarded, FloorCrossing Crossing, double Recall, int Samples);

/// <summary>What the audit has found; null where there was nothing to look at.</summary>
/// <param name="Recall">The share of true buddies that the sampled sets held, over the window.</param>
/// <param name="AgeP50Seconds">Half of the sets were searched for anew in this time.</param>
/// <param name="AgeP99Seconds">99 of 100 were.</param>
/// <param name="SlackSpent">Mean share of the slack that is used up, 0 to 1.</param>
public sealed record AuditFigures(double? Recall, double? AgeP50Seconds, double? AgeP99Seconds, double? SlackSpent);
