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
    private readonly Lock _counting = new();
    private volatile IReadOnlyList<PopularPlaylist>? _top;
    private int _isStale = 1;
    private readonly long _start = time.GetTimestamp();
    private Func<int>? _countListeners;

    /// <summary>What does not count, because it came too fast.</summary>
    public FollowGuard Guard { get; } = new();

    /// <summary>Most followed first. While one caller counts anew the others go on with the last count; for the first one all wait.</summary>
    /// <remarks>Without that wait the first pages of a silo, asked for together, had no popular playlists and lacked that part of every score.</remarks>
    public IReadOnlyList<PopularPlaylist> Top
    {
        get
        {
            if (_top is not { } top)
            {
                lock (_counting)
                {
                    return _top ?? Recount();
                }
            }

            return Volatile.Read(ref _isStale) == 1 && _counting.TryEnter() ? RecountAndExit() : top;
        }
    }

    public int FollowersOf(PlaylistIndex playlist) =>
        (catalogue.Describe(playlist)?.Followers ?? 0) + _follows.GetValueOrDefault(playlist.Value) - Guard.Of(playlist.Value);

    /// <summary>From here on follows are as they come; before they were what the facts have.</summary>
    public void BeginGuarding(Func<int> countListeners) => _countListeners = countListeners;

    /// <returns>False for a follow that came faster than is believed.</returns>
    public bool OnFollowed(PlaylistIndex playlist, int change)
    {
        var counts = _countListeners is not { } listeners
            || Guard.OnFollowed(playlist.Value, change, FollowersOf(playlist), listeners(), time.GetElapsedTime(_start));
        _follows.AddOrUpdate(playlist.Value, change, (_, count) => count + change);
        OnCatalogueChanged();
        return counts;
    }

    public void OnCatalogueChanged() => Volatile.Write(ref _isStale, 1);

    private IReadOnlyList<PopularPlaylist> RecountAndExit()
    {
        try
        {
            return Recount();
        }
        finally
        {
            _counting.Exit();
        }
    }

    /// <summary>Under the lock. What changes while it counts makes the count stale again.</summary>
    private IReadOnlyList<PopularPlaylist> Recount()
    {
        _ = Interlocked.Exchange(ref _isStale, 0); // A fence too: nothing is read before.
        return _top = Count();
    }

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
