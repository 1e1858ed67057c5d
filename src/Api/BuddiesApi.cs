using Buddies.Api.Bodies;
using Buddies.Api.Contracts;
using Buddies.Api.Endpoints;
using Buddies.Api.Idempotency;
using Buddies.Api.Live;
using Buddies.Api.Metrics;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Api.Startup;
using Buddies.Api.Tracing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;

namespace Buddies.Api;

/// <summary>The HTTP surface: the same over every runtime that implements <see cref="IRecommender"/>.</summary>
public static class BuddiesApi
{
    /// <summary>Registers everything but the runtime: the host adds an <see cref="IRecommender"/>, and an <see cref="IDoorman"/> and an <see cref="ICrowdStatus"/> if it has them.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">Limits and times.</param>
    /// <returns>The same host.</returns>
    /// <exception cref="StartupRefusedException">An option is out of range, or an address is not loopback and there are no keys.</exception>
    public static WebApplicationBuilder AddBuddiesApi(this WebApplicationBuilder builder, BuddiesApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();

        // A compressed body that is cut must not pass for a shorter one. Read once by the runtime, so set before any is.
        AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);
        builder.AddDoors(options);
        builder.AddTracing();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning); // Its request log would name listeners.

        var services = builder.Services;
        services.AddSingleton(options);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ICrowdStatus, NoCrowd>();
        services.TryAddSingleton<IDoorman, NoDoorman>();
        services.TryAddSingleton<IHomeDesk, NoHomeDesk>();
        services.AddSingleton<IdempotencyKeys>();
        services.AddSingleton<BodyBudget>().AddSingleton<BatchReader>().AddSingleton<LiveStreams>();
        services.AddMetrics().AddSingleton<BuddiesApiMetrics>().AddSingleton<PrometheusScrape>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        services.AddProblems();
        services.AddOpenApi("v1", openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Buddies";
            document.Info.Description = "Listens go in; a taste moves; the buddies around it change; Home follows.";
            return Task.CompletedTask;
        }));
        return builder;
    }

    /// <summary>Maps every endpoint and the web page.</summary>
    /// <param name="app">The host.</param>
    /// <returns>The same host.</returns>
    public static WebApplication MapBuddiesApi(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseBuddies(hasPage: true);
        app.MapEvents();
        app.MapCatalogue();
        app.MapHome();
        app.MapHomeDesk();
        app.MapInsights();
        app.MapLive();
        app.MapBuddies();
        app.MapTaste();
        app.MapListeners();
        app.MapPrivacy();
        app.MapStatus();
        app.MapDoorman();
        app.MapAnomalies();
        app.MapTokens();
        app.MapSession();
        app.MapHealth();
        app.MapMetrics();
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        return app;
    }

    /// <summary>Maps probes and metrics alone, behind the same doors: for a process that others ask.</summary>
    /// <param name="app">The host.</param>
    /// <returns>The same host.</returns>
    public static WebApplication MapBuddiesProbes(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseBuddies(hasPage: false);
        app.MapHealth();
        app.MapMetrics();
        return app;
    }

    private static void UseBuddies(this WebApplication app, bool hasPage)
    {
        app.Services.GetRequiredService<PrometheusScrape>(); // Counts from the start, not from the first scrape.
        app.Services.GetRequiredService<BuddiesApiMetrics>(); // Its zeros are there before the first event.
        app.UseSecurityHeaders();
        app.UseProblems();
        var security = app.Services.GetRequiredService<BuddiesApiOptions>().Security;
        app.UseOuterDoors(security);
        if (hasPage)
        {
            app.UseWebPage();
        }

        app.UseRouting();
        app.UseTracing();
        app.UseInnerDoors(security);
    }

    private static void UseWebPage(this WebApplication app)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (!Directory.Exists(folder))
        {
            return;
        }

        var files = new PhysicalFileProvider(folder);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = static file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
    }
}
