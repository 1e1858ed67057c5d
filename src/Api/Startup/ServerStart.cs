using System.Diagnostics.Metrics;
using Buddies.Embedded;
using Buddies.Embedded.Doorman;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Training;

namespace Buddies.Api.Startup;

/// <summary>
/// Opens the data directory behind a server that already answers its probes; makes a small world in an empty one; and at
/// the end closes everything in the order that loses nothing. A data directory that cannot be served stops the host.
/// </summary>
internal sealed partial class ServerStart(
    EmbeddedRecommender recommender,
    EmbeddedDoorman doormanPort,
    Crowd crowd,
    BuddiesApiOptions options,
    TimeProvider time,
    IMeterFactory meters,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggers) : IHostedService, IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("Buddies.Server");
    private readonly CancellationTokenSource _stopping = new();
    private Task _starting = Task.CompletedTask;
    private IStore? _store;
    private IAsyncDisposable? _serving;
    private EmbeddedRuntime? _runtime;
    private LocalDoorman? _doorman;
    private Retraining? _retraining;
    private ErasureDeadline? _erasures;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _starting = Task.Run(OpenAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _starting;
        await crowd.StopAsync();
        if (_retraining is not null)
        {
            await _retraining.DisposeAsync();
        }

        if (_erasures is not null)
        {
            await _erasures.DisposeAsync();
        }

        if (_doorman is not null)
        {
            await _doorman.DisposeAsync();
        }

        if (_runtime is not null)
        {
            await _runtime.DisposeAsync();
        }

        if (_serving is not null)
        {
            await _serving.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async Task OpenAsync()
    {
        try
        {
            recommender.Stage = "opening the store";
            _store = await options.ChooseStore().OpenAsync(time, _stopping.Token);
            _serving = await _store.TakeServingAsync(_stopping.Token);
            var world = await FirstWorld.MakeIfEmptyAsync(_store, options.DataDirectory, time, Report, _stopping.Token);
            var metrics = new EmbeddedMetrics(meters);
            var runtime = new EmbeddedRuntime(
                _store,
                new EmbeddedOptions
                {
                    DataDirectory = options.DataDirectory,
                    FreshnessInterval = options.FreshnessInterval,
                    Retention = options.RetentionDays > 0 ? TimeSpan.FromDays(options.RetentionDays) : null,
                    ShelfModels = options.ShelfModels,
                    Home = new HomeOptions { Experiments = StoredExperiments.Read(options.DataDirectory) },
                },
                time,
                metrics,
                loggers.CreateLogger<EmbeddedRuntime>());
            _runtime = runtime;
            recommender.Runtime = runtime;
            await runtime.StartAsync(_stopping.Token);
            await StartDoormanAsync(runtime, _store);
            await crowd.StartAsync(runtime, world);
            LogReady(options.Store, options.DataDirectory);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The host was told to stop before it had started; there is nothing to report.
        }
#pragma warning disable CA1031 // Whatever it is, this server cannot serve; say so and stop with a failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            recommender.Stage = "failed to start";
            LogFailed(e.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task StartDoormanAsync(EmbeddedRuntime runtime, IStore store)
    {
        var gates = new ServerGates(store, options.DataDirectory);
        var doorman = new LocalDoorman(
            runtime, store, new LocalDoormanOptions { Gates = gates.JudgeAsync, EngagementFell = OnEngagementFell }, time, loggers.CreateLogger<LocalDoorman>());
        _doorman = doorman;
        await doorman.StartAsync(_stopping.Token);
        doormanPort.Open(doorman, store);
        recommender.HasDoorman = true;
        if (options.ErasureDays > 0)
        {
            _erasures = new ErasureDeadline(
                store, SnapshotFolders.In(options.DataDirectory), TimeSpan.FromDays(options.ErasureDays), meters, time, loggers.CreateLogger<ErasureDeadline>());
            await _erasures.StartAsync(_stopping.Token);
        }

        if (options.RetrainEvery > TimeSpan.Zero)
        {
            _retraining = new Retraining(doormanPort, options, time, loggers.CreateLogger<Retraining>());
            _retraining.Start();
        }
    }

    private void OnEngagementFell(SnapshotVersion version)
    {
        if (_retraining is null)
        {
            LogTrainAgain(version.Value);
        }
        else
        {
            _retraining.Request();
        }
    }

    private void Report(string stage)
    {
        recommender.Stage = stage;
        LogStage(stage);
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "{Stage}")]
    private partial void LogStage(string stage);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Information, Message = "Ready; the store is {Store}, the data directory {Directory}")]
    private partial void LogReady(string store, string directory);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "Engagement with version {Version} has fallen, and nothing trains in the background (--retrain): train again")]
    private partial void LogTrainAgain(int version);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Critical, Message = "Cannot serve: {Reason}")]
    private partial void LogFailed(string reason);
}
