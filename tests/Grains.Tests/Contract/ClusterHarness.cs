using Buddies.Api;
using Buddies.Silo;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Buddies.Grains.Tests.Contract;

/// <summary>Silos in this process over one store; every call goes through the first silo unless another is asked for.</summary>
public sealed class ClusterHarness(short silos) : RuntimeHarness
{
    private InProcessTestCluster _cluster = null!;

    public override IRecommender Recommender => Through(0);

    public InProcessTestCluster Cluster => _cluster;

    /// <summary>The cluster seen from one of its silos.</summary>
    public IRecommender Through(int silo) =>
        new ClusterRecommender(_cluster.GetSiloServiceProvider(_cluster.Silos[silo].SiloAddress).GetRequiredService<ClusterDoor>());

    /// <summary>A service of one silo.</summary>
    public T Get<T>(int silo)
        where T : notnull => _cluster.GetSiloServiceProvider(_cluster.Silos[silo].SiloAddress).GetRequiredService<T>();

    protected override async Task StartRuntimeAsync()
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddBuddies(Store, new SiloOptions { DataDirectory = Directory, BuddyDrift = 0, MoveThreshold = 0 });
            silo.Configure<ClusterMembershipOptions>(members => (members.ProbeTimeout, members.NumMissedProbesLimit) = (TimeSpan.FromMilliseconds(500), 2));
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    protected override async Task StopRuntimeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }
}
