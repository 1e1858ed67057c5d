using System.Collections.Concurrent;
using Buddies.Api;
using Buddies.Grains.Home;
using Buddies.Grains.Tests.Doorman;
using Buddies.Grains.World;
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
    private Func<string, SiloOptions>? _options;

    public override IRecommender Recommender => Through(0);

    public InProcessTestCluster Cluster => _cluster;

    /// <summary>What the silos run with; set before the start.</summary>
    internal Func<string, SiloOptions> Options
    {
        get => _options ?? Standard;
        set => _options = value;
    }

    public override IHomeDesk Desk => DeskThrough(0);

    /// <summary>Home's desk seen from one of its silos.</summary>
    public IHomeDesk DeskThrough(int silo) => new ClusterHomeDesk(Get<ClusterDoor>(silo));

    /// <summary>How one silo's Home learns.</summary>
    internal SiloHome HomeOf(int silo) => Get<SiloWorld>(silo).Home!;

    public override async Task LearnAsync()
    {
        var homes = Enumerable.Range(0, _cluster.Silos.Count).Select(HomeOf).ToArray();
        await Task.WhenAll(homes.Select(home => home.LearnAsync(long.MaxValue)));
        Assert.All(await Task.WhenAll(homes.Select(home => home.CommitAsync())), Assert.True);
        await Task.WhenAll(homes.Select(home => home.PollAsync(default)));
    }

    public override Task SettleLogsAsync() => Task.WhenAll(Enumerable.Range(0, _cluster.Silos.Count).Select(silo => HomeOf(silo).Log.SettleAsync()));

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

    private SiloOptions Standard(string directory) => new()
    {
        DataDirectory = directory,
        Home = Home,
        BuddyDrift = 0,
        MoveThreshold = 0,
        ServingLease = TimeSpan.FromSeconds(3),
        DoormanInterval = TimeSpan.FromMilliseconds(200),
    };

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
