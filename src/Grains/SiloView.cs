using Buddies.Engine.Serving;
using Buddies.Grains.Freshness;
using Buddies.Grains.Placement;
using Buddies.Grains.World;

namespace Buddies.Grains;

/// <summary>The cluster from inside one of its silos.</summary>
internal sealed class SiloView(SiloWorld world, SiloServices services, SiloMembers members, SiloReadiness readiness, FreshnessProbe freshness) : IClusterView
{
    public IReadOnlyList<SiloAddress> Active => members.Active;

    public SiloAddress Nearest => members.Self;

    public bool IsReady => readiness.IsReady;

    public string Stage => readiness.Stage;

    /// <summary>Events and watched listeners are this silo's own, the rest is the cluster's.</summary>
    public ServingStatus Status => new(
        readiness.IsReady,
        readiness.Stage,
        world.Version,
        world.Users.Count,
        world.Catalogue.TrackCount,
        world.Catalogue.PlaylistCount,
        world.EventsApplied,
        services.Watchers.Count);

    public IReadOnlyList<FollowAnomaly> Anomalies => world.Anomalies;

    public IReadOnlyList<HealthPart> Health => freshness.Health;
}
