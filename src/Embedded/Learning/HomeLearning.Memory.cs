using System.Globalization;
using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Storage.Home;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded.Learning;

/// <summary>What outlives the process.</summary>
internal sealed partial class HomeLearning
{
    /// <summary>Held over one round of learning and over one erasure, so that the page of an erased listener is never logged behind the erasure.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ErasureNote _notErased = ErasureNote.Read(null);

    /// <summary>Takes up what was saved. The catalogue is loaded before.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var settings = _store.Settings;
        if (await settings.GetAsync(PolicySetting, cancellationToken).ConfigureAwait(false) is { } text)
        {
            if (PolicyLearner.Read(_weights, text) is { } learner)
            {
                (_learner, _state) = (learner, learner.MakeState());
            }
            else
            {
                LogLearnsAnew();
            }
        }

        var faded = await settings.GetAsync(FadedSetting, cancellationToken).ConfigureAwait(false);
        _fadedAtMs = faded is null ? NowMs : long.Parse(faded, CultureInfo.InvariantCulture);
        if (await settings.GetAsync(FreshSetting, cancellationToken).ConfigureAwait(false) is { } fresh)
        {
            Fresh.Read(fresh);
        }

        Fresh.Refresh(NowMs);
        await Settings.LoadAsync(cancellationToken).ConfigureAwait(false);
        var today = NowMs / (long)TimeSpan.FromDays(1).TotalMilliseconds;
        for (var day = today - Options.InsightDays + 1; day <= today; day++)
        {
            if (await settings.GetAsync(NameOf(day), cancellationToken).ConfigureAwait(false) is { } counted)
            {
                Insights.Read(day, counted);
            }
        }

        foreach (var desk in Experiments)
        {
            desk.Read(NowMs);
        }
    }

    /// <summary>Saves what has changed since the last time.</summary>
    public async Task SaveAsync()
    {
        string? policy = null;
        lock (_learning)
        {
            if (_isUnsaved)
            {
                (policy, _isUnsaved) = (_learner.Write(), false);
            }
        }

        try
        {
            if (policy is not null)
            {
                await SetAsync(PolicySetting, policy).ConfigureAwait(false);
                await SetAsync(FadedSetting, _fadedAtMs.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
            }

            if (Fresh.TakeChanged() is { } fresh)
            {
                await SetAsync(FreshSetting, fresh).ConfigureAwait(false);
            }

            foreach (var (day, text) in Insights.TakeChanged())
            {
                await SetAsync(NameOf(day), text).ConfigureAwait(false);
            }
        }
        catch (StoreException e)
        {
            // The next time saves it: what was learned is still here.
            lock (_learning)
            {
                _isUnsaved |= policy is not null;
            }

            LogNotSaved(e.Message);
        }
    }

    /// <summary>Notes that a listener is to be forgotten in every file, so that a crash midway does not stop it.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="playlists">The listener's playlists, whose names are forgotten too.</param>
    public Task BeginEraseAsync(UserId user, IEnumerable<PlaylistId> playlists) => InTurnAsync(async () =>
    {
        _notErased.Add(user, playlists);
        await SetAsync(ErasingSetting, _notErased.Write()).ConfigureAwait(false);
    });

    /// <summary>Forgets a listener's choices, log lines and part in experiments.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="forgetWaiting">Has pages that wait for their rewards forget the names of playlists.</param>
    public Task EraseAsync(UserId user, Func<IReadOnlySet<PlaylistId>, Task> forgetWaiting) => InTurnAsync(async () =>
    {
        var playlists = _notErased.PlaylistsOf(user);
        await forgetWaiting(playlists).ConfigureAwait(false);
        Forget(playlists);
        lock (_learning)
        {
            _isUnsaved |= _learner.Forget(playlists) | _learner.Forget(user);
            _state = _learner.CurrentState();
        }

        await SaveAsync().ConfigureAwait(false);
        Insights.Forget(user);
        await Settings.EraseAsync(user).ConfigureAwait(false);
        await Log.EraseAsync(user, playlists).ConfigureAwait(false);
        await SiloFolder.EraseUnheldAsync(_dataDirectory, user, playlists, new HashSet<string>(), withRoot: false).ConfigureAwait(false); // Of a cluster that ran here before.
        foreach (var desk in Experiments)
        {
            desk.Erase(user, NowMs);
        }

        _notErased.Remove(user);
        await SetAsync(ErasingSetting, _notErased.Write()).ConfigureAwait(false);
        await _store.ScrubAsync().ConfigureAwait(false); // Of the choice, and of the note that this was to be done.
    });

    /// <summary>A listener's lines in the logs, those of a cluster that ran here before among them.</summary>
    public async Task<(IReadOnlyList<string> Shown, IReadOnlyList<string> Rewarded)> ReadLogsAsync(UserId user)
    {
        await Log.SettleAsync().ConfigureAwait(false);
        return await SiloFolder.ReadAsync(_dataDirectory, user).ConfigureAwait(false);
    }

    /// <summary>Does a piece of work while nobody is being erased and no other such work is done.</summary>
    public async Task InTurnAsync(Func<Task> work)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Goes on with erasures that a stop or a crash has cut. The log's task runs.</summary>
    public async Task FinishErasuresAsync(CancellationToken cancellationToken)
    {
        _notErased = ErasureNote.Read(await _store.Settings.GetAsync(ErasingSetting, cancellationToken).ConfigureAwait(false));
        foreach (var user in _notErased.Users.ToArray())
        {
            await EraseAsync(new UserId(user), _ => Task.CompletedTask).ConfigureAwait(false);
        }
    }

    private async Task SetAsync(string name, string value) =>
        await _store.Settings.SetAsync(name, value, CancellationToken.None).ConfigureAwait(false);

    [LoggerMessage(EventId = 2161, Level = LogLevel.Warning, Message = "What Home had learned is of another format or damaged: it learns anew")]
    private partial void LogLearnsAnew();

    [LoggerMessage(EventId = 2162, Level = LogLevel.Warning, Message = "What Home has learned could not be saved, and will be tried again: {Reason}")]
    private partial void LogNotSaved(string reason);
}
