using Buddies.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Serialization;

namespace Buddies.Grains;

/// <summary>Makes a client of the cluster a door to it.</summary>
public static class ClientRegistration
{
    /// <summary>How long between two attempts to find a first silo.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Registers the door. The host adds clustering.</summary>
    /// <param name="client">The client.</param>
    /// <param name="store">The store that the silos share; stays the caller's to dispose, after the client has stopped.</param>
    /// <param name="options">As the silos run.</param>
    /// <returns>The same client.</returns>
    public static IClientBuilder AddBuddies(this IClientBuilder client, IStore store, SiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        client.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedNamespacePrefixes.Add("Buddies"));

        // A client may be started before the first silo serves.
        client.UseConnectionRetryFilter(async (_, cancellationToken) =>
        {
            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
            return true;
        });
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(30));
        var services = client.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<ClientView>();
        services.AddHostedService(provider => provider.GetRequiredService<ClientView>());
        services.AddSingleton(provider => new ClusterDoor(
            provider.GetRequiredService<ClientView>(),
            provider.GetRequiredService<IClusterClient>(),
            store,
            options,
            provider.GetRequiredService<TimeProvider>()));
        return client;
    }
}
