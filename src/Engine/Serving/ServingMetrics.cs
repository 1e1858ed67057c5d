using System.Diagnostics.Metrics;
using Buddies.Engine.Buddies;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Serving;

/// <summary>
/// What every runtime counts, one process or a silo of a cluster, under the same names: alerts and dashboards fit both. Safe
/// for concurrent use.
/// </summary>
/// <remarks>Counters begin at zero where their labels are known: a rate needs its beginning.</remarks>
public abstract partial class ServingMetrics : IDisposable
{
    private readonly Counter<long> _applied;
    private readonly Counter<long> _pushed;
    private readonly Counter<long> _lists;
    private readonly Counter<long> _audited;
    private readonly Counter<long> _discarded;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _checkpoints;
    private readonly Counter<long> _foldedAgain;
    private readonly Counter<long> _aborted;
    private readonly Counter<long> _fell;
    private readonly Counter<long> _probes;
    private readonly Histogram<double> _prepareTime;
    private readonly Histogram<double> _flipTime;
    private readonly Histogram<double> _applyDelay;
    private readonly Histogram<double> _pushDelay;
    private readonly Histogram<double> _probeTime;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meter">Has them; disposed of with this.</param>
    protected ServingMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        Meter = meter;
        _applied = Counter("buddies.events.applied", "{event}", "Events applied to listeners' facts.");
        _pushed = Counter("buddies.pages.pushed", "{page}", "Changed pages handed to subscriptions.");
        _lists = Counter("buddies.lists.pushed", "{list}", "Changed lists of buddies handed to subscriptions.");
        _audited = Counter("buddies.audit.samples", "{sample}", "Buddy sets compared with brute force.");
        _discarded = Counter("buddies.audit.discarded", "{sample}", "Comparisons given up because the listener moved meanwhile.");
        _failures = Counter("buddies.partition.failures", "{failure}", "Pieces of work on listeners, and rounds of background work, that failed.");
        _checkpoints = Counter("buddies.checkpoints.written", "{checkpoint}", "Checkpoints of listeners' facts written.");
        _foldedAgain = Counter("buddies.version.folded_again", "{listener}", "Listeners folded in again for a version that did not serve them when they listened.");
        _aborted = meter.CreateCounter<long>("buddies.swap.aborted", "{swap}", "Versions that were not let in, by reason.");
        _fell = meter.CreateCounter<long>("buddies.version.engagement_falls", "{fall}", "Versions whose engagement has surely fallen while they served.");
        _probes = meter.CreateCounter<long>("buddies.freshness.probes", "{probe}", "Probes of freshness, by result.");
        double[] seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
        _prepareTime = Histogram("buddies.swap.prepare.duration", [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600], "From the order to prepare a version until it could serve.");
        _flipTime = Histogram("buddies.swap.flip.duration", seconds, "From the commit of a version until nobody could get the former one.");
        _applyDelay = Histogram("buddies.events.apply.delay", seconds, "From the acceptance of a batch to its last effect.");
        _pushDelay = Histogram("buddies.pages.push.delay", seconds, "From the acceptance of a listener's own event to the push of the changed page.");
        _probeTime = Histogram("buddies.freshness.latency", seconds, "From the canary's event to a stage of its way.");
        _aborted.Add(0, Tag("reason", "rejected"));
        _aborted.Add(0, Tag("reason", "aborted"));
    }

    /// <summary>Has all of this runtime's instruments.</summary>
    protected Meter Meter { get; }

    /// <summary>Events were applied.</summary>
    /// <param name="count">How many.</param>
    /// <param name="delay">From the acceptance of the first to the last effect.</param>
    public void OnApplied(int count, TimeSpan delay)
    {
        _applied.Add(count);
        _applyDelay.Record(delay.TotalSeconds);
    }

    /// <summary>A page was handed to a subscription.</summary>
    /// <param name="delay">From the event that changed it; null where no event of the listener's own did.</param>
    public void OnPushed(TimeSpan? delay)
    {
        _pushed.Add(1);
        if (delay is { } own)
        {
            _pushDelay.Record(own.TotalSeconds);
        }
    }

    /// <summary>A list of buddies was handed to a subscription.</summary>
    public void OnListPushed() => _lists.Add(1);

    /// <summary>A round of the audit is over.</summary>
    public void OnAudited(AuditRound round)
    {
        _audited.Add(round.Compared);
        _discarded.Add(round.Discarded);
    }

    /// <summary>A piece of work on a listener, or a round of background work, has failed.</summary>
    public void OnFailure() => _failures.Add(1);

    /// <summary>Checkpoints were written.</summary>
    public void OnCheckpointed(int count) => _checkpoints.Add(count);

    /// <summary>A listener was folded in again.</summary>
    public void OnFoldedAgain() => _foldedAgain.Add(1);

    /// <summary>The doorman's journal has a line more.</summary>
    public void OnJournal(JournalAction action)
    {
        if (action is JournalAction.Rejected or JournalAction.Aborted)
        {
            _aborted.Add(1, Tag("reason", action is JournalAction.Rejected ? "rejected" : "aborted"));
        }
    }

    /// <summary>Listeners surely do less with a version than at first.</summary>
    public void OnEngagementFell(SnapshotVersion version) => _fell.Add(1, Tag("version", version.Value));

    /// <summary>A version was prepared.</summary>
    /// <param name="time">From the order.</param>
    public void OnPrepared(TimeSpan time) => _prepareTime.Record(time.TotalSeconds);

    /// <summary>Versions were exchanged.</summary>
    /// <param name="time">From the commit.</param>
    public void OnFlipped(TimeSpan time) => _flipTime.Record(time.TotalSeconds);

    /// <summary>A probe of freshness came through.</summary>
    /// <param name="durable">From its event to the disk.</param>
    /// <param name="vector">To its vector.</param>
    /// <param name="buddies">To its buddies.</param>
    /// <param name="push">To its page.</param>
    public void OnProbed(TimeSpan durable, TimeSpan vector, TimeSpan buddies, TimeSpan push)
    {
        _probeTime.Record(durable.TotalSeconds, Tag("stage", "durable"));
        _probeTime.Record(vector.TotalSeconds, Tag("stage", "vector"));
        _probeTime.Record(buddies.TotalSeconds, Tag("stage", "buddies"));
        _probeTime.Record(push.TotalSeconds, Tag("stage", "push"));
    }

    /// <summary>What came of a probe.</summary>
    public void OnProbeResult(FreshnessResult result) => _probes.Add(1, Tag("result", WordOf(result)));

    /// <inheritdoc/>
    public void Dispose()
    {
        Meter.Dispose();
        GC.SuppressFinalize(this);
    }

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);

    private static string WordOf(FreshnessResult result) => result switch
    {
        FreshnessResult.Fresh => "fresh",
        FreshnessResult.Late => "late",
        FreshnessResult.Failed => "failed",
        _ => "no_model",
    };

    private Counter<long> Counter(string name, string unit, string description)
    {
        var counter = Meter.CreateCounter<long>(name, unit, description);
        counter.Add(0);
        return counter;
    }

    private Histogram<double> Histogram(string name, double[] bounds, string description) =>
        Meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
