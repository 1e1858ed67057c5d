using System.Diagnostics.Metrics;
using Buddies.Engine.Buddies;

namespace Buddies.Engine.Serving;

/// <summary>What is looked at when somebody asks for it.</summary>
public abstract partial class ServingMetrics
{
    /// <summary>Shows what probes of freshness may take, and results that there are none of yet.</summary>
    /// <param name="objective">What they may take.</param>
    protected void ObserveFreshness(TimeSpan objective)
    {
        Meter.CreateObservableGauge("buddies.freshness.objective", () => objective.TotalSeconds, "s", "What a probe of freshness may take.");
        foreach (var result in Enum.GetValues<FreshnessResult>())
        {
            _probes.Add(0, Tag("result", WordOf(result)));
        }
    }

    /// <summary>Shows one figure of a kind for each version that there is: two or three at a moment.</summary>
    /// <param name="all">Those versions.</param>
    protected void ObserveVersions(Func<IEnumerable<OpenVersion>> all)
    {
        Observe("buddies.version.readers", "{reader}", "How many hold a version, its owner included.", version => version.References);
        Observe("buddies.version.behind", "{listener}", "Listeners whose vector in a version is older than their facts.", version => version.BehindCount);
        Observe("buddies.version.memory", "By", "Memory that goes with a version, its mapped files included.", version => version.Bytes);
        Observe("buddies.version.impressions", "{impression}", "Impressions reported while a version served the listener.", version => version.Engagement.Impressions);
        Observe("buddies.version.plays", "{play}", "Plays of 30 s or more while a version served the listener.", version => version.Engagement.Plays);
        Observe("buddies.version.likes", "{like}", "Likes while a version served the listener.", version => version.Engagement.Likes);
        Observe("buddies.version.hides", "{hide}", "Hides while a version served the listener.", version => version.Engagement.Hides);

        void Observe(string name, string unit, string description, Func<OpenVersion, long> read) => Meter.CreateObservableGauge(
            name, () => all().Select(version => new Measurement<long>(read(version), Tag("version", version.Number.Value))), unit, description);
    }

    /// <summary>Shows the cells of the version that serves, and what the audit of their sets has found.</summary>
    /// <param name="current">That version; null without one.</param>
    protected void ObserveSets(Func<OpenVersion?> current)
    {
        Meter.CreateObservableGauge("buddies.sets.residents", () => current()?.Residents ?? 0, "{listener}", "Listeners in the cells.");
        Meter.CreateObservableGauge("buddies.sets.active", () => current()?.ActiveSets ?? 0, "{set}", "Buddy sets that are kept true.");
        ObserveFound("buddies.audit.recall", "1", "Share of the true buddies that audited sets held, over the latest samples.", figures => figures.Recall);
        ObserveFound("buddies.sets.age.p50", "s", "Median time since a buddy set was searched for anew.", figures => figures.AgeP50Seconds);
        ObserveFound("buddies.sets.age.p99", "s", "99th percentile of the time since a buddy set was searched for anew.", figures => figures.AgeP99Seconds);
        ObserveFound("buddies.sets.slack_spent", "1", "Mean share of the way to their next search that buddy sets have gone.", figures => figures.SlackSpent);

        // A figure is absent until there is one.
        void ObserveFound(string name, string unit, string description, Func<AuditFigures, double?> read) => Meter.CreateObservableGauge(
            name, IEnumerable<Measurement<double>> () => current()?.Auditor.Figures is { } figures && read(figures) is { } value ? [new(value)] : [], unit, description);
    }
}
