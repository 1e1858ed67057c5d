using System.Threading.Channels;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Buddies.Embedded.Doorman;

/// <summary>
/// Owns the doorman's protocol in a process that is its only node, and carries out what it commands: writes the record,
/// prepares and flips versions in the runtime, asks the gates, answers operators.
/// </summary>
/// <remarks>
/// One piece of work at a time, in order. All that must survive is in the store; a process that starts again reads it and
/// goes on. Safe for concurrent use.
/// </remarks>
public sealed partial class LocalDoorman : IAsyncDisposable
{
    /// <summary>How often the store is looked at for what others have registered or promoted.</summary>
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);

    private readonly EmbeddedRuntime _runtime;
    private readonly IStore _store;
    private readonly LocalDoormanOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DoormanProtocol _protocol;
    private readonly DoormanNode _node;
    private readonly Channel<Func<Task>> _inbox = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<long, TaskCompletionSource<DoormanAnswer>> _asked = [];
    private readonly Dictionary<SnapshotVersion, CancellationTokenSource> _preparing = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];
    private readonly List<Task> _background = [];
    private volatile DoormanRecord _record = DoormanRecord.Empty;
    private long _lastRequest;
    private long _committedAt;
    private long _lastFlipTicks;
    private bool _isLeaving;

    /// <summary>Makes the doorman of a runtime that serves.</summary>
    /// <param name="runtime">The runtime; stays the caller's to stop, after this.</param>
    /// <param name="store">Where the record is; stays the caller's.</param>
    /// <param name="options">The gates and the times.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to report; null for nowhere.</param>
    public LocalDoorman(EmbeddedRuntime runtime, IStore store, LocalDoormanOptions options, TimeProvider time, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(options);
        (_runtime, _store, _options, _time, _logger) = (runtime, store, options, time, logger ?? NullLogger.Instance);
        _protocol = new DoormanProtocol(options.Doorman);
        _node = new DoormanNode(new Member(new NodeId("local"), runtime.Generation));
    }

    /// <summary>The record as of the last change that was heard of. Shared.</summary>
    public DoormanRecord Record => _record;

    /// <summary>The version that serves in this process; 0 for none. Shared.</summary>
    public SnapshotVersion Serving => _runtime.Plan.Current?.Number ?? default;

    /// <summary>From the last commit until nobody could get the version before; null before the first. Shared.</summary>
    public TimeSpan? LastFlip => Volatile.Read(ref _lastFlipTicks) is > 0 and var ticks ? new TimeSpan(ticks) : null;

    /// <summary>By version, how many hold it in this process. Shared.</summary>
    public IReadOnlyDictionary<int, int> Readers => _runtime.Plan.All.ToDictionary(version => version.Number.Value, version => version.References);

    /// <summary>Reads the record and begins to follow it.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var record = await _store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false);
        _loops.Add(Task.Run(WorkAsync, CancellationToken.None));
        var started = PostAsync(async () =>
        {
            await HearAsync(new RecordLoaded(Now, record)).ConfigureAwait(false);
            await ObeyAsync(_node.Follow(NodeOrders.Of(_record, _node.Self))).ConfigureAwait(false);
        });
        await started.WaitAsync(cancellationToken).ConfigureAwait(false);
        _recount = RecountAsync(_stopping.Token);
        _loops.Add(Task.Run(BeatAsync, CancellationToken.None));
    }

    /// <summary>Stops following; what is under way is gone on with at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await LeaveAsync().ConfigureAwait(false);
        _inbox.Writer.TryComplete();
        await Task.WhenAll(_loops).ConfigureAwait(false);
        await Task.WhenAll(_background).ConfigureAwait(false);
        await _recount.ConfigureAwait(false);
        foreach (var asked in _asked.Values)
        {
            asked.TrySetException(new RecommenderUnavailableException("The server is shutting down."));
        }

        _stopping.Dispose();
    }

    /// <summary>Asks for something, and waits until it is durable or refused.</summary>
    /// <param name="make">Makes the request from the time and its number.</param>
    /// <param name="cancellationToken">Gives up waiting; what was asked goes on.</param>
    /// <exception cref="RecommenderUnavailableException">The server stops, or its store is out of reach: what was asked may or may not be done.</exception>
    public async Task<DoormanAnswer> AskAsync(Func<DateTimeOffset, long, OperatorInput> make, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(make);
        var answer = new TaskCompletionSource<DoormanAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = PostAsync(async () =>
        {
            var request = ++_lastRequest;
            _asked[request] = answer;
            try
            {
                await RefreshAsync().ConfigureAwait(false); // What was registered a moment ago may be asked for.
                await HearAsync(make(Now, request)).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _ = _asked.Remove(request);
                _ = answer.TrySetException(new RecommenderUnavailableException("The doorman could not do it now; look at its status before asking again.", e));
                throw;
            }
        });
        return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at the store and at the time once; the clock does so every second.</summary>
    internal Task TickAsync() => PostAsync(async () =>
    {
        await RefreshAsync().ConfigureAwait(false);
        await HearAsync(new Ticked(Now)).ConfigureAwait(false);
        WatchEngagement();
        await JudgeCanaryAsync().ConfigureAwait(false);
    });

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Runs a piece of work on the doorman's turn.</summary>
    private Task PostAsync(Func<Task> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isTaken = _inbox.Writer.TryWrite(async () =>
        {
            try
            {
                await work().ConfigureAwait(false);
                done.TrySetResult();
            }
            catch (Exception e)
            {
                done.TrySetException(e);
                throw;
            }
        });
        return isTaken ? done.Task : Task.FromException(new RecommenderUnavailableException("The server is shutting down."));
    }

    /// <summary>Says that this node serves no more, so that whoever trains meanwhile need not wait for it.</summary>
    private async Task LeaveAsync()
    {
        if (_loops.Count == 0)
        {
            return; // It never began.
        }

        try
        {
            await PostAsync(async () =>
            {
                _isLeaving = true;
                await HearAsync(new NodeLeft(Now, _node.Self, "The server stops.")).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Without a store the next start says so: a later start takes the place of this one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e);
        }
    }

    private async Task WorkAsync()
    {
        await foreach (var work in _inbox.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await work().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The current version serves on; the next beat reads the record and goes on from there.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFailed(e);
            }
        }
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(s_beat, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                _ = TickAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>Hears of versions that somebody else has registered, and of what a tool has made current.</summary>
    private async Task RefreshAsync()
    {
        var record = await _store.Doorman.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        if (!record.Equals(_record) || _protocol.IsWriting)
        {
            await HearAsync(new RecordLoaded(Now, record)).ConfigureAwait(false);
            await ObeyAsync(_node.Follow(NodeOrders.Of(record, _node.Self))).ConfigureAwait(false);
        }
    }

    [LoggerMessage(EventId = 2140, Level = LogLevel.Error, Message = "A step of the doorman failed; the current version serves on")]
    private partial void LogFailed(Exception exception);
}
