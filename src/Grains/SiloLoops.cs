using Buddies.Engine.Buddies;
using Buddies.Grains.Doorman;
using Buddies.Grains.Freshness;
using Buddies.Grains.Versions;
using Buddies.Grains.World;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains;

/// <summary>Loads the world before the silo joins, catches up once it has, and runs what a silo does by itself.</summary>
internal sealed partial class SiloLoops(SiloWorld world, SiloServices services, SiloNode node, SiloReadiness readiness, FreshnessProbe freshness, ILogger<SiloLoops> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>How long a silo that stops waits for what others have not answered.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);

    /// <summary>Grains go at this stage of a stop, or the one above; what happens at one stage happens at once.</summary>
    private const int BeforeActive = ServiceLifecycleStage.BecomeActive - 1;

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly List<Task> _loops = [];
    private Task _beating = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(SiloLoops), ServiceLifecycleStage.RuntimeServices, LoadAsync, StopWritingAsync);
        lifecycle.Subscribe(nameof(SiloNode), BeforeActive, JoinAsync, static _ => Task.CompletedTask);
        lifecycle.Subscribe(nameof(SiloNode), BeforeActive - 3, static _ => Task.CompletedTask, LeaveAsync);
        lifecycle.Subscribe(nameof(SiloLoops), ServiceLifecycleStage.Active, BeginAsync, EndAsync);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _leaving.Dispose();
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        readiness.Stage = "loading catalogue, model and listeners";
        await world.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>No listener comes to live here before this silo may serve.</summary>
    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        readiness.Stage = "preparing what is served";
        await node.JoinAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        readiness.Stage = "catching up with the log";
        await world.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        _loops.Add(Task.Run(() => RepeatAsync(world.Options.AnnounceInterval, Announce), CancellationToken.None));
        _loops.Add(Task.Run(() => RepeatAsync(world.Options.WatchInterval, WatchAsync), CancellationToken.None));
        _loops.Add(Task.Run(() => RepeatAsync(world.Options.BehindInterval, services.Behind.LookAsync), CancellationToken.None));
        _loops.Add(Task.Run(() => RepeatAsync(world.Options.KeepInterval, services.Log.LookAsync), CancellationToken.None));
        _loops.Add(Task.Run(() => RepeatAsync(world.Options.KeepInterval, () => world.ReconcileAsync(_stopping.Token)), CancellationToken.None));
        if (world.Home is { } home)
        {
            _loops.Add(Task.Run(() => RepeatAsync(home.Options.LearnInterval, home.LookAsync), CancellationToken.None));
            _loops.Add(Task.Run(() => RepeatAsync(world.Options.KeepInterval, services.Eraser.LookAsync), CancellationToken.None));
        }

        if (world.Options.FreshnessInterval > TimeSpan.Zero)
        {
            _loops.Add(Task.Run(() => RepeatAsync(world.Options.FreshnessInterval, () => freshness.ProbeAsync(_stopping.Token)), CancellationToken.None));
        }

        if (world.Options.AuditInterval > TimeSpan.Zero)
        {
            _loops.Add(Task.Run(AuditAsync, CancellationToken.None));
        }

        _beating = Task.Run(() => RepeatAsync(world.Options.DoormanInterval, node.BeatAsync, _leaving.Token), CancellationToken.None);
        readiness.Stage = "serving";
        readiness.IsReady = true;
        LogServing(world.Users.Count, world.Catalogue.PlaylistCount, world.Version.Value);
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        readiness.IsReady = false;
        readiness.Stage = "stopping";
        await _stopping.CancelAsync().ConfigureAwait(false);

        // What this silo's listeners did last, before it is no longer a member.
        await WithinAsync(Task.WhenAll([.. _loops, services.Announcer.FlushAsync()])).ConfigureAwait(false);
    }

    /// <summary>Who waits for a silo that was just lost would wait for as long as the cluster takes to agree on that, and be killed meanwhile.</summary>
    private async Task WithinAsync(Task rounds)
    {
        try
        {
            await rounds.WaitAsync(s_farewell, world.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogNotWaitedFor();
        }
    }

    /// <summary>After the grains have gone: until then their answers rest on what the record says.</summary>
    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await _leaving.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        await node.LeaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>After the grains have gone: each hands its last checkpoint over as it goes, and no page is sent any more.</summary>
    private async Task StopWritingAsync(CancellationToken cancellationToken)
    {
        await services.Checkpoints.DisposeAsync().ConfigureAwait(false);
        await (world.Home?.FinishAsync() ?? Task.CompletedTask).ConfigureAwait(false);
    }

    private Task Announce()
    {
        services.Announcer.Send();
        return Task.CompletedTask;
    }

    private Task WatchAsync()
    {
        world.TellTime();
        return services.Watchers.LookAsync();
    }

    /// <summary>Rests longer, the longer a round takes.</summary>
    private async Task AuditAsync()
    {
        var rest = world.Options.AuditInterval;
        try
        {
            while (true)
            {
                await Task.Delay(rest, world.Time, _stopping.Token).ConfigureAwait(false);
                var start = world.Time.GetTimestamp();
                await TryAsync(() => Task.Run(() => services.Audit.Look(_stopping.Token), _stopping.Token)).ConfigureAwait(false);
                rest = BuddyAuditor.RestAfter(world.Time.GetElapsedTime(start), world.Options.AuditInterval);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private Task RepeatAsync(TimeSpan interval, Func<Task> work) => RepeatAsync(interval, work, _stopping.Token);

    private async Task RepeatAsync(TimeSpan interval, Func<Task> work, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, world.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                await TryAsync(work).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The next round does what this one left.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (e is not OperationCanceledException || !_stopping.IsCancellationRequested)
            {
                services.Metrics.OnFailure();
                LogRoundFailed(e);
            }
        }
    }

    [LoggerMessage(EventId = 4101, Level = LogLevel.Information, Message = "Serving among {Listeners} listeners and {Playlists} playlists with model {Version}")]
    private partial void LogServing(int listeners, int playlists, int version);

    [LoggerMessage(EventId = 4102, Level = LogLevel.Error, Message = "A round failed; the next one goes on")]
    private partial void LogRoundFailed(Exception exception);

    [LoggerMessage(EventId = 4103, Level = LogLevel.Warning, Message = "Another silo did not answer while this one stopped: of some listeners it hears when they move again")]
    private partial void LogNotWaitedFor();
}

/// <summary>How far this silo is.</summary>
public sealed class SiloReadiness
{
    private readonly ServingLease _lease;
    private volatile bool _isStarted;

    internal SiloReadiness(SiloWorld world) => _lease = world.Lease;

    /// <summary>Whether it serves: it has started, and knows what the doorman's record says.</summary>
    public bool IsReady
    {
        get => _isStarted && _lease.IsHeld;
        internal set => _isStarted = value;
    }

    /// <summary>What it is doing, in a few words.</summary>
    public string Stage { get; internal set; } = "starting";
}
