using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Grains.Placement;
using Buddies.Grains.World;
using Buddies.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Buddies.Grains.Doorman;

/// <summary>
/// Owns the doorman's protocol for all silos and carries out what it commands. All that must survive is in the store: on
/// another silo it begins where the last one fell.
/// </summary>
/// <remarks>One input at a time, by a turn of its own: an operator's question waits for its answer while reports come in.</remarks>
[Reentrant]
internal sealed partial class DoormanGrain : Grain, IDoormanGrain, IDisposable
{
    private readonly IStore _store;
    private readonly SiloOptions _options;
    private readonly SiloMembers _members;
    private readonly TimeProvider _time;
    private readonly GrainMetrics _metrics;
    private readonly ILogger _logger;
    private readonly FlipClock _flip;
    private readonly ClusterEngagement? _engagement;
    private readonly DoormanProtocol _protocol;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<long, TaskCompletionSource<DoormanReply>> _asked = [];
    private readonly Dictionary<NodeId, SiloReport> _reports = [];
    private DoormanRecord _record = DoormanRecord.Empty;
    private long _lastRequest;

    public DoormanGrain(IStore store, SiloOptions options, SiloMembers members, TimeProvider time, GrainMetrics metrics, ILogger<DoormanGrain> logger)
    {
        (_store, _options, _members, _time, _metrics, _logger) = (store, options, members, time, metrics, logger);
        _protocol = new DoormanProtocol(options.Doorman);
        _flip = new FlipClock(time);
        _engagement = options.EngagementWatch is { } how ? new ClusterEngagement(how) : null;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _ = this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(TimeSpan.Zero, _options.DoormanInterval) { Interleave = true, KeepAlive = true });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        foreach (var asked in _asked.Values)
        {
            asked.TrySetException(new RecommenderUnavailableException("The doorman moves to another silo; look at its status before asking again."));
        }

        return Task.CompletedTask;
    }

    public async ValueTask ReportAsync(SiloReport report)
    {
        _reports[report.Node.From.Node] = report;
        _engagement?.Hear(report.Node.From, new SnapshotVersion(report.Current), report.Control);
        try
        {
            await TakeTurnAsync(() => HearAsync(new NodeReported(Now, report.Node)));
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The doorman's record cannot be reached: {e.Message}");
        }
    }

    public async ValueTask<DoormanReply> AskAsync(DoormanQuestion question)
    {
        var answer = new TaskCompletionSource<DoormanReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = ++_lastRequest;
        _asked[request] = answer;
        try
        {
            await TakeTurnAsync(async () =>
            {
                await RefreshAsync(); // What was registered a moment ago may be asked for.
                await HearAsync(Make(question, request));
            });
        }
        catch (StoreException e)
        {
            _ = _asked.Remove(request);
            throw new RecommenderUnavailableException($"The doorman could not do it now; look at its status before asking again: {e.Message}");
        }

        return await answer.Task;
    }

    public ValueTask<DoormanSight> LookAsync() => new(new DoormanSight(SeeCanary(), _flip.Last, _flip.First) { Readers = CountReaders() });

    public void Dispose() => _turn.Dispose();

    private DateTimeOffset Now => _time.GetUtcNow();

    private OperatorInput Make(DoormanQuestion question, long request)
    {
        var version = new SnapshotVersion(question.Version);
        var (at, who, why) = (Now, question.Who, question.Why);
        return question.Action switch
        {
            DoormanAction.Validate => new ValidateRequested(at, request, who, why, version) { LowerAccepted = question.AcceptLowerRecall },
            DoormanAction.Canary => new RolloutRequested(at, request, who, why, version, RolloutGoal.Canary, question.Percent),
            DoormanAction.Promote => new RolloutRequested(at, request, who, why, version, RolloutGoal.Current),
            DoormanAction.Reject => new RejectRequested(at, request, who, why, version),
            _ => new RollbackRequested(at, request, who, why, question.Version == 0 ? null : version),
        };
    }

    /// <summary>Looks at the store, at who is still a member, and at the time.</summary>
    private async Task TickAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TakeTurnAsync(async () =>
            {
                await RefreshAsync();
                await FindGoneAsync();
                await EndFencesAsync();
                await HearAsync(new Ticked(Now));
                await JudgeCanaryAsync();
                CountFlip();
                WatchEngagement();
            });
        }
        catch (StoreException e)
        {
            // The current version serves on. From another silo the store may be in reach: the next report brings the grain back.
            LogNotReached(e.Message);
            DeactivateOnIdle();
        }
    }

    /// <summary>Hears of versions that somebody else has registered, of silos that have joined or left, and of what a tool has asked for.</summary>
    private async Task RefreshAsync()
    {
        var record = await _store.Doorman.ReadAsync(CancellationToken.None);
        if (!record.Equals(_record) || _protocol.IsWriting || _protocol.Record is null)
        {
            await HearAsync(new RecordLoaded(Now, record));
        }
    }

    private async Task TakeTurnAsync(Func<Task> work)
    {
        await _turn.WaitAsync();
        try
        {
            if (_protocol.Record is null)
            {
                await HearAsync(new RecordLoaded(Now, await _store.Doorman.ReadAsync(CancellationToken.None)));
            }

            await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    [LoggerMessage(EventId = 4301, Level = LogLevel.Warning, Message = "The doorman's record cannot be reached: {Reason}")]
    private partial void LogNotReached(string reason);
}
