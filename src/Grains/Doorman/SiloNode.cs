using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Grains.Placement;
using Buddies.Grains.World;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.Doorman;

/// <summary>
/// A silo's side of the doorman's protocol: prepares, acknowledges and flips versions as the record says, whoever brings its
/// word, and stops answering when nobody brings it any more.
/// </summary>
/// <remarks>One step at a time. Safe for concurrent use.</remarks>
internal sealed partial class SiloNode : IDisposable
{
    private readonly SiloWorld _world;
    private readonly SiloMembers _members;
    private readonly IClusterMembershipService _membership;
    private readonly IGrainFactory _grains;
    private readonly GrainMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lazy<DoormanNode> _node;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<SnapshotVersion, CancellationTokenSource> _preparing = [];
    private readonly CancellationTokenSource _stopping = new();
    private volatile NodeReport? _report;
    private volatile Reading? _last;
    private volatile Flip? _flip;
    private TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _mayReport;

    public SiloNode(SiloWorld world, SiloMembers members, IClusterMembershipService membership, IGrainFactory grains, GrainMetrics metrics, ILogger<SiloNode> logger)
    {
        (_world, _members, _membership, _grains, _metrics, _logger) = (world, members, membership, grains, metrics, logger);
        _node = new Lazy<DoormanNode>(() => new DoormanNode(SiloMember.Of(_members.Self)));
    }

    /// <summary>This start of this silo.</summary>
    public Member Self => _node.Value.Self;

    /// <summary>The last exchange of versions; null before the first. Shared.</summary>
    public Flip? LastFlip => _flip;

