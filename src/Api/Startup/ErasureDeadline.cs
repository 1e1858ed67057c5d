using System.Diagnostics.Metrics;
using Buddies.Storage;
using Buddies.Storage.Doorman;

namespace Buddies.Api.Startup;

/// <summary>Sees to it that no snapshot keeps the vector of an erased listener for longer than is promised, or says which one does.</summary>
internal sealed partial class ErasureDeadline : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SnapshotCollector _collector;
    private readonly TimeSpan _within;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private int _overdue;
    private Task _work = Task.CompletedTask;

    /// <param name="store">Who was erased, and the doorman's record.</param>
    /// <param name="snapshotsFolder">The folder of all snapshots.</param>
    /// <param name="within">What is promised.</param>
    /// <param name="meters">Makes the meter that says how many are overdue.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is said.</param>
    public ErasureDeadline(IStore store, string snapshotsFolder, TimeSpan within, IMeterFactory meters, TimeProvider time, ILogger<ErasureDeadline> logger)
    {
        (_within, _time, _logger) = (within, time, logger);
        _collector = new SnapshotCollector(store, snapshotsFolder, time);
        _ = meters.Create(Metrics.BuddiesApiMetrics.MeterName).CreateObservableGauge(
            "buddies.erasure.overdue", () => Volatile.Read(ref _overdue), "{snapshot}", "Snapshots that hold an erased listener for longer than is promised.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _work = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _work;
    }

    /// <summary>One round.</summary>
    public async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            var done = await _collector.CollectErasedAsync(_within, "erasure", cancellationToken);
            Volatile.Write(ref _overdue, done.Left.Count);
            foreach (var version in done.Removed)
            {
                LogRemoved(version.Value);
            }

            foreach (var version in done.Left)
            {
                LogOverdue(version.Value, _within);
            }
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            LogFailed(e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(s_interval, _time);
        try
        {
            do
            {
                await RoundAsync(_stopping.Token);
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    [LoggerMessage(EventId = 3030, Level = LogLevel.Information, Message = "The files of version {Version} are removed: they held a listener who was erased")]
    private partial void LogRemoved(int version);

    [LoggerMessage(EventId = 3031, Level = LogLevel.Warning, Message = "Version {Version} holds a listener who was erased more than {Promised} ago, and it serves or is read: train and promote a new one")]
    private partial void LogOverdue(int version, TimeSpan promised);

    [LoggerMessage(EventId = 3032, Level = LogLevel.Warning, Message = "Erased listeners could not be looked for in the snapshots, and will be again: {Reason}")]
    private partial void LogFailed(string reason);
}
