using Buddies.Embedded.Learning;
using Buddies.Engine.Bandits;
using Buddies.Engine.Experiments;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Insights;
using Buddies.Storage.Home;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

/// <summary>How Home learns while the server runs.</summary>
public sealed partial class EmbeddedRuntime
{
    private Task _logging = Task.CompletedTask;

    /// <summary>Null where the page is the fixed one.</summary>
    internal HomeLearning? Learning { get; }

    /// <summary>How a card came to stand where it stands.</summary>
    /// <param name="user">Whose page.</param>
    /// <param name="impressionId">From the card.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where nothing is known of it any more, or the page is the fixed one.</returns>
    public ValueTask<CardStory?> WhyAsync(UserId user, string impressionId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(impressionId);
        CheckReady();
        return OwnerOf(user).AskAsync(partition => partition.Why(user, impressionId), cancellationToken);
    }

    /// <summary>How a listener's pages are decided.</summary>
    /// <returns>Null where the page is the fixed one.</returns>
    public ValueTask<ListenerStory?> StoryAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        return OwnerOf(user).AskAsync(partition => partition.Story(user), cancellationToken);
    }

    /// <summary>Sets what a listener has chosen; durable and in force when this returns.</summary>
    /// <returns>False where the page is the fixed one, which knows no choices.</returns>
    public async ValueTask<bool> ChooseAsync(UserId user, ListenerChoice choice, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(choice);
        CheckReady();
        if (Learning is null)
        {
            return false;
        }

        // On the pump's turn, so that an erasure comes either before or behind it.
        var done = _pump.BetweenAsync(() => Learning.Settings.SetAsync(user, choice));
        await done.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        Users.Find(user)?.MarkDirty();
        return true;
    }

    /// <summary>Everything that Home keeps about a listener.</summary>
    /// <returns>Null where the page is the fixed one, which keeps nothing.</returns>
    public async ValueTask<HomeHoldings?> HomeHoldingsAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        if (Learning is not { } learning)
        {
            return null;
        }

        var (shown, rewarded) = await learning.ReadLogsAsync(user).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new HomeHoldings(learning.Settings.Of(user), shown, rewarded);
    }

    /// <summary>What was counted of Home.</summary>
    /// <param name="from">Hours that begin then or later.</param>
    /// <param name="playlists">How many playlists by each order.</param>
    /// <returns>Null where the page is the fixed one.</returns>
    public InsightReport? Insights(DateTimeOffset from, int playlists)
    {
        CheckReady();
        return Learning?.Insights.Report(from.ToUnixTimeMilliseconds(), playlists, (Learning.State.Version, Learning.Pages));
    }

    /// <summary>Where the experiments stand.</summary>
    public IReadOnlyList<(Experiment Experiment, ExperimentReport Report)> ReportExperiments()
    {
        CheckReady();
        return [.. (Learning?.Experiments ?? []).Select(desk => (desk.Experiment.Definition, desk.Report()))];
    }

    /// <summary>What Home has learned, and from how many pages; null where the page is the fixed one.</summary>
    public (PolicyState State, long Pages)? Learned => Learning is { } learning ? (learning.State, learning.Pages) : null;

    /// <summary>Takes up what was learned, and finds out from the log's end what was seen and opened of late.</summary>
    private async Task LoadLearningAsync(CancellationToken cancellationToken)
    {
        if (Learning is null)
        {
            return;
        }

        _stage = "loading what Home has learned";
        await Learning.LoadAsync(cancellationToken).ConfigureAwait(false);
        var last = await _store.Events.LastOffsetAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var logged in _store.Events.ReadAsync(Math.Max(0, last - Learning.Options.RememberedEvents), cancellationToken).ConfigureAwait(false))
        {
            if (logged.Event.Playlist is not null && Users.Find(logged.Event.User) is { } state)
            {
                OwnerOf(state.Id).Remember(state, logged.Event);
            }
        }

        foreach (var state in Users.All)
        {
            if (state.Facts.PlaylistCount > 0)
            {
                Learning.Follows.Load(state.Index, state.Facts);
            }
        }

        _logging = Task.Run(Learning.Log.RunAsync, CancellationToken.None);
        await Learning.FinishErasuresAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task LearnPeriodicallyAsync()
    {
        var options = Learning!.Options;
        var saved = _time.GetTimestamp();
        using var timer = new PeriodicTimer(options.LearnInterval, _time);
        while (await NextAsync(timer).ConfigureAwait(false))
        {
            try
            {
                await LearnAsync(_time.GetUtcNow().ToUnixTimeMilliseconds()).ConfigureAwait(false);
                if (_time.GetElapsedTime(saved) >= options.SaveInterval)
                {
                    saved = _time.GetTimestamp();
                    await Learning.SaveAsync().ConfigureAwait(false);
                }
            }
#pragma warning disable CA1031 // Home goes on with what it has learned so far; the next round tries again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogLearningFailed(e);
            }
        }
    }

    /// <summary>Learns from the pages whose time is over.</summary>
    internal Task LearnAsync(long nowMs) => Learning!.InTurnAsync(async () =>
    {
        var pages = new List<RewardedPage>();
        var undone = new List<HideUndone>();
        foreach (var partition in _partitions)
        {
            var closed = await partition.AskAsync(p => (Pages: p.CloseRewards(nowMs), Undone: p.TakeUndoneHides()), CancellationToken.None).ConfigureAwait(false);
            pages.AddRange(closed.Pages);
            undone.AddRange(closed.Undone);
        }

        var isNew = Learning.Learn(pages, undone);
        if (Learning.Fresh.Refresh(_time.GetUtcNow().ToUnixTimeMilliseconds()) || isNew)
        {
            // What listeners without facts see hangs on both.
            RaiseStrangerSequence(StrangerSequence + 1);
        }

        foreach (var desk in Learning.Experiments)
        {
            desk.Write(_time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    });

    /// <summary>Closes every page that waits, learns from it, and saves. The partitions still work, the periodic learning has ended.</summary>
    private async Task FinishLearningAsync(bool wasReady)
    {
        if (Learning is null)
        {
            return;
        }

        if (wasReady)
        {
            try
            {
                await LearnAsync(long.MaxValue).ConfigureAwait(false);
                await Learning.SaveAsync().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // A stop goes on to its end.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogLearningFailed(e);
            }
        }

        Learning.Log.Complete();
        await _logging.ConfigureAwait(false);
    }

    /// <summary>Notes the public playlists that nobody could see before.</summary>
    private void NoteFresh(Engine.Catalogue.Playlist playlist, bool wasPublic)
    {
        if (Learning is { } learning && !wasPublic && playlist.IsPublic)
        {
            learning.Fresh.OnAdded(Catalogue.Intern(playlist.Id), _time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    [LoggerMessage(EventId = 2163, Level = LogLevel.Error, Message = "Home could not learn this time; it goes on with what it knows")]
    private partial void LogLearningFailed(Exception exception);
}
