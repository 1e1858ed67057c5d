using Buddies.Storage;
using Npgsql;
using Orleans.Configuration;

namespace Buddies.Silo;

/// <summary>How a silo joins.</summary>
internal static class Clustering
{
    /// <summary>The name of the cluster; one store serves one.</summary>
    public const string ClusterId = "buddies";

    /// <summary>What Orleans calls Npgsql.</summary>
    private const string Invariant = "Npgsql";

    private const string LongestProbe = "MaxProbeTimeout";

    /// <summary>Adds the way to the others.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">Ports and address.</param>
    /// <param name="membership">Where the silos meet; null for a silo alone.</param>
    public static void AddClustering(this ISiloBuilder silo, ClusterOptions options, string? membership)
    {
        if (membership is null)
        {
            silo.UseLocalhostClustering(options.SiloPort, options.GatewayPort, serviceId: ClusterId, clusterId: ClusterId);
            return;
        }

        System.Data.Common.DbProviderFactories.RegisterFactory(Invariant, NpgsqlFactory.Instance);
        silo.Configure<Orleans.Configuration.ClusterOptions>(Name);
        silo.ConfigureEndpoints(options.Address, options.SiloPort, options.GatewayPort);
        silo.UseAdoNetClustering(adoNet => (adoNet.Invariant, adoNet.ConnectionString) = (Invariant, membership));

        // A silo that was killed is found out within a few seconds; while it is not, calls to its listeners fail.
        silo.Configure<ClusterMembershipOptions>(members =>
        {
            members.ProbeTimeout = TimeSpan.FromSeconds(2);
            members.NumMissedProbesLimit = 3;
            members.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);

            // One that joins has to reach all members; those who have not written for this long times three it passes over.
            // After the loss of all silos at once the first one waits so long.
            members.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            members.NumMissedTableIAmAliveLimit = 3;
        });

        // Nobody votes against a silo that was heard within three times this: where the network is cut and no connection ends, that
        // is how long it takes. By its name, for not every 10.x has it.
        silo.Services.AddOptions<ClusterMembershipOptions>().Bind(new ConfigurationBuilder()
            .AddInMemoryCollection([new(LongestProbe, TimeSpan.FromSeconds(3).ToString())]).Build());
    }

    /// <summary>Adds the way to the silos.</summary>
    /// <param name="client">A client, which is no member.</param>
    /// <param name="membership">Where the silos meet.</param>
    public static void AddClustering(this IClientBuilder client, string membership)
    {
        System.Data.Common.DbProviderFactories.RegisterFactory(Invariant, NpgsqlFactory.Instance);
        client.Configure<Orleans.Configuration.ClusterOptions>(Name);
        client.UseAdoNetClustering(adoNet => (adoNet.Invariant, adoNet.ConnectionString) = (Invariant, membership));

        // A silo that was killed stays among the gateways until the table says otherwise.
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
    }

    /// <summary>The right to serve: alone, or with the other silos.</summary>
    public static async Task<IAsyncDisposable?> TakeServingAsync(this IStore store, bool isClustered, CancellationToken cancellationToken) =>
        isClustered ? await store.ShareServingAsync(cancellationToken) : await store.TakeServingAsync(cancellationToken);

    private static void Name(Orleans.Configuration.ClusterOptions cluster) => (cluster.ClusterId, cluster.ServiceId) = (ClusterId, ClusterId);
}
