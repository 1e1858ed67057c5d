using System.Diagnostics.Metrics;
using Buddies.Engine.Serving;

namespace Buddies.Grains.Freshness;

/// <summary>What the probes of one silo came to, under the names of the one-process server.</summary>
internal sealed class FreshnessMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Buddies.Grains";

    private static readonly double[] s_bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Counter<long> _probes;
    private readonly Histogram<double> _latency;

    public FreshnessMetrics(IMeterFactory meters, SiloOptions options)
    {
        var meter = meters.Create(MeterName);
        _probes = meter.CreateCounter<long>("buddies.freshness.probes", "{probe}", "Probes of freshness, by result.");
        _latency = meter.CreateHistogram(
            "buddies.freshness.latency", "s", "From the canary's event to a stage of its way.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = s_bounds });
        if (options.FreshnessInterval <= TimeSpan.Zero)
        {
            return;
        }

        meter.CreateObservableGauge("buddies.freshness.objective", () => options.FreshnessObjective.TotalSeconds, "s", "What a probe of freshness may take.");
        foreach (var result in Enum.GetValues<FreshnessResult>())
        {
            _probes.Add(0, Tag("result", WordOf(result))); // A rate needs a beginning.
        }
    }

    public void OnProbed(TimeSpan durable, TimeSpan vector, TimeSpan buddies, TimeSpan push)
    {
        _latency.Record(durable.TotalSeconds, Tag("stage", "durable"));
        _latency.Record(vector.TotalSeconds, Tag("stage", "vector"));
        _latency.Record(buddies.TotalSeconds, Tag("stage", "buddies"));
        _latency.Record(push.TotalSeconds, Tag("stage", "push"));
    }

    public void OnResult(FreshnessResult result) => _probes.Add(1, Tag("result", WordOf(result)));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static string WordOf(FreshnessResult result) => result switch
    {
        FreshnessResult.Fresh => "fresh",
        FreshnessResult.Late => "late",
        FreshnessResult.Failed => "failed",
        _ => "no_model",
    };
}
