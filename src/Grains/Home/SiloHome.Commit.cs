using System.Globalization;
using Buddies.Engine.Bandits;
using Buddies.Engine.Home;
using Buddies.Engine.Insights;
using Buddies.Engine.Ranking;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.Home;

/// <summary>
/// What all silos have learned lies in the store once, and each adds what it has summed up: read, add, and write where it is
/// still what was read. Nobody owns it. A silo that is lost takes what it had not committed with it, and nothing else.
/// </summary>
internal sealed partial class SiloHome
{
    /// <summary>Which contributions are in; every commit changes it.</summary>
    internal const string CommitsSetting = "home.commits";

    private const int MostAttempts = 8;
    private const int MillisecondsOfDay = 24 * 3_600_000;

    private readonly RankingWeights _weights;
    private readonly Engine.Catalogue.MusicCatalogue _catalogue;
    private volatile Learned _learned;
    private readonly List<HideUndone> _undone = [];
    private PolicyLearner _summed;
    private Contribution? _open;
    private string? _seen;
    private bool _isRead;

    /// <summary>Commits what was summed up here, and takes over what is learned then.</summary>
    /// <returns>False where the store did not let it: the next time tries again, with the same contribution.</returns>
    public async Task<bool> CommitAsync()
    {
        var isDone = false;
        await InTurnAsync(async () =>
        {
            try
            {
                isDone = await CommitInTurnAsync().ConfigureAwait(false);
                await PollInTurnAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                isDone = false;
                LogNotCommitted(e.Message);
            }
        }).ConfigureAwait(false);
        return isDone;
    }

    /// <summary>Takes over what others have committed.</summary>
    public Task PollAsync(CancellationToken cancellationToken) => InTurnAsync(() => PollInTurnAsync(cancellationToken));

    /// <summary>What was counted on all silos: what is in the store, and what this one has on top.</summary>
    public async Task<InsightReport> ReportAsync(long fromMs, int playlists, CancellationToken cancellationToken)
    {
        var sum = new HomeInsights(_catalogue, Options);
        await InTurnAsync(async () =>
        {
            var today = NowMs / MillisecondsOfDay;
            for (var day = Math.Max(fromMs / MillisecondsOfDay, today - Options.InsightDays + 1); day <= today; day++)
            {
                sum.Add(day, await _store.Settings.GetAsync(NameOf(day), cancellationToken).ConfigureAwait(false) ?? "");
            }

            foreach (var (day, text) in (_open?.Days ?? []).Concat(Insights.CopyAll()))
            {
                sum.Add(day, text);
            }
        }).ConfigureAwait(false);
        var learned = _learned;
        return sum.Report(fromMs, playlists, (learned.State.Version, learned.Pages));
    }

    private async Task<bool> CommitInTurnAsync()
    {
        if (_open is null)
        {
            _open = new Contribution(NewName(), _summed, Fresh.TakeUntold(), Insights.TakeAll(), [.. _undone]);
            _summed = _summed.Branch();
            _undone.Clear();
            if (_open.IsEmpty)
            {
                _open = null;
                return true;
            }
        }

        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var read = await _store.Settings.GetAsync(CommitsSetting, CancellationToken.None).ConfigureAwait(false);
            var commits = CommitRecord.Read(read);
            if (commits.Has(_open) || await TryCommitAsync(_open, read, commits).ConfigureAwait(false))
            {
                _open = null;
                return true;
            }
        }

        return false; // Many commit at once; what is open waits for the next time.
    }

    private async Task<bool> TryCommitAsync(Contribution open, string? read, CommitRecord commits)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (open.Learned.Pages > 0 || open.Undone.Count > 0)
        {
            var (learner, fadedAt) = await ReadLearnerAsync(CancellationToken.None).ConfigureAwait(false);
            if (FadeSince(fadedAt) is < 1 and var left)
            {
                learner.Fade(left);
                fadedAt = NowMs;
            }

            learner.Add(open.Learned);
            foreach (var hide in open.Undone)
            {
                learner.TakeBack(hide);
            }

            learner.MakeState();
            values[PolicySetting] = learner.Write();
            values[FadedSetting] = fadedAt.ToString(CultureInfo.InvariantCulture);
        }

        if (open.Fresh is { } fresh)
        {
            values[FreshSetting] = FreshPlaylists.Merge(
                await _store.Settings.GetAsync(FreshSetting, CancellationToken.None).ConfigureAwait(false), fresh, Options, NowMs);
        }

        foreach (var (day, text) in open.Days)
        {
            var kept = await _store.Settings.GetAsync(NameOf(day), CancellationToken.None).ConfigureAwait(false);
            var sum = new HomeInsights(_catalogue, Options);
            sum.Add(day, kept ?? "");
            sum.Add(day, text);
            values[NameOf(day)] = sum.TakeAll()[0].Text;
            if (kept is null)
            {
                values[NameOf(day - Options.InsightDays)] = ""; // The first of a day takes the place of the one that is too old.
            }
        }

        try
        {
            return await _store.Settings.TrySetAsync(CommitsSetting, read, commits.With(open.Name).Write(), values, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException e) when (e.IsUncertain)
        {
            open.TriedAt ??= commits.Number;
            return false; // Whether it is in is told by the record, as soon as it can be read.
        }
    }

    private static string NewName() => Guid.NewGuid().ToString("N")[..12];

    private async Task PollInTurnAsync(CancellationToken cancellationToken)
    {
        var read = await _store.Settings.GetAsync(CommitsSetting, cancellationToken).ConfigureAwait(false);
        if (_isRead && read == _seen)
        {
            return;
        }

        var (learner, _) = await ReadLearnerAsync(cancellationToken).ConfigureAwait(false);
        if (await _store.Settings.GetAsync(FreshSetting, cancellationToken).ConfigureAwait(false) is { } fresh)
        {
            Fresh.Read(fresh);
        }

        Fresh.Refresh(NowMs);
        _learned = new Learned(learner.CurrentState(), learner.Pages);

        // What comes is compared with what is believed now.
        var summed = learner.Branch();
        summed.Add(_summed);
        (_summed, _seen, _isRead) = (summed, read, true);
    }

    private async Task<(PolicyLearner Learner, long FadedAtMs)> ReadLearnerAsync(CancellationToken cancellationToken)
    {
        var text = await _store.Settings.GetAsync(PolicySetting, cancellationToken).ConfigureAwait(false);
        var faded = await _store.Settings.GetAsync(FadedSetting, cancellationToken).ConfigureAwait(false);
        var learner = text is null ? null : PolicyLearner.Read(_weights, text);
        if (text is not null && learner is null)
        {
            LogLearnsAnew();
        }

        return (learner ?? new PolicyLearner(_weights), faded is null ? NowMs : long.Parse(faded, CultureInfo.InvariantCulture));
    }

    private sealed record Learned(PolicyState State, long Pages);

    [LoggerMessage(EventId = 4402, Level = LogLevel.Warning, Message = "What Home has learned could not be committed, and will be tried again: {Reason}")]
    private partial void LogNotCommitted(string reason);

    [LoggerMessage(EventId = 4403, Level = LogLevel.Warning, Message = "What Home had learned is of another format or damaged: it learns anew")]
    private partial void LogLearnsAnew();
}
