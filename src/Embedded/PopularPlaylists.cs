using System.Collections.Concurrent;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Embedded;

/// <summary>The most followed public playlists: followers told by the catalogue and follows seen here.</summary>
internal sealed class PopularPlaylists(MusicCatalogue catalogue, TimeProvider time)
{
    private const int Most = 500;

    private readonly ConcurrentDictionary<int, int> _follows = new();
    private volatile IReadOnlyList<PopularPlaylist> _top = [];
    private volatile bool _stale = true;
    private readonly long _start = time.GetTimestamp();
    private Func<int>? _countListeners;

    /// <summary>Most followed first; as of the last <see cref="Refresh"/>.</summary>
    public IReadOnlyList<PopularPlaylist> Top => _top;

    /// <summary>What does not count, because it came too fast.</summary>
    public FollowGuard Guard { get; } = new();

    /// <summary>From here on follows are as they come; before they were what the facts have.</summary>
    public void BeginGuarding(Func<int> countListeners) => _countListeners = countListeners;

    public int FollowersOf(PlaylistIndex playlist) =>
        (catalogue.Describe(playlist)?.Followers ?? 0) + _follows.GetValueOrDefault(playlist.Value) - Guard.Of(playlist.Value);

    public void OnFollowed(PlaylistIndex playlist, int change)
    {
        if (_countListeners is { } count)
        {
            Guard.OnFollowed(playlist.Value, change, FollowersOf(playlist), count(), time.GetElapsedTime(_start));
        }

        _follows.AddOrUpdate(playlist.Value, change, (_, follows) => follows + change);
        _stale = true;
    }

    public void OnCatalogueChanged() => _stale = true;

    /// <summary>Counts again if anything changed; one caller at a time.</summary>
    /// <returns>Whether the list may have changed.</returns>
    public bool Refresh()
    {
        if (!_stale)
        {
            return false;
        }

        _stale = false;
        var all = new List<PopularPlaylist>(catalogue.PlaylistCount);
        for (var i = 0; i < catalogue.PlaylistCount; i++)
        {
            var playlist = new PlaylistIndex(i);
            if (catalogue.Describe(playlist) is { IsPublic: true })
            {
                all.Add(new PopularPlaylist(playlist, FollowersOf(playlist)));
            }
        }

        all.Sort((left, right) => right.Followers.CompareTo(left.Followers) is not 0 and var order
            ? order
            : string.CompareOrdinal(catalogue.IdOf(left.Playlist).Value, catalogue.IdOf(right.Playlist).Value));
        _top = all.Count > Most ? all.GetRange(0, Most) : all;
        return true;
    }
}
