namespace Buddies.Api.Startup;

/// <summary>The one place that chooses the runtime behind <see cref="IRecommender"/>.</summary>
public static class RecommenderRegistration
{
    /// <summary>Registers the runtime of the one-process server, which opens its data after the first request can be answered.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Where the data lies, and how large the simulated crowd is.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddRecommender(this IServiceCollection services, BuddiesApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton<EmbeddedRecommender>();
        services.AddSingleton<IRecommender>(provider => provider.GetRequiredService<EmbeddedRecommender>());
        services.AddSingleton<EmbeddedDoorman>();
        services.AddSingleton<IDoorman>(provider => provider.GetRequiredService<EmbeddedDoorman>());
        services.AddSingleton<IHomeDesk, EmbeddedHomeDesk>();
        services.AddSingleton<Crowd>();
        services.AddSingleton<ICrowdStatus>(provider => provider.GetRequiredService<Crowd>());
        services.AddHostedService<ServerStart>();
        return services;
    }
}