    /// <summary>Prepares what is served and has this silo admitted; called before it becomes a member of the cluster.</summary>
    /// <exception cref="SnapshotException">This silo cannot prepare what is served.</exception>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var at = _world.Time.GetTimestamp();
            var record = await _world.Store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false);
            var prepared = _prepared.Task;
            await FollowAsync(record, at).ConfigureAwait(false);
            var report = _report!;
            if (record.Served().Any(version => report.Refusals.Any(refusal => refusal.Version == version)))
            {
                throw new SnapshotException(string.Join(' ', report.Refusals.SelectMany(refusal => refusal.Reasons)));
            }

            if (record.Nodes.Contains(Self))
            {
                DropUnknown(record);
                return;
            }

            if (record.Served().Any(version => !report.Prepared.Contains(version)))
            {
                await prepared.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            // Whatever came of it, the record says: the next round follows it.
            _ = await new ShortOwner(_world.Store, _world.Time).AdmitAsync(record, report, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the record, follows it, and says what this silo has; again and again once it is a member.</summary>
    public async Task BeatAsync()
    {
        _mayReport = true;
        var at = _world.Time.GetTimestamp();
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            patience.CancelAfter(_world.Options.ServingLease / 3);
            var record = await _world.Store.Doorman.ReadAsync(patience.Token).ConfigureAwait(false);
            await FollowAsync(record, at).ConfigureAwait(false);
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            LogNotRead(e.Message);
            await AskOthersAsync().ConfigureAwait(false);
        }

        // Not awaited: where the doorman's silo was lost its answer takes long, and this silo's right to answer must not wait for it.
        Keep(ReportAsync());
    }

    /// <summary>Follows orders, whoever brings them; older ones than those that it follows change nothing.</summary>
    public Task FollowAsync(NodeOrders orders) => TakeTurnAsync(node => node.Follow(orders));

    /// <summary>Stops serving on the word of any record older than an epoch.</summary>
    public Task FenceAsync(Member shutOut, long epoch) => shutOut == Self ? TakeTurnAsync(node => node.Fence(epoch)) : Task.CompletedTask;

    /// <summary>Says that this silo serves nothing any more; the last that it does.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _world.Lease.Set(false);
        try
        {
            await new ShortOwner(_world.Store, _world.Time).LeaveAsync(Self, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The doorman finds out by itself: the silo is no member any more.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotLeft(e.Message);
        }
    }

    /// <summary>What this silo knows of the record, for another one that cannot read it.</summary>
    public RecordWord WordFor(Member asking)
    {
        var last = _last;
        var age = last is null ? TimeSpan.MaxValue : _world.Time.GetElapsedTime(last.At);
        return new RecordWord(age < _world.Options.ServingLease / 2, age, last is null ? null : NodeOrders.Of(last.Record, asking));
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _turn.Dispose();
    }

    /// <summary>First the versions, then the right to answer by them.</summary>
    private async Task FollowAsync(DoormanRecord record, long at)
    {
        NoteLosses(_last?.Record, record);
        _last = new Reading(record, at);
        await FollowAsync(NodeOrders.Of(record, Self)).ConfigureAwait(false);
        if (record.Nodes.Contains(Self))
        {
            _world.Lease.Renew(at);
        }
    }

    /// <summary>What was loaded at the start and is no longer served, the protocol has never heard of.</summary>
    private void DropUnknown(DoormanRecord record)
    {
        foreach (var version in _world.Plan.Waiting.Where(version => !record.Kept().Contains(version.Number)))
        {
            _world.Drop(version.Number);
        }
    }

    /// <summary>
    /// This silo cannot read the record. Another that can tells it what it says. Where all answer that they cannot either,
    /// nobody can have changed it, and this silo serves on; where one does not answer, it may have.
    /// </summary>
    private async Task AskOthersAsync()
    {
        // Not from when this silo began to read: where packets are lost a reading takes seconds to fail, and the lease would be over.
        var at = _world.Time.GetTimestamp();
        var words = await Task.WhenAll(_members.Others.Select(AskAsync)).ConfigureAwait(false);
        var best = words.Where(word => word is { HasStore: true, Orders: not null }).MinBy(word => word!.Age);
        if (best is not null)
        {
            await FollowAsync(best.Orders!).ConfigureAwait(false);
            if (best.Orders!.IsAdmitted)
            {
                _world.Lease.Renew(at - (long)(best.Age.TotalSeconds * _world.Time.TimestampFrequency));
            }
        }
        else if (Array.TrueForAll(words, word => word is not null)) // True of a silo alone too.
        {
            _world.Lease.Renew(at);
        }
    }

    private async Task<RecordWord?> AskAsync(SiloAddress silo)
    {
        try
        {
            return await _grains.GetGrain<ISiloDoor>(silo.ToParsableString()).RecordAsync(Self).AsTask()
                .WaitAsync(_world.Options.ServingLease / 3, _world.Time, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailures.IsPassing(e))
        {
            return null;
        }
    }

    private async Task ReportAsync()
    {
        if (!_mayReport || _report is not { } report || _stopping.IsCancellationRequested)
        {
            return;
        }

        var plan = _world.Plan;
        try
        {
            await _grains.GetGrain<IDoormanGrain>(0).ReportAsync(new SiloReport(
                report,
                plan.Canary?.Number.Value ?? 0,
                plan.CanaryPercent,
                plan.Current?.Engagement.Counts ?? default,
                plan.Canary?.Engagement.Counts ?? default) { Current = plan.Current?.Number.Value ?? 0, Readers = _world.Readers }).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailures.IsPassing(e))
        {
            LogNotReported(e.Message);
        }
    }

    /// <summary>When this silo last exchanged versions.</summary>
    /// <param name="Current">What it serves since.</param>
    /// <param name="At">A timestamp of the time provider.</param>
    internal sealed record Flip(SnapshotVersion Current, long At);

    private sealed record Reading(DoormanRecord Record, long At);

    [LoggerMessage(EventId = 4201, Level = LogLevel.Warning, Message = "The doorman's record cannot be read: {Reason}")]
    private partial void LogNotRead(string reason);

    [LoggerMessage(EventId = 4202, Level = LogLevel.Warning, Message = "The doorman did not hear this silo's report: {Reason}")]
    private partial void LogNotReported(string reason);

    [LoggerMessage(EventId = 4203, Level = LogLevel.Warning, Message = "It could not be written that this silo has left: {Reason}")]
    private partial void LogNotLeft(string reason);
}
