using Buddies.Api;
using Buddies.Api.Startup;
using Buddies.Api.Tracing;
using Buddies.Engine.Doorman;
using Buddies.Engine.Home;
using Buddies.Grains;
using Buddies.Silo;
using Buddies.Storage;
using Buddies.Storage.Postgres;
using Buddies.Training;

try
{
    var (cluster, rest) = ClusterOptions.Parse(args);
    var commandLine = CommandLine.Parse(rest);
    if (commandLine.Answer is { } answer)
    {
        Console.WriteLine(ClusterOptions.Usage);
        return answer.Print();
    }

    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = commandLine.Settings,
        ContentRootPath = AppContext.BaseDirectory,
    });
    var options = BuddiesApiOptions.From(builder.Configuration);
    if (options.RetrainEvery > TimeSpan.Zero)
    {
        throw new StartupRefusedException(
            "--retrain: silos do not train. Let a scheduler run: buddies train --no-promote --store postgres, then ask the doorman by HTTP (docs/cluster.md, Training).");
    }

    var isSilo = cluster.Role != ClusterRole.Api;
    await using var files = cluster.IsClustered ? null : DataDirectoryLock.Take(options.DataDirectory);
    await using var store = await options.ChooseStore().OpenAsync(TimeProvider.System, default);

    // Before this silo counts among those who serve: it sees whether anybody does.
    var membership = cluster.IsClustered
        ? await MembershipTables.CreateAsync(options.Connection!, new PostgresStoreOptions().Schema, isSilo, default)
        : null;
    await using var serving = isSilo ? await store.TakeServingAsync(cluster.IsClustered, default) : null;
    if (!cluster.IsClustered)
    {
        _ = await FirstWorld.MakeIfEmptyAsync(store, options.DataDirectory, TimeProvider.System, Console.Error.WriteLine, default);
    }

    builder.AddBuddiesApi(options);

    // First HTTP, then the silo: its listeners save what they have. The grace of whoever ends the process has to be longer.
    builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(45));
    var run = new SiloOptions
    {
        DataDirectory = options.DataDirectory,
        FreshnessInterval = options.FreshnessInterval,
        ShelfModels = options.ShelfModels,
        Home = new HomeOptions { Experiments = StoredExperiments.Read(options.DataDirectory) },
        Doorman = new DoormanOptions { PrepareTimeout = cluster.PrepareTimeout },
        Retention = options.RetentionDays > 0 ? TimeSpan.FromDays(options.RetentionDays) : null,
    };
    builder.Services.AddSingleton<IRecommender, ClusterRecommender>();
    builder.Services.AddSingleton<IHomeDesk, ClusterHomeDesk>();
    builder.Services.AddSingleton<IDoorman>(services => new ClusterDoorman(
        services.GetRequiredService<ClusterDoor>(), store, options.DataDirectory, run.CanaryRules!, TimeProvider.System));
    if (isSilo)
    {
        builder.Host.UseOrleans(silo =>
        {
            silo.AddClustering(cluster, membership);
            silo.AddBuddies(store, run);
            if (builder.IsTracing())
            {
                silo.AddActivityPropagation();
            }
        });
    }
    else
    {
        builder.Host.UseOrleansClient(client =>
        {
            client.AddClustering(membership!);
            client.AddBuddies(store, run);
            if (builder.IsTracing())
            {
                client.AddActivityPropagation();
            }
        });
    }

    // After the silo, or the first look at one: it starts when the model is loaded.
    builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<SiloMetrics>(services, store, isSilo));
    if (isSilo && options.ErasureDays > 0)
    {
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ErasureDeadline>(
            services, store, SnapshotFolders.In(options.DataDirectory), TimeSpan.FromDays(options.ErasureDays)));
    }

    var app = builder.Build();
    if (cluster.Role == ClusterRole.Silo)
    {
        app.MapBuddiesProbes();
    }
    else
    {
        app.MapBuddiesApi();
    }

    await app.RunAsync();
    return Environment.ExitCode;
}
catch (StartupRefusedException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 2;
}
catch (Exception failure) when (failure is IOException or StoreException or InvalidOperationException or InvalidDataException or FormatException)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
