
namespace Buddies.Grains.Placement;

/// <summary>The active silos of the cluster, as this silo knows them.</summary>
internal sealed class SiloMembers(ISiloStatusOracle oracle)
{
    public SiloAddress Self => oracle.SiloAddress;

    /// <summary>Never empty: this silo counts itself in.</summary>
    public IReadOnlyList<SiloAddress> Active
    {
        get
        {
            var active = oracle.GetApproximateSiloStatuses(onlyActive: true);
            return active.ContainsKey(Self) ? [.. active.Keys] : [.. active.Keys, Self];
        }
    }

    public IEnumerable<SiloAddress> Others => oracle.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(Self));

    /// <summary>Whether a silo is, or may soon be, a member as far as is known here.</summary>
    public bool IsAlive(SiloAddress silo) =>
        silo.Equals(Self) || oracle.GetApproximateSiloStatus(silo) is SiloStatus.Active or SiloStatus.Joining or SiloStatus.Created or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    /// <summary>Whether the cluster has agreed that a silo is gone.</summary>
    public bool IsDead(SiloAddress silo) => oracle.GetApproximateSiloStatus(silo) == SiloStatus.Dead;
}
