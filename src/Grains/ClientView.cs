using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains;

/// <summary>The cluster from a client of it, which has no silo of its own: looked at once a second.</summary>
internal sealed partial class ClientView(IGrainFactory grains, SiloOptions options, TimeProvider time, ILogger<ClientView> logger) : BackgroundService, IClusterView
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private volatile IReadOnlyList<SiloAddress> _active = [];
    private volatile Seen? _seen;

    public IReadOnlyList<SiloAddress> Active => _active;

    public SiloAddress? Nearest => _seen?.Silo;

    public ServingStatus Status => _seen is not { } seen ? Unready("looking for a silo")
        : time.GetElapsedTime(seen.At) > options.ServingLease ? Unready("no silo answers")
        : seen.Sight.Status;

    public bool IsReady => Status.Ready;

    public string Stage => Status.Stage;

    public IReadOnlyList<FollowAnomaly> Anomalies =>
        [.. (_seen?.Sight.Uncounted ?? []).OrderByDescending(pair => pair.Value).Select(pair => new FollowAnomaly(new PlaylistId(pair.Key), pair.Value))];

    public IReadOnlyList<HealthPart> Health => [IsReady ? new("recommender", true, $"{_active.Count} silos") : new("recommender", false, Stage)];

    /// <summary>The first look is over before requests come.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync().ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.DoormanInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            await LookAsync().ConfigureAwait(false);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).WaitAsync(s_patience, time).ConfigureAwait(false);
            _active = [.. hosts.Keys];
        }
        catch (Exception e) when (ClusterFailures.IsPassing(e))
        {
            LogUnknown(e.Message); // Those of a second ago are most likely those of now.
        }

        // The one that answered last; then the others.
        foreach (var silo in _active.OrderByDescending(silo => silo.Equals(_seen?.Silo)))
        {
            try
            {
                var at = time.GetTimestamp();
                var sight = await grains.GetGrain<ISiloDoor>(silo.ToParsableString()).LookAsync().AsTask().WaitAsync(s_patience, time).ConfigureAwait(false);
                _seen = new Seen(silo, sight, at);
                if (sight.Status.Ready)
                {
                    return;
                }
            }
            catch (Exception e) when (ClusterFailures.IsPassing(e))
            {
                LogSilent(silo, e.Message);
            }
        }
    }

    private static ServingStatus Unready(string stage) => new(false, stage, default, 0, 0, 0, 0, 0);

    private sealed record Seen(SiloAddress Silo, SiloSight Sight, long At);

    [LoggerMessage(EventId = 4301, Level = LogLevel.Warning, Message = "Who is in the cluster could not be learnt: {Reason}")]
    private partial void LogUnknown(string reason);

    [LoggerMessage(EventId = 4302, Level = LogLevel.Warning, Message = "Silo {Silo} does not answer: {Reason}")]
    private partial void LogSilent(SiloAddress silo, string reason);
}
