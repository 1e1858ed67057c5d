using System.Globalization;
using System.Text.Json;
using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded.Learning;

/// <summary>What outlives the process.</summary>
internal sealed partial class HomeLearning
{
    private const string PolicySetting = "home.policy";
    private const string FadedSetting = "home.policy.faded";
    private const string FreshSetting = "home.fresh";
    private const string ErasingSetting = "home.erasing";
    private const string DaySetting = "home.insights.";

    /// <summary>Held over one round of learning and over one erasure, so that the page of an erased listener is never logged behind the erasure.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<string> _notErased = new(StringComparer.Ordinal);

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
    public Task BeginEraseAsync(UserId user) => InTurnAsync(async () =>
    {
        _notErased.Add(user.Value);
        await SetAsync(ErasingSetting, JsonSerializer.Serialize(_notErased)).ConfigureAwait(false);
    });

    /// <summary>Forgets a listener's choices, log lines and part in experiments.</summary>
    public Task EraseAsync(UserId user) => InTurnAsync(async () =>
    {
        Insights.Forget(user);
        string? policy = null;
        lock (_learning)
        {
            if (_learner.Forget(user))
            {
                policy = _learner.Write();
            }
        }

        if (policy is not null)
        {
            await SetAsync(PolicySetting, policy).ConfigureAwait(false);
        }

        await Settings.EraseAsync(user).ConfigureAwait(false);
        await Log.EraseAsync(user).ConfigureAwait(false);
        foreach (var desk in Experiments)
        {
            desk.Erase(user, NowMs);
        }

        _notErased.Remove(user.Value);
        await SetAsync(ErasingSetting, JsonSerializer.Serialize(_notErased)).ConfigureAwait(false);
        await _store.ScrubAsync().ConfigureAwait(false); // Of the choice, and of the note that this was to be done.
    });

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
        if (await _store.Settings.GetAsync(ErasingSetting, cancellationToken).ConfigureAwait(false) is { } text)
        {
            foreach (var user in JsonSerializer.Deserialize<string[]>(text) ?? [])
            {
                _notErased.Add(user);
            }

            foreach (var user in _notErased.ToArray())
            {
                await EraseAsync(new UserId(user)).ConfigureAwait(false);
            }
        }
    }

    private static string NameOf(long day) => string.Create(CultureInfo.InvariantCulture, $"{DaySetting}{day}");

    private async Task SetAsync(string name, string value) =>
        await _store.Settings.SetAsync(name, value, CancellationToken.None).ConfigureAwait(false);

    [LoggerMessage(EventId = 2161, Level = LogLevel.Warning, Message = "What Home had learned is of another format or damaged: it learns anew")]
    private partial void LogLearnsAnew();

    [LoggerMessage(EventId = 2162, Level = LogLevel.Warning, Message = "What Home has learned could not be saved, and will be tried again: {Reason}")]
    private partial void LogNotSaved(string reason);
}
