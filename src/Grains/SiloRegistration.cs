using System.Diagnostics.Metrics;
using Buddies.Grains.Doorman;
using Buddies.Grains.Freshness;
using Buddies.Grains.Home;
using Buddies.Grains.Listeners;
using Buddies.Grains.Placement;
using Buddies.Grains.Versions;
using Buddies.Grains.World;
using Buddies.Storage;
using Buddies.Storage.Home;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization;

namespace Buddies.Grains;

/// <summary>Makes a silo one of Buddies.</summary>
public static class SiloRegistration
{
    /// <summary>Registers grains, placement and world. The host adds clustering.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="store">The store that all silos share; stays the caller's to dispose, after the silo has stopped.</param>
    /// <param name="options">How to run.</param>
    /// <returns>The same silo.</returns>
    public static ISiloBuilder AddBuddies(this ISiloBuilder silo, IStore store, SiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        silo.AddPlacementDirector<ListenerPlacement, ListenerPlacementDirector>();
        silo.AddPlacementDirector<DoorPlacement, DoorPlacementDirector>();
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = options.IdleTime);
        silo.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedNamespacePrefixes.Add("Buddies"));

        var services = silo.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(store).AddSingleton(options);
        services.AddSingleton(provider => new SiloWorld(
            store,
            options,
            provider.GetRequiredService<TimeProvider>(),
            options.Home is null ? null : new HomeMetrics(provider.GetRequiredService<IMeterFactory>().Create(GrainMetrics.MeterName)),
            provider.GetRequiredService<ILogger<SiloHome>>()));
        services.AddSingleton(provider => new SiloReadiness(provider.GetRequiredService<SiloWorld>()));
        services.AddSingleton<SiloMembers>().AddSingleton<SiloNode>();
        services.AddMetrics().AddSingleton<GrainMetrics>().AddSingleton<ListenerFailures>();
        services.AddSingleton<CheckpointWriter>().AddSingleton<SiloAudit>();
        services.AddSingleton<Announcer>().AddSingleton<KnownTracksCache>().AddSingleton<Watchers>().AddSingleton<BehindKeeper>().AddSingleton<LogKeeper>().AddSingleton<Herald>().AddSingleton<HomeEraser>();
        services.AddSingleton<SiloServices>();
        services.AddSingleton<SiloLoops>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SiloLoops>());
        services.AddSingleton<FreshnessProbe>();
        services.AddSingleton<SiloView>();
        services.AddSingleton(provider => new ClusterDoor(
            provider.GetRequiredService<SiloView>(),
            provider.GetRequiredService<IGrainFactory>(),
            store,
            options,
            provider.GetRequiredService<TimeProvider>()));
        return silo;
    }
}
