using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;

namespace Buddies.Grains.World;

/// <summary>Who may be shown to whom, and who is no longer there.</summary>
internal sealed partial class SiloWorld
{
    /// <summary>By how much the clocks of those who write the store may differ.</summary>
    private static readonly TimeSpan s_clocks = TimeSpan.FromMinutes(5);

    private readonly Lock _choosing = new();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _reconciledAt;
    private long _choices;
    private int _views;

    /// <summary>Who may be shown to whom.</summary>
    public Visibility Visibility { get; } = new();

    /// <summary>Goes up whenever pages may look different for a reason that is nobody's move.</summary>
    public int Views => Volatile.Read(ref _views);

    /// <summary>
    /// Done once this silo knows what the store has got while it loaded; nobody is answered here before, for whoever was
    /// erased or has become invisible meanwhile.
    /// </summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Takes what a listener chose; it is in the store already.</summary>
    public void SetPrivacy(UserId user, ListenerPrivacy privacy)
    {
        lock (_choosing)
        {
            _choices++;
            Visibility.Set(user, privacy);
        }

        Interlocked.Increment(ref _views);
    }

    /// <summary>Removes a listener who was erased from everything that this silo holds.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="through">The last offset of the one who was erased; 0 where it is not known.</param>
    /// <param name="unfollowed">Playlists whose follower it was.</param>
    public void Forget(UserId user, long through, IReadOnlyList<string> unfollowed)
    {
        if (_erased.TryAdd(user.Value, through))
        {
            _ = CountFollows(unfollowed, -1);
        }

        lock (_choosing)
        {
            _choices++;
            Visibility.Forget(user);
        }

        lock (_catalogueGate)
        {
            foreach (var playlist in Catalogue.PlaylistsOf(user))
            {
                Popular.Guard.Set(playlist.Value, 0);
            }

            Catalogue.RemovePlaylistsOf(user);
        }

        Popular.OnCatalogueChanged();
        Home?.Forget(user);
        if (Users.TryFind(user.Value, out var resident) && (through == 0 || resident.Offset <= through))
        {
            Users.Remove(resident);
            Home?.Follows.Forget(new UserIndex(resident.Index));
            foreach (var version in Plan.All)
            {
                _ = version.Behind.TryRemove(user.Value, out _);
                if (version.TryAcquire())
                {
                    version.Cells.Remove(resident.Index);
                    version.Release();
                }
            }
        }

        Interlocked.Increment(ref _views);
    }

    /// <summary>Compares with the store: who was erased, and what listeners chose, of which this silo may not have been told.</summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        var (since, now) = (_reconciledAt, Time.GetUtcNow());
        var choices = Interlocked.Read(ref _choices);
        var chosen = await Store.Privacy.ReadAllAsync(cancellationToken).ConfigureAwait(false);
        lock (_choosing)
        {
            // Where somebody has told something meanwhile, the next round compares.
            if (choices == _choices && Visibility.Replace(chosen))
            {
                Interlocked.Increment(ref _views);
            }
        }

        var erased = await Store.ErasedSinceAsync(since - s_clocks, cancellationToken).ConfigureAwait(false);
        var missed = erased.Count == 0 ? [] : KnownIds().Where(id => !_erased.Contains(id) && erased.Contains(new UserId(id))).ToArray();
        foreach (var id in missed)
        {
            // What came under the id since the erasure is read again.
            Forget(new UserId(id), 0, []);
            await PlaceFromStoreAsync(Plan.All, id, cancellationToken).ConfigureAwait(false);
        }

        if (missed.Length > 0)
        {
            await RereadCatalogueAsync(cancellationToken).ConfigureAwait(false);
        }

        _erased.Prune();
        _reconciledAt = now;
    }

    /// <summary>Takes over rows of the catalogue that differ from those of the store.</summary>
    private async Task RereadCatalogueAsync(CancellationToken cancellationToken)
    {
        var (tracks, playlists) = (new List<Track>(), new List<Playlist>());
        await foreach (var track in Store.Catalogue.ReadTracksAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Catalogue.Describe(Catalogue.Intern(track.Id)) is not { } known || !IsSame(known, track))
            {
                tracks.Add(track);
            }
        }

        await foreach (var playlist in Store.Catalogue.ReadPlaylistsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Catalogue.Describe(Catalogue.Intern(playlist.Id)) is not { } known || !IsSame(known, playlist))
            {
                playlists.Add(playlist);
            }
        }

        if (tracks.Count + playlists.Count > 0)
        {
            Upsert(tracks, playlists);
        }
    }

    private static bool IsSame(Track known, Track other) =>
        known.Title == other.Title && known.Artist == other.Artist && known.Tags.SequenceEqual(other.Tags);

    private bool IsSame(PlaylistContents known, Playlist other) =>
        known.Title == other.Title && known.Owner == other.Owner && known.IsPublic == other.IsPublic && known.Followers == other.Followers
        && known.InOrder.ToArray().Select(track => Catalogue.IdOf(new TrackIndex(track))).SequenceEqual(other.Tracks.Distinct());

    /// <summary>Everybody of whom this silo holds anything: listeners and owners of playlists.</summary>
    private HashSet<string> KnownIds()
    {
        var ids = Users.All.Select(resident => resident.Id.Value).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < Catalogue.PlaylistCount; i++)
        {
            if (Catalogue.Describe(new PlaylistIndex(i)) is { } contents)
            {
                ids.Add(contents.Owner.Value);
            }
        }

        return ids;
    }
}
