using System.Diagnostics.Metrics;
using Buddies.Engine.Serving;
using Buddies.Storage.Home;

namespace Buddies.Embedded;

/// <summary>What the one-process runtime counts.</summary>
public sealed class EmbeddedMetrics : ServingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Buddies.Embedded";


    /// <summary>Makes the instruments.</summary>
    /// <param name="meterFactory">Owns the meter; null for one of its own.</param>
    public EmbeddedMetrics(IMeterFactory? meterFactory = null)
        : base(meterFactory?.Create(MeterName) ?? new Meter(MeterName))
    {
        Home = new HomeMetrics(Meter);
    }

    /// <summary>What is counted of Home.</summary>
    internal HomeMetrics Home { get; }

    /// <summary>Whether an instrument is one of these, not another runtime's of the same name.</summary>
    internal bool Owns(Instrument instrument) => instrument.Meter == Meter;


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
        Home.Observe(() => runtime.Learning is { } learning ? (learning.State.Version, learning.Fresh.Count) : null);
        Meter.CreateObservableGauge("buddies.events.pending", () => runtime.PendingEvents, "{event}", "Events that wait to become durable.");
        Meter.CreateObservableGauge("buddies.events.unapplied", () => runtime.UnappliedEvents, "{event}", "Durable events that wait to be applied.");
    }
}
