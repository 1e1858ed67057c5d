using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage;

namespace Buddies.Grains.Listeners;

/// <summary>What a listener has a right to. The store first, then every silo, then the answer.</summary>
internal sealed partial class ListenerGrain
{
    public ValueTask<ListenerPrivacy> PrivacyAsync() => new(world.Visibility.Of(User));

    public async ValueTask SetPrivacyAsync(ListenerPrivacy privacy)
    {
        try
        {
            await world.Store.Privacy.SaveAsync(User, privacy, CancellationToken.None);
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be written: {e.Message}");
        }

        await silo.Herald.TellAllAsync(door => door.PrivacyChangedAsync(User, privacy));
    }

    public async ValueTask<Holdings> HoldingsAsync()
    {
        var snapshots = await FindTracesAsync();
        var (tracks, marks) = (new List<TrackHolding>(), new List<PlaylistHolding>());
        foreach (ref readonly var fact in _facts.Tracks)
        {
            tracks.Add(new TrackHolding(world.Catalogue.IdOf(new TrackIndex(fact.Track)).Value, fact.For, fact.Against, fact.LastAtMs, fact.Marks.ToString()));
        }

        foreach (ref readonly var fact in _facts.Playlists)
        {
            marks.Add(new PlaylistHolding(IdOf(fact.Playlist), fact.LastAtMs, fact.Marks.ToString()));
        }

        using var lease = Take();
        return new Holdings(
            [.. tracks],
            [.. marks],
            [.. world.Catalogue.PlaylistsOf(User).ToArray().Select(index => world.Catalogue.Describe(index)).OfType<PlaylistContents>().Select(Own)],
            world.Visibility.Of(User),
            VersionOf(lease).Value,
            [.. _unit],
            [.. snapshots]);
    }

    public async ValueTask<ErasureReceipt> EraseAsync()
    {
        string[] unfollowed = [.. Followed().Select(IdOf)];
        try
        {
            await (world.Home?.NoteErasureAsync(User, [.. world.Catalogue.PlaylistsOf(User).ToArray().Select(world.Catalogue.IdOf)]) ?? Task.CompletedTask);
            await world.Store.EraseAsync(User, CancellationToken.None);
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be written: {e.Message}");
        }

        // From here on nothing awaits until nobody is left here; what is under way of them elsewhere carries an older offset.
        var through = _offset;
        silo.Watchers.Remove(User.Value);
        LetGoOfSet();
        (_facts, _live, _unit, _offset, _resident) = (new UserTaste(world.Options.Transform), null, [], 0, null);
        (_isUnsaved, _isAnnounced) = (false, false);
        if (_own is not null)
        {
            WatchFrom(through);
        }

        world.Forget(User, through, unfollowed);
        ForgetHome();

        // The streams end once everybody else has forgotten too: what they show last is nobody's business any more.
        await silo.Herald.TellAllAsync(door => door.ErasedAsync(User, through, unfollowed));
        await SaveUncountedAsync();
        await _subscriptions.PushAsync(new LivePush(null, null, IsErased: true));
        await EraseHomeAsync();
        return new ErasureReceipt(User, await PendingAsync());
    }

    public async ValueTask<ErasureReceipt?> ErasureAsync()
    {
        try
        {
            return _facts.EventCount == 0 && await world.Store.WasErasedAsync(User, CancellationToken.None)
                ? new ErasureReceipt(User, await PendingAsync())
                : null;
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be read: {e.Message}");
        }
    }

    /// <summary>Files are written anew on every silo. What fails stays noted, and is gone on with.</summary>
    private async Task EraseHomeAsync()
    {
        if (world.Home is null)
        {
            return;
        }

        try
        {
            await silo.Eraser.EraseAsync(User);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecommenderUnavailableException($"What was logged of Home cannot be written anew: {e.Message}");
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be written: {e.Message}");
        }
    }

    private async Task<IReadOnlyList<string>> PendingAsync()
    {
        var pending = SnapshotTraces.Describe(await FindTracesAsync());
        return world.Home is { } home && (await home.ErasingAsync(CancellationToken.None)).Users.Contains(User.Value)
            ? [.. pending, "impression logs: the files of a silo that does not answer"]
            : pending;
    }

    /// <summary>The names of the listener's playlists go from there too.</summary>
    private async Task SaveUncountedAsync()
    {
        try
        {
            await world.SaveUncountedAsync(always: true, CancellationToken.None);
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be written: {e.Message}");
        }
    }

    /// <summary>By the files themselves: whatever the registry says, what is there can be read.</summary>
    private Task<IReadOnlyList<string>> FindTracesAsync()
    {
        var (snapshots, user) = (Path.Combine(world.Options.DataDirectory, "snapshots"), User);
        return Task.Run(() => SnapshotTraces.Find(snapshots, user));
    }

    private string IdOf(int playlist) => world.Catalogue.IdOf(new PlaylistIndex(playlist)).Value;

    private Playlist Own(PlaylistContents contents)
    {
        var tracks = new TrackId[contents.InOrder.Length];
        for (var i = 0; i < tracks.Length; i++)
        {
            tracks[i] = world.Catalogue.IdOf(new TrackIndex(contents.InOrder[i]));
        }

        return new Playlist(contents.Id, contents.Title, contents.Owner, contents.IsPublic, tracks, contents.Followers);
    }
}
