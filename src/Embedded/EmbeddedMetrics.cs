using System.Diagnostics.Metrics;
using Buddies.Engine.Serving;

namespace Buddies.Embedded;

/// <summary>What the one-process runtime counts.</summary>
public sealed class EmbeddedMetrics : ServingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Buddies.Embedded";

    private readonly Counter<long> _cardsShown;
    private readonly Counter<long> _pagesLearned;
    private readonly Counter<long> _impressionsLost;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meterFactory">Owns the meter; null for one of its own.</param>
    public EmbeddedMetrics(IMeterFactory? meterFactory = null)
        : base(meterFactory?.Create(MeterName) ?? new Meter(MeterName))
    {
        _cardsShown = Meter.CreateCounter<long>("buddies.home.cards.shown", "{card}", "Cards on pages that were sent, each page once.");
        _pagesLearned = Meter.CreateCounter<long>("buddies.home.pages.learned", "{page}", "Pages whose rewards were learned from.");
        _impressionsLost = Meter.CreateCounter<long>("buddies.home.impressions.lost", "{page}", "Pages that the impression logs could not take.");
    }

    /// <summary>Whether an instrument is one of these, not another runtime's of the same name.</summary>
    internal bool Owns(Instrument instrument) => instrument.Meter == Meter;

    internal void OnCardsShown(int count) => _cardsShown.Add(count);

    internal void OnPagesLearned(int count) => _pagesLearned.Add(count);

    internal void OnImpressionsLost(int count) => _impressionsLost.Add(count);

    internal void Observe(EmbeddedRuntime runtime)
    {
        if (runtime.FreshnessObjective is { } objective)
        {
            ObserveFreshness(objective);
        }

        ObserveVersions(() => runtime.Plan.All);
        ObserveSets(() => runtime.Plan.Current);
        Meter.CreateObservableGauge("buddies.listeners", () => runtime.Status.Listeners, "{listener}", "Listeners with facts.");
        Meter.CreateObservableGauge("buddies.listeners.active", () => runtime.Status.ActiveListeners, "{listener}", "Listeners with a live subscription.");
        Meter.CreateObservableGauge("buddies.snapshot.version", () => runtime.Status.Version.Value, "{version}", "The model version that serves.");
        Meter.CreateObservableGauge("buddies.snapshot.age", IEnumerable<Measurement<double>> () => runtime.SnapshotAge is { } age ? [new(age.TotalSeconds)] : [], "s", "Time since the model version that serves was trained.");
        Meter.CreateObservableCounter("buddies.anomaly.follows", () => runtime.Popular.Guard.Total, "{follow}", "Follows that came faster than is believed, and do not count.");
        Meter.CreateObservableGauge("buddies.anomaly.playlists", () => runtime.Popular.Guard.Uncounted.Count, "{playlist}", "Playlists with follows that do not count.");
        Meter.CreateObservableGauge("buddies.home.policy.version", IEnumerable<Measurement<int>> () => runtime.Learning is { } learning ? [new(learning.State.Version)] : [], "{version}", "The version of what Home has learned.");
        Meter.CreateObservableGauge("buddies.home.fresh", IEnumerable<Measurement<int>> () => runtime.Learning is { } learning ? [new(learning.Fresh.Count)] : [], "{playlist}", "New playlists that were not seen often enough yet.");
        Meter.CreateObservableGauge("buddies.events.pending", () => runtime.PendingEvents, "{event}", "Events that wait to become durable.");
        Meter.CreateObservableGauge("buddies.events.unapplied", () => runtime.UnappliedEvents, "{event}", "Durable events that wait to be applied.");
    }
}
