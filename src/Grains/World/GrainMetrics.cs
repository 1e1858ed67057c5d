using System.Diagnostics.Metrics;
using Buddies.Engine.Serving;

namespace Buddies.Grains.World;

/// <summary>What one silo counts, under the names of the one-process server.</summary>
internal sealed class GrainMetrics : ServingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Buddies.Grains";

    private readonly Counter<long> _uncounted;

    public GrainMetrics(IMeterFactory meters, SiloWorld world)
        : base(meters.Create(MeterName))
    {
        _uncounted = Meter.CreateCounter<long>("buddies.anomaly.follows", "{follow}", "Follows of this silo's listeners that came faster than is believed, and do not count.");
        _uncounted.Add(0);
        Meter.CreateObservableGauge("buddies.events.unapplied", () => world.UnappliedEvents, "{event}", "Durable events whose listener's grain has not had its turn yet.");
        ObserveVersions(() => world.Plan.All);
        ObserveSets(() => world.Plan.Current);
        if (world.Options.FreshnessInterval > TimeSpan.Zero)
        {
            ObserveFreshness(world.Options.FreshnessObjective);
        }
    }

    /// <summary>A listener of this silo followed faster than is believed.</summary>
    /// <param name="count">How many playlists.</param>
    public void OnUncounted(int count) => _uncounted.Add(count);
}
