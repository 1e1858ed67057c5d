using System.Collections.Concurrent;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Home;

/// <summary>Who follows what since when, for pages of others. Each listener's row is replaced, never written, so reading takes no lock.</summary>
public sealed class RecentFollows
{
    private const int MostOfOne = 32;
    private const int MostNear = 50;
    private const int MostShown = 100;

    /// <summary>Fewer followers among the buddies say nothing of what is popular there.</summary>
    private const int FewestNear = 2;

    private readonly ConcurrentDictionary<int, Follow[]> _rows = new();

    /// <summary>Takes a listener's follows from the facts, the latest of them.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="facts">The facts.</param>
    public void Load(UserIndex user, UserTaste facts)
    {
        var follows = new List<Follow>();
        foreach (ref readonly var fact in facts.Playlists)
        {
            if ((fact.Marks & FactMarks.Followed) != 0)
            {
                follows.Add(new Follow(fact.Playlist, fact.LastAtMs));
            }
        }

        if (follows.Count > 0)
        {
            _rows[user.Value] = [.. follows.OrderByDescending(follow => follow.AtMs).Take(MostOfOne)];
        }
        else
        {
            _rows.TryRemove(user.Value, out _);
        }
    }

    /// <summary>Takes over what is told of a listener whose facts are elsewhere.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="followed">Followed since the last time.</param>
    /// <param name="unfollowed">No longer followed.</param>
    /// <param name="atMs">When, Unix milliseconds. One writer of a listener at a time.</param>
    public void Hear(UserIndex user, IReadOnlyList<PlaylistIndex> followed, IReadOnlyList<PlaylistIndex> unfollowed, long atMs)
    {
        if (followed.Count + unfollowed.Count > 0)
        {
            var gone = followed.Concat(unfollowed).Select(playlist => playlist.Value).ToHashSet();
            _rows[user.Value] =
            [
                .. followed.Select(playlist => new Follow(playlist.Value, atMs)),
                .. (_rows.GetValueOrDefault(user.Value) ?? []).Where(follow => !gone.Contains(follow.Playlist)).Take(Math.Max(0, MostOfOne - followed.Count)),
            ];
        }
    }

    /// <summary>Forgets a listener.</summary>
    /// <param name="user">Whom.</param>
    public void Forget(UserIndex user) => _rows.TryRemove(user.Value, out _);

    /// <summary>What buddies follow, the latest first.</summary>
    /// <param name="buddies">Whose follows.</param>
    public IReadOnlyList<BuddyFollow> Of(IReadOnlyList<NearListener> buddies)
    {
        var follows = new List<BuddyFollow>();
        foreach (var buddy in buddies)
        {
            foreach (var follow in _rows.GetValueOrDefault(buddy.Index.Value) ?? [])
            {
                follows.Add(new BuddyFollow(new PlaylistIndex(follow.Playlist), buddy.User, follow.AtMs));
            }
        }

        follows.Sort((left, right) => right.AtMs.CompareTo(left.AtMs) is not 0 and var order
            ? order
            : (left.Playlist.Value, left.Follower.Value).CompareTo((right.Playlist.Value, right.Follower.Value)));
        return follows;
    }

    /// <summary>The playlists that most buddies follow, two at least.</summary>
    /// <param name="follows">From <see cref="Of"/>.</param>
    public static IReadOnlyList<PopularPlaylist> PopularAmong(IReadOnlyList<BuddyFollow> follows)
    {
        var counts = new Dictionary<int, int>(follows.Count);
        foreach (var follow in follows)
        {
            counts[follow.Playlist.Value] = counts.GetValueOrDefault(follow.Playlist.Value) + 1;
        }

        var popular = new List<PopularPlaylist>();
        foreach (var (playlist, count) in counts)
        {
            if (count >= FewestNear)
            {
                popular.Add(new PopularPlaylist(new PlaylistIndex(playlist), count));
            }
        }

        popular.Sort((left, right) => right.Followers.CompareTo(left.Followers) is not 0 and var order ? order : left.Playlist.Value.CompareTo(right.Playlist.Value));
        return popular.Count > MostNear ? popular.GetRange(0, MostNear) : popular;
    }

    /// <summary>The latest of what buddies follow.</summary>
    /// <param name="follows">From <see cref="Of"/>.</param>
    public static IReadOnlyList<BuddyFollow> LatestOf(IReadOnlyList<BuddyFollow> follows) => follows.Count > MostShown ? [.. follows.Take(MostShown)] : follows;

    private readonly record struct Follow(int Playlist, long AtMs);
}
