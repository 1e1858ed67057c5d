using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Storage.Home;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.Home;

/// <summary>
/// How Home explores and learns on one silo. Pages wait here for their rewards, as long as a listener's grain may have gone to
/// sleep; what comes of them is summed up, and committed now and then to what all silos have learned together
/// (<see cref="CommitAsync"/>). All silos draw from that alone, so one version number means the same on all of them.
/// </summary>
internal sealed partial class SiloHome : HomeRecords, IDisposable
{
    /// <summary>Listeners of one shard wait for each other, for microseconds.</summary>
    private const int Shards = 16;

    private readonly (Lock Gate, RewardJoin Join)[] _joins = new (Lock, RewardJoin)[Shards];
    private readonly IStore _store;
    private readonly SiloFolder _folder;
    private readonly ILogger _logger;
    private readonly PolicyLearner _nothing;
    private Task _logging = Task.CompletedTask;
    private long _savedAt;

    public SiloHome(IStore store, SiloOptions options, SiloFolder folder, MusicCatalogue catalogue, TimeProvider time, HomeMetrics metrics, ILogger logger)
        : base(options.Home!, catalogue, folder.Impressions, folder.Experiments, time, metrics, reason => LogWriteFailed(logger, reason))
    {
        (_store, _folder, _logger, _nothing, _catalogue) = (store, folder, logger, new PolicyLearner(options.Weights), catalogue);
        _weights = options.Weights;
        _learned = new Learned(_nothing.CurrentState(), 0);
        _summed = _nothing.Branch();
        Choices = new ListenerChoices(store.Settings);
        for (var i = 0; i < Shards; i++)
        {
            _joins[i] = (new Lock(), new RewardJoin(Options.RewardWindow, Math.Max(1, Options.WaitingPages / Shards)));
        }
    }

    /// <summary>What listeners have chosen.</summary>
    public ListenerChoices Choices { get; }

    /// <summary>The name of the folder that this silo logs to.</summary>
    public string Folder => _folder.Name;

    /// <summary>The present, Unix milliseconds.</summary>
    public long Now => NowMs;

    public override PolicyState State => _learned.State;

    /// <summary>Pages that all silos have learned from.</summary>
    public long Pages => _learned.Pages;

    /// <summary>A page has left for its client.</summary>
    public void OnSent(SentPage? sent)
    {
        if (sent is null || sent.IsLogged)
        {
            return;
        }

        var shown = WithoutErased(sent.Shown);
        sent.OnLogged(shown.Pack());
        var (gate, join) = JoinOf(shown.User);
        lock (gate)
        {
            join.OnShown(sent.Shown);
        }

        OnShown(shown);
    }

    /// <summary>An event of a listener of this silo was applied.</summary>
    /// <param name="event">The event.</param>
    /// <param name="playlist">The playlist that it names; null for none.</param>
    /// <param name="atMs">From <see cref="HomeRecords.TimeOf"/>.</param>
    public void OnEvent(in UserEvent @event, PlaylistIndex? playlist, long atMs)
    {
        var tracks = playlist is { } known ? _catalogue.Describe(known)?.Ascending.Length ?? 0 : 0;
        var (gate, join) = JoinOf(@event.User);
        lock (gate)
        {
            OnEvent(@event, playlist, tracks, atMs, join);
        }
    }

    /// <summary>A page that waits; null for none of that number.</summary>
    public ShownPage? Find(UserId user, long sequence)
    {
        var (gate, join) = JoinOf(user);
        lock (gate)
        {
            return join.Find(user, sequence);
        }
    }

    /// <summary>What was shown to one who was erased teaches nothing.</summary>
    public void Forget(UserId user)
    {
        var (gate, join) = JoinOf(user);
        lock (gate)
        {
            join.Forget(user);
        }

        Insights.Forget(user);
    }

    /// <summary>Takes up what the cluster has learned, before this silo serves. The catalogue is loaded before.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await PollAsync(cancellationToken).ConfigureAwait(false);
        Insights.Begin(NowMs);
        foreach (var desk in Experiments)
        {
            desk.Read(NowMs);
        }

        _savedAt = Time.GetTimestamp();
        _logging = Task.Run(Log.RunAsync, CancellationToken.None);
    }

    /// <summary>One round: what is closed is summed up; now and then it is committed; what others have committed is taken over.</summary>
    public async Task LookAsync()
    {
        await LearnAsync(NowMs).ConfigureAwait(false);
        if (Time.GetElapsedTime(_savedAt) >= Options.SaveInterval)
        {
            _savedAt = Time.GetTimestamp();
            await CommitAsync().ConfigureAwait(false);
        }
        else
        {
            await PollAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Sums up the pages whose time for rewards is over.</summary>
    /// <param name="nowMs">The present, Unix milliseconds; the largest number there is closes all pages.</param>
    public Task LearnAsync(long nowMs) => InTurnAsync(() =>
    {
        var closed = new List<RewardedPage>();
        foreach (var (gate, join) in _joins)
        {
            lock (gate)
            {
                closed.AddRange(join.Close(nowMs));
                _undone.AddRange(join.TakeUndone());
            }
        }

        OnRewarded(closed);
        closed.ForEach(_summed.Learn);
        Fresh.Refresh(NowMs);
        foreach (var desk in Experiments)
        {
            desk.Write(NowMs);
        }

        return Task.CompletedTask;
    });

    /// <summary>Closes every page that waits, and commits. The grains have gone.</summary>
    public async Task FinishAsync()
    {
        if (_isRead)
        {
            await LearnAsync(long.MaxValue).ConfigureAwait(false);
            await CommitAsync().ConfigureAwait(false);
        }

        Log.Complete();
        await _logging.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _turn.Dispose();
        _folder.Dispose();
    }

    private (Lock Gate, RewardJoin Join) JoinOf(UserId user) => _joins[Engine.Bandits.StableHash.Of(user.Value) % Shards];

    [LoggerMessage(EventId = 4401, Level = LogLevel.Error, Message = "Impressions could not be written: {Reason}")]
    private static partial void LogWriteFailed(ILogger logger, string reason);
}
