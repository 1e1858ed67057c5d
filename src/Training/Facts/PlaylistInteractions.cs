using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Facts;

/// <summary>What one listener did with one playlist.</summary>
[Flags]
public enum PlaylistSigns
{
    /// <summary>Nothing that speaks for it.</summary>
    None = 0,

    /// <summary>Follows it.</summary>
    Followed = 1,

    /// <summary>Likes it.</summary>
    Liked = 2,

    /// <summary>Has put a track into it.</summary>
    Saved = 4,

    /// <summary>Has heard a track from it for 30 seconds or more.</summary>
    Played = 8,
}

/// <summary>Who chose which playlist, as the events say: what a ranker of playlists learns from.</summary>
/// <remarks>Facts about tracks do not say from which playlist a track was played, so this is read off the log beside them.</remarks>
public sealed class PlaylistInteractions
{
    /// <summary>A play from a playlist counts from so many milliseconds on.</summary>
    public const int LeastPlayedMs = 30_000;

    private readonly Dictionary<(int User, int Playlist), PlaylistSigns> _signs = [];

    /// <summary>Pairs of listener and playlist for which something speaks.</summary>
    public int Count => _signs.Count;

    /// <summary>What speaks for a pair.</summary>
    /// <param name="user">A position in <see cref="FactSet.Users"/>.</param>
    /// <param name="playlist">A catalogue position.</param>
    public PlaylistSigns this[int user, int playlist] => _signs.GetValueOrDefault((user, playlist));

    /// <summary>All pairs, by listener and then by playlist.</summary>
    public IEnumerable<(int User, int Playlist)> Pairs => _signs.Keys.Order();

    /// <summary>Takes an event in.</summary>
    /// <param name="user">The listener's position.</param>
    /// <param name="event">The event.</param>
    /// <param name="playlist">The catalogue position of the playlist that it names.</param>
    public void Apply(int user, in UserEvent @event, PlaylistIndex playlist)
    {
        var before = this[user, playlist.Value];
        var isOfPlaylist = @event.Track is null;
        var after = @event.Kind switch
        {
            EventKind.Follow => before | PlaylistSigns.Followed,
            EventKind.Unfollow => before & ~PlaylistSigns.Followed,
            EventKind.Like when isOfPlaylist => before | PlaylistSigns.Liked,
            EventKind.Unlike when isOfPlaylist => before & ~PlaylistSigns.Liked,
            EventKind.Save => before | PlaylistSigns.Saved,
            EventKind.Listen when @event.PlayedMs is null or >= LeastPlayedMs => before | PlaylistSigns.Played,
            EventKind.Hide when isOfPlaylist => PlaylistSigns.None,
            _ => before,
        };
        if (after == PlaylistSigns.None)
        {
            _signs.Remove((user, playlist.Value));
        }
        else if (after != before)
        {
            _signs[(user, playlist.Value)] = after;
        }
    }

    /// <summary>Pairs as rows of a training set.</summary>
    /// <param name="set">The set.</param>
    /// <param name="isTaken">Which pairs, by listener's position in the facts and contents; null for all.</param>
    /// <returns>[users × playlists] of the set, ascending within a row, confidence and preference 1.</returns>
    public SparseRows ToRows(TrainingSet set, Func<int, PlaylistContents, bool>? isTaken = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        var rowOfPlaylist = new Dictionary<int, int>(set.Playlists.Length);
        for (var row = 0; row < set.Playlists.Length; row++)
        {
            if (set.Facts.Catalogue.TryFind(set.Playlists[row].Id, out var index))
            {
                rowOfPlaylist[index.Value] = row;
            }
        }

        var chosen = new Dictionary<int, List<int>>();
        foreach (var (user, playlist) in _signs.Keys)
        {
            if (rowOfPlaylist.TryGetValue(playlist, out var row) && isTaken?.Invoke(user, set.Playlists[row]) != false)
            {
                if (!chosen.TryGetValue(user, out var own))
                {
                    chosen[user] = own = [];
                }

                own.Add(row);
            }
        }

        foreach (var own in chosen.Values)
        {
            own.Sort();
        }

        return BinaryRows.Make(row => chosen.GetValueOrDefault(set.Users[row], []), set.Users.Length, set.Playlists.Length);
    }
}
