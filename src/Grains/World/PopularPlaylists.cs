using System.Collections.Concurrent;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Grains.World;

/// <summary>The most followed public playlists: followers told by the catalogue, and follows that this silo has heard of.</summary>
internal sealed class PopularPlaylists(MusicCatalogue catalogue, TimeProvider time)
{
    private const int Most = 500;

    private readonly ConcurrentDictionary<int, int> _follows = new();
    private IReadOnlyList<PopularPlaylist> _top = [];
    private int _isStale = 1;
    private readonly long _start = time.GetTimestamp();
    private Func<int>? _countListeners;

    /// <summary>What does not count, because it came too fast.</summary>
    public FollowGuard Guard { get; } = new();

    /// <summary>Most followed first.</summary>
    public IReadOnlyList<PopularPlaylist> Top
    {
        get
        {
            if (Interlocked.Exchange(ref _isStale, 0) == 1)
            {
                Volatile.Write(ref _top, Count());
            }

            return Volatile.Read(ref _top);
        }
    }

    public int FollowersOf(PlaylistIndex playlist) =>
        (catalogue.Describe(playlist)?.Followers ?? 0) + _follows.GetValueOrDefault(playlist.Value) - Guard.Of(playlist.Value);

    /// <summary>From here on follows are as they come; before they were what the facts have.</summary>
    public void BeginGuarding(Func<int> countListeners) => _countListeners = countListeners;

    public void OnFollowed(PlaylistIndex playlist, int change)
    {
        if (_countListeners is { } count)
        {
            Guard.OnFollowed(playlist.Value, change, FollowersOf(playlist), count(), time.GetElapsedTime(_start));
        }

        _follows.AddOrUpdate(playlist.Value, change, (_, count) => count + change);
        OnCatalogueChanged();
    }

    public void OnCatalogueChanged() => Volatile.Write(ref _isStale, 1);

    private List<PopularPlaylist> Count()
    {
        var all = new List<PopularPlaylist>(catalogue.PlaylistCount);
        for (var i = 0; i < catalogue.PlaylistCount; i++)
        {
            if (catalogue.Describe(new PlaylistIndex(i)) is { IsPublic: true })
            {
                all.Add(new PopularPlaylist(new PlaylistIndex(i), FollowersOf(new PlaylistIndex(i))));
            }
        }

        all.Sort((left, right) => right.Followers.CompareTo(left.Followers) is not 0 and var order
            ? order
            : string.CompareOrdinal(catalogue.IdOf(left.Playlist).Value, catalogue.IdOf(right.Playlist).Value));
        return all.Count > Most ? all.GetRange(0, Most) : all;
    }
}
