using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Insights;
using Buddies.Storage.Home;

namespace Buddies.Grains.Home;

/// <summary>Erasure from what this silo has logged, and the note that outlives a crash of whoever erases.</summary>
internal sealed partial class SiloHome
{
    /// <summary>Held over one round of learning and over one erasure, so that the page of an erased listener is never logged behind the erasure.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Notes that a listener is to be forgotten in every file of every silo.</summary>
    public Task NoteErasureAsync(UserId user, IEnumerable<PlaylistId> playlists) => ChangeNoteAsync(note => note.Add(user, playlists));

    /// <summary>Takes the note away: nothing of the listener is left.</summary>
    public async Task EndErasureAsync(UserId user)
    {
        await ChangeNoteAsync(note => note.Remove(user)).ConfigureAwait(false);
        await _store.ScrubAsync().ConfigureAwait(false); // Of the choice, and of the note that this was to be done.
    }

    /// <summary>Listeners whose erasure is not over.</summary>
    public async Task<ErasureNote> ErasingAsync(CancellationToken cancellationToken) =>
        ErasureNote.Read(await _store.Settings.GetAsync(ErasingSetting, cancellationToken).ConfigureAwait(false));

    /// <summary>Takes a listener, and the names of the listener's playlists, out of what this silo has and has not committed, and out of its files.</summary>
    public Task EraseHereAsync(UserId user, IReadOnlySet<PlaylistId> playlists) => InTurnAsync(async () =>
    {
        Forget(user);
        Forget(playlists);
        foreach (var (gate, join) in _joins)
        {
            lock (gate)
            {
                join.Forget(playlists);
            }
        }

        _ = _summed.Forget(playlists) | _summed.Forget(user);
        _undone.RemoveAll(hide => hide.User == user);
        if (_open is { } open)
        {
            _ = open.Learned.Forget(playlists) | open.Learned.Forget(user);
            _open = new Contribution(
                open.Name,
                open.Learned,
                FreshPlaylists.Without(open.Fresh, playlists),
                [.. open.Days.Select(day => (day.Day, Without(day.Day, day.Text, playlists)))],
                [.. open.Undone.Where(hide => hide.User != user)])
            {
                TriedAt = open.TriedAt,
            };
        }

        await Log.EraseAsync(user, playlists).ConfigureAwait(false);
        foreach (var desk in Experiments)
        {
            desk.Erase(user, NowMs);
        }
    });

    /// <summary>Takes a listener's hides, and the names of the listener's playlists, out of what all silos have learned and counted. None of them has more of it.</summary>
    public Task EraseLearnedAsync(UserId user, IReadOnlySet<PlaylistId> playlists) => InTurnAsync(async () =>
    {
        while (true)
        {
            var read = await _store.Settings.GetAsync(CommitsSetting, CancellationToken.None).ConfigureAwait(false);
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            var (learner, _) = await ReadLearnerAsync(CancellationToken.None).ConfigureAwait(false);
            if (learner.Forget(playlists) | learner.Forget(user))
            {
                learner.MakeState();
                values[PolicySetting] = learner.Write();
            }

            if (FreshPlaylists.Without(await _store.Settings.GetAsync(FreshSetting, CancellationToken.None).ConfigureAwait(false), playlists) is { } fresh)
            {
                values[FreshSetting] = fresh;
            }

            var today = NowMs / MillisecondsOfDay;
            for (var day = today - Options.InsightDays; day <= today; day++)
            {
                if (await _store.Settings.GetAsync(NameOf(day), CancellationToken.None).ConfigureAwait(false) is { Length: > 0 } counted)
                {
                    values[NameOf(day)] = Without(day, counted, playlists);
                }
            }

            if (values.Count == 0)
            {
                return;
            }

            var written = CommitRecord.Read(read).With(NewName()).Write();
            if (await _store.Settings.TrySetAsync(CommitsSetting, read, written, values, CancellationToken.None).ConfigureAwait(false))
            {
                return;
            }
        }
    });

    private string Without(long day, string text, IReadOnlySet<PlaylistId> playlists)
    {
        var counted = new HomeInsights(_catalogue, Options);
        counted.Add(day, text);
        counted.Forget(playlists);
        return counted.TakeAll() is [var taken] ? taken.Text : "";
    }

    private async Task InTurnAsync(Func<Task> work)
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

    private async Task ChangeNoteAsync(Func<ErasureNote, bool> change)
    {
        while (true)
        {
            var read = await _store.Settings.GetAsync(ErasingSetting, CancellationToken.None).ConfigureAwait(false);
            var note = ErasureNote.Read(read);
            if (!change(note)
                || await _store.Settings.TrySetAsync(ErasingSetting, read, note.Write(), new Dictionary<string, string>(), CancellationToken.None).ConfigureAwait(false))
            {
                return;
            }
        }
    }
}
