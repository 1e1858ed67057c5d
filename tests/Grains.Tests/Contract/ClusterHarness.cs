using System.Collections.Concurrent;
using Buddies.Api;
using Buddies.Grains.Tests.Doorman;
using Buddies.Silo;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Buddies.Grains.Tests.Contract;

/// <summary>Silos in this process over one store; every call goes through the first silo unless another is asked for.</summary>
public sealed class ClusterHarness(short silos) : RuntimeHarness
{
    private readonly ConcurrentDictionary<string, CutStore> _stores = [];
    private InProcessTestCluster _cluster = null!;

    public override IRecommender Recommender => Through(0);

    public InProcessTestCluster Cluster => _cluster;

    /// <summary>What the silos run with; set before the start.</summary>
    internal Func<string, SiloOptions> Options { get; set; } = directory => new SiloOptions
    {
        DataDirectory = directory,
        BuddyDrift = 0,
        MoveThreshold = 0,
        ServingLease = TimeSpan.FromSeconds(3),
        DoormanInterval = TimeSpan.FromMilliseconds(200),
    };

    /// <summary>Silos for a test class, which disposes of them when it ends.</summary>
    public static ClusterHarness Of(short silos) => new(silos);

    /// <summary>The cluster seen from one of its silos.</summary>
    public IRecommender Through(int silo) => new ClusterRecommender(Get<ClusterDoor>(silo));

    /// <summary>The doorman seen from one of its silos.</summary>
    internal IDoorman DoormanThrough(int silo) => new ClusterDoorman(Get<ClusterDoor>(silo), Store, Directory, new(), TimeProvider.System);

    /// <summary>The store as one silo reaches it.</summary>
    internal CutStore StoreOf(int silo) => _stores[_cluster.Silos[silo].Name];

    /// <summary>A service of one silo.</summary>
    public T Get<T>(int silo)
        where T : notnull => _cluster.GetSiloServiceProvider(_cluster.Silos[silo].SiloAddress).GetRequiredService<T>();

    protected override async Task StartRuntimeAsync()
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((options, silo) =>
        {
            silo.AddBuddies(_stores.GetOrAdd(options.SiloName, _ => new CutStore(Store)), Options(Directory));
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
