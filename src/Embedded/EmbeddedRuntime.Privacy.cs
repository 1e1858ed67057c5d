using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Storage.Privacy;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    /// <summary>What a listener chose about being seen.</summary>
    public ValueTask<ListenerPrivacy> PrivacyAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        cancellationToken.ThrowIfCancellationRequested();
        return new(Visibility.Of(user));
    }

    /// <summary>Replaces what a listener chose about being seen; in force in every answer from here on.</summary>
    /// <exception cref="RecommenderUnavailableException">The runtime is not ready, or the store cannot be written.</exception>
    public async ValueTask SetPrivacyAsync(UserId user, ListenerPrivacy privacy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(privacy);
        CheckReady();
        await _pump.BetweenAsync(async () =>
        {
            await _store.Privacy.SaveAsync(user, privacy, CancellationToken.None).ConfigureAwait(false);
            Visibility.Set(user, privacy);
            MarkAllWatchersDirty();
        }).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Everything that is held about a listener.</summary>
    public async ValueTask<ListenerHoldings> HoldingsAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        var events = await _store.Events.ReadUserAsync(user, 0, cancellationToken).ConfigureAwait(false);
        var friends = new List<UserId>();
        await foreach (var (first, second) in _store.Friendships.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (first == user || second == user)
            {
                friends.Add(first == user ? second : first);
            }
        }

        var snapshots = await FindTracesAsync(user, cancellationToken).ConfigureAwait(false);
        return await OwnerOf(user).AskAsync(partition => partition.Holdings(user, events, friends, snapshots), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What still holds traces of a listener who was erased.</summary>
    /// <returns>In words; empty when nothing does. Null for one who is not erased, or has come back.</returns>
    public async ValueTask<ErasureReceipt?> ErasureAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        var isBack = Users.Find(user) is { Facts.EventCount: > 0 };
        return !isBack && await _store.WasErasedAsync(user, cancellationToken).ConfigureAwait(false)
            ? new ErasureReceipt(user, await PendingAsync(user, cancellationToken).ConfigureAwait(false))
            : null;
    }

    /// <summary>Removes a listener from every answer, the log, the checkpoints and the catalogue.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="cancellationToken">Gives up waiting; the erasure goes on.</param>
    /// <returns>What still holds traces.</returns>
    public async ValueTask<ErasureReceipt> EraseAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        await _pump.BetweenAsync(() => EraseBetweenAsync(user)).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (Learning is { } learning)
        {
            // Files are written anew beside the pump: nothing waits for them but who asked.
            await learning.EraseAsync(user, ForgetPlaylistsAsync).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return new ErasureReceipt(user, await PendingAsync(user, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Out of the store first: where that fails nothing has happened, and memory and log still agree.</summary>
    private async Task EraseBetweenAsync(UserId user)
    {
        await _saving.WaitAsync().ConfigureAwait(false);
        try
        {
            PlaylistIndex[] playlists = [.. Catalogue.PlaylistsOf(user)];
            if (Learning is { } learning)
            {
                await learning.BeginEraseAsync(user, playlists.Select(Catalogue.IdOf)).ConfigureAwait(false);
            }

            await _store.EraseAsync(user, CancellationToken.None).ConfigureAwait(false);
            await OwnerOf(user).AskAsync(partition => { partition.Erase(user); return true; }, CancellationToken.None).ConfigureAwait(false);
            Visibility.Forget(user);
            await ForgetUncountedAsync(playlists).ConfigureAwait(false);
        }
        finally
        {
            _saving.Release();
        }

        Popular.OnCatalogueChanged();
        RefreshPopular();
        MarkAllWatchersDirty();
    }

    /// <summary>Others' pages that wait for their rewards keep the cards, but not the names.</summary>
    private Task ForgetPlaylistsAsync(IReadOnlySet<PlaylistId> playlists) =>
        Task.WhenAll(_partitions.Select(partition => partition.AskAsync(p => p.Forget(playlists), CancellationToken.None).AsTask()));

    private async Task<IReadOnlyList<string>> PendingAsync(UserId user, CancellationToken cancellationToken) =>
        SnapshotTraces.Describe(await FindTracesAsync(user, cancellationToken).ConfigureAwait(false));

    /// <summary>By the files themselves: whatever the registry says, what is there can be read.</summary>
    private Task<IReadOnlyList<string>> FindTracesAsync(UserId user, CancellationToken cancellationToken) =>
        Task.Run(() => SnapshotTraces.Find(Path.Combine(_options.DataDirectory, "snapshots"), user), cancellationToken);

    private async Task LoadPrivacyAsync(CancellationToken cancellationToken)
    {
        foreach (var (user, privacy) in await _store.Privacy.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            Visibility.Set(user, privacy);
        }
    }
}
