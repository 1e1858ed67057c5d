using System.Diagnostics.Metrics;
using Buddies.Engine.Serving;
using Buddies.Embedded.Versions;
using Buddies.Storage.Home;

namespace Buddies.Embedded;

/// <summary>What the one-process runtime counts.</summary>
public sealed class EmbeddedMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Buddies.Embedded";

    private readonly Meter _meter;
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
    private readonly Histogram<double> _prepareTime;
    private readonly Histogram<double> _flipTime;
    private readonly Histogram<double> _applyDelay;
    private readonly Histogram<double> _pushDelay;
    private readonly Counter<long> _probes;
    private readonly Histogram<double> _probeTime;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meterFactory">Owns the meter; null for one of its own.</param>
    public EmbeddedMetrics(IMeterFactory? meterFactory = null)
    {
        _meter = meterFactory?.Create(MeterName) ?? new Meter(MeterName);
        _applied = _meter.CreateCounter<long>("buddies.events.applied", "{event}", "Events applied to listeners' facts.");
        _pushed = _meter.CreateCounter<long>("buddies.pages.pushed", "{page}", "Changed pages handed to subscriptions.");
        _lists = _meter.CreateCounter<long>("buddies.lists.pushed", "{list}", "Changed lists of buddies handed to subscriptions.");
        _audited = _meter.CreateCounter<long>("buddies.audit.samples", "{sample}", "Buddy sets compared with brute force.");
        _discarded = _meter.CreateCounter<long>("buddies.audit.discarded", "{sample}", "Comparisons given up because the listener moved meanwhile.");
        _failures = _meter.CreateCounter<long>("buddies.partition.failures", "{failure}", "Pieces of partition work that failed.");
        _checkpoints = _meter.CreateCounter<long>("buddies.checkpoints.written", "{checkpoint}", "Checkpoints of listeners' facts written.");
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };
        _foldedAgain = _meter.CreateCounter<long>("buddies.version.folded_again", "{listener}", "Listeners folded in again for a version that did not serve them when they listened.");
        _aborted = _meter.CreateCounter<long>("buddies.swap.aborted", "{swap}", "Versions that were not let in, by reason.");
        _fell = _meter.CreateCounter<long>("buddies.version.engagement_falls", "{fall}", "Versions whose engagement has surely fallen while they served.");
        Home = new HomeMetrics(_meter);
        _prepareTime = _meter.CreateHistogram("buddies.swap.prepare.duration", "s", "From the order to prepare a version until it could serve.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600] });
        _flipTime = _meter.CreateHistogram("buddies.swap.flip.duration", "s", "From the commit of a version until nobody could get the former one.", null, seconds);
        _applyDelay = _meter.CreateHistogram("buddies.events.apply.delay", "s", "From the acceptance of a batch to its last effect.", null, seconds);
        _probes = _meter.CreateCounter<long>("buddies.freshness.probes", "{probe}", "Probes of freshness, by result.");
        _probeTime = _meter.CreateHistogram("buddies.freshness.latency", "s", "From the canary's event to a stage of its way.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _pushDelay = _meter.CreateHistogram("buddies.pages.push.delay", "s", "From the acceptance of a listener's own event to the push of the changed page.", null, seconds);
    }

    /// <summary>What is counted of Home.</summary>
    internal HomeMetrics Home { get; }

    /// <summary>Whether an instrument is one of these, not another runtime's of the same name.</summary>
    internal bool Owns(Instrument instrument) => instrument.Meter == _meter;

    internal void OnApplied(int count, TimeSpan delay)
    {
        _applied.Add(count);
        _applyDelay.Record(delay.TotalSeconds);
    }

    internal void OnPushed(TimeSpan? delay)
    {
        _pushed.Add(1);
        if (delay is { } own)
        {
            _pushDelay.Record(own.TotalSeconds);
        }
    }

    internal void OnProbed(TimeSpan durable, TimeSpan vector, TimeSpan buddies, TimeSpan push)
    {
        _probeTime.Record(durable.TotalSeconds, new KeyValuePair<string, object?>("stage", "durable"));
        _probeTime.Record(vector.TotalSeconds, new KeyValuePair<string, object?>("stage", "vector"));
        _probeTime.Record(buddies.TotalSeconds, new KeyValuePair<string, object?>("stage", "buddies"));
        _probeTime.Record(push.TotalSeconds, new KeyValuePair<string, object?>("stage", "push"));
    }

    internal void OnProbeResult(FreshnessResult result) => _probes.Add(1, new KeyValuePair<string, object?>("result", WordOf(result)));

    internal void OnListPushed() => _lists.Add(1);

    internal void OnAudited() => _audited.Add(1);

    internal void OnAuditDiscarded() => _discarded.Add(1);

    internal void OnPartitionFailure() => _failures.Add(1);

    internal void OnCheckpointed(int count) => _checkpoints.Add(count);

    internal void OnFoldedAgain() => _foldedAgain.Add(1);

    /// <param name="reason">One of few words, never free text.</param>
    internal void OnAborted(string reason) => _aborted.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void OnEngagementFell(int version) => _fell.Add(1, new KeyValuePair<string, object?>("version", version));

    internal void OnPrepared(TimeSpan time) => _prepareTime.Record(time.TotalSeconds);

    internal void OnFlipped(TimeSpan time) => _flipTime.Record(time.TotalSeconds);

    internal void Observe(EmbeddedRuntime runtime)
    {
        if (runtime.FreshnessObjective is { } objective)
        {
            _meter.CreateObservableGauge("buddies.freshness.objective", () => objective.TotalSeconds, "s", "What a probe of freshness may take.");
            foreach (var result in Enum.GetValues<FreshnessResult>())
            {
                _probes.Add(0, new KeyValuePair<string, object?>("result", WordOf(result))); // A rate needs its zero.
            }
        }

        _meter.CreateObservableGauge("buddies.listeners", () => runtime.Status.Listeners, "{listener}", "Listeners with facts.");
        _meter.CreateObservableGauge("buddies.listeners.active", () => runtime.Status.ActiveListeners, "{listener}", "Listeners with a live subscription.");
        _meter.CreateObservableGauge("buddies.snapshot.version", () => runtime.Status.Version.Value, "{version}", "The model version that serves.");
        _meter.CreateObservableGauge("buddies.snapshot.age", IEnumerable<Measurement<double>> () => runtime.SnapshotAge is { } age ? [new(age.TotalSeconds)] : [], "s", "Time since the model version that serves was trained.");
        ObserveVersions(runtime, "buddies.version.readers", "{reader}", "Partitions and others that hold a version, its owner included.", version => version.References);
        ObserveVersions(runtime, "buddies.version.behind", "{listener}", "Listeners whose vector in a version is older than their facts.", version => version.BehindCount);
        ObserveVersions(runtime, "buddies.version.memory", "By", "Memory that goes with a version, its mapped files included.", version => version.Bytes);
        ObserveVersions(runtime, "buddies.version.impressions", "{impression}", "Impressions reported while a version served the listener.", version => version.Engagement.Impressions);
        ObserveVersions(runtime, "buddies.version.plays", "{play}", "Plays of 30 s or more while a version served the listener.", version => version.Engagement.Plays);
        ObserveVersions(runtime, "buddies.version.likes", "{like}", "Likes while a version served the listener.", version => version.Engagement.Likes);
        ObserveVersions(runtime, "buddies.version.hides", "{hide}", "Hides while a version served the listener.", version => version.Engagement.Hides);
        _meter.CreateObservableGauge("buddies.sets.residents", () => (runtime.Cells?.Residents ?? 0) - runtime.Canaries, "{listener}", "Listeners in the cells.");
        _meter.CreateObservableGauge("buddies.sets.active", () => (runtime.Cells?.ActiveCount ?? 0) - runtime.Canaries, "{set}", "Buddy sets that are kept true.");
        ObserveAudit("buddies.audit.recall", "1", "Share of the true buddies that audited sets held, over the latest samples.", () => runtime.Audited?.Recall);
        ObserveAudit("buddies.sets.age.p50", "s", "Median time since a buddy set was searched for anew.", () => runtime.Audited?.AgeP50Seconds);
        ObserveAudit("buddies.sets.age.p99", "s", "99th percentile of the time since a buddy set was searched for anew.", () => runtime.Audited?.AgeP99Seconds);
        ObserveAudit("buddies.sets.slack_spent", "1", "Mean share of the way to their next search that buddy sets have gone.", () => runtime.Audited?.SlackSpent);
        _meter.CreateObservableCounter("buddies.anomaly.follows", () => runtime.Popular.Guard.Total, "{follow}", "Follows that came faster than is believed, and do not count.");
        _meter.CreateObservableGauge("buddies.anomaly.playlists", () => runtime.Popular.Guard.Uncounted.Count, "{playlist}", "Playlists with follows that do not count.");
        Home.Observe(() => runtime.Learning is { } learning ? (learning.State.Version, learning.Fresh.Count) : null);
        _meter.CreateObservableGauge("buddies.events.pending", () => runtime.PendingEvents, "{event}", "Events that wait to become durable.");
        _meter.CreateObservableGauge("buddies.events.unapplied", () => runtime.UnappliedEvents, "{event}", "Durable events that wait to be applied.");
    }

    private static string WordOf(FreshnessResult result) => result switch
    {
        FreshnessResult.Fresh => "fresh",
        FreshnessResult.Late => "late",
        FreshnessResult.Failed => "failed",
        _ => "no_model",
    };

    /// <summary>One figure for each version that there is at this moment: two or three.</summary>
    private void ObserveVersions(EmbeddedRuntime runtime, string name, string unit, string description, Func<ServedVersion, long> read) =>
        _meter.CreateObservableGauge(
            name, () => runtime.Plan.All.Select(version => new Measurement<long>(read(version), new KeyValuePair<string, object?>("version", version.Number.Value))), unit, description);

    /// <summary>A figure is absent until there is one.</summary>
    private void ObserveAudit(string name, string unit, string description, Func<double?> read) =>
        _meter.CreateObservableGauge(name, IEnumerable<Measurement<double>> () => read() is { } value ? [new(value)] : [], unit, description);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
