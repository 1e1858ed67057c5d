using System.Diagnostics.Metrics;
using Buddies.Engine.Identifiers;
using Buddies.Grains;
using Buddies.Storage;

namespace Buddies.Silo;

/// <summary>
/// What a silo, or a client of the cluster, shows of itself beside what its listeners do, under the names of the one-process
/// server.
/// </summary>
internal sealed partial class SiloMetrics : BackgroundService
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Buddies.Silo";

    /// <summary>How soon a new version's time of training is known; until then its age is not shown.</summary>
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(15);

    private readonly ClusterDoor _door;
    private readonly IStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<SiloMetrics> _logger;
    private volatile RegisteredModel? _model;

    /// <param name="door">What is shown.</param>
    /// <param name="store">Knows when models were trained.</param>
    /// <param name="isSilo">Whether listeners live here: a client does not show those of a silo, which would be added up twice.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="logger">Where it is said when a model's age is not known.</param>
    public SiloMetrics(ClusterDoor door, IStore store, bool isSilo, TimeProvider time, IMeterFactory meters, ILogger<SiloMetrics> logger)
    {
        (_door, _store, _time, _logger) = (door, store, time, logger);
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("buddies.events.pending", () => door.PendingEvents, "{event}", "Events that wait to become durable.");
        meter.CreateObservableGauge("buddies.listeners", () => door.Status.Listeners, "{listener}", "Listeners with facts.");
        meter.CreateObservableGauge("buddies.anomaly.playlists", () => door.Anomalies.Count, "{playlist}", "Playlists with follows that do not count.");
        meter.CreateObservableGauge("buddies.snapshot.version", () => door.Status.Version.Value, "{version}", "The model version that serves.");
        meter.CreateObservableGauge("buddies.snapshot.age", Age, "s", "Time since the model version that serves was trained.");
        if (isSilo)
        {
            meter.CreateObservableGauge("buddies.listeners.active", () => door.Status.ActiveListeners, "{listener}", "Listeners with a live subscription.");
        }
    }

    /// <summary>The first scrape has the age already.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryFindAsync(_door.Status.Version, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_lookEvery, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (_model?.Version != _door.Status.Version)
            {
                await TryFindAsync(_door.Status.Version, stoppingToken);
            }
        }
    }

    private async Task TryFindAsync(SnapshotVersion version, CancellationToken cancellationToken)
    {
        try
        {
            _model = (await _store.Models.ListAsync(cancellationToken)).FirstOrDefault(model => model.Version == version);
        }
        catch (StoreException e)
        {
            LogUnknown(e.Message); // Looked for again at the next tick; meanwhile the age is absent, which is true.
        }
    }

    private IEnumerable<Measurement<double>> Age() =>
        _model is { } model && model.Version == _door.Status.Version ? [new((_time.GetUtcNow() - model.CreatedAt).TotalSeconds)] : [];

    [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "The age of the model is not known: {Reason}")]
    private partial void LogUnknown(string reason);
}
