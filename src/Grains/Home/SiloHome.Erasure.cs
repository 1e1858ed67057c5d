using System.Text.Json;
using Buddies.Engine.Identifiers;

namespace Buddies.Grains.Home;

/// <summary>Erasure from what this silo has logged, and the note that outlives a crash of whoever erases.</summary>
internal sealed partial class SiloHome
{
    /// <summary>Held over one round of learning and over one erasure, so that the page of an erased listener is never logged behind the erasure.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Notes that a listener is to be forgotten in every file of every silo.</summary>
    public Task NoteErasureAsync(UserId user) => ChangeNoteAsync(noted => noted.Add(user.Value));

    /// <summary>Takes the note away: nothing of the listener is left.</summary>
    public async Task EndErasureAsync(UserId user)
    {
        await ChangeNoteAsync(noted => noted.Remove(user.Value)).ConfigureAwait(false);
        await _store.ScrubAsync().ConfigureAwait(false); // Of the choice, and of the note that this was to be done.
    }

    /// <summary>Listeners whose erasure is not over.</summary>
    public async Task<IReadOnlySet<string>> ErasingAsync(CancellationToken cancellationToken) =>
        Parse(await _store.Settings.GetAsync(ErasingSetting, cancellationToken).ConfigureAwait(false));

    /// <summary>Takes a listener out of the files of this silo.</summary>
    public Task EraseHereAsync(UserId user) => InTurnAsync(async () =>
    {
        Forget(user);
        await Log.EraseAsync(user).ConfigureAwait(false);
        foreach (var desk in Experiments)
        {
            desk.Erase(user, NowMs);
        }
    });

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

    private async Task ChangeNoteAsync(Func<HashSet<string>, bool> change)
    {
        while (true)
        {
            var read = await _store.Settings.GetAsync(ErasingSetting, CancellationToken.None).ConfigureAwait(false);
            var noted = Parse(read);
            if (!change(noted)
                || await _store.Settings.TrySetAsync(ErasingSetting, read, JsonSerializer.Serialize(noted), new Dictionary<string, string>(), CancellationToken.None).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private static HashSet<string> Parse(string? text) => text is null ? [] : JsonSerializer.Deserialize<HashSet<string>>(text) ?? [];
}
