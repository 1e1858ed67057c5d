using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Home;

/// <summary>A listener's facts arranged for one page: what is known, what is hidden, what speaks against.</summary>
internal sealed class ListenerView
{
    private readonly HashSet<int> _hiddenTracks = [];
    private readonly HashSet<int> _hiddenPlaylists = [];
    private readonly HashSet<int> _yours = [];
    private readonly HashSet<int> _known;

    /// <summary>One look-up for each track of each candidate: a page asks some fifty thousand times.</summary>
    private readonly Dictionary<int, Stance> _stances;

    public ListenerView(UserTaste facts, MusicCatalogue catalogue)
    {
        _stances = new Dictionary<int, Stance>(facts.TrackCount);
        _known = new HashSet<int>(facts.TrackCount);
        KnownArtists = [];
        foreach (ref readonly var fact in facts.Tracks)
        {
            var stance = Stance.Heard;
            if ((fact.Marks & FactMarks.Hidden) != 0)
            {
                _hiddenTracks.Add(fact.Track);
            }
            else if (UserTaste.IsKnown(fact))
            {
                stance = Stance.Known;
                _known.Add(fact.Track);
                if (catalogue.ArtistOf(new TrackIndex(fact.Track)) is >= 0 and var artist)
                {
                    KnownArtists.Add(artist);
                }
            }
            else if (fact.Against > fact.For)
            {
                stance = Stance.Disliked;
            }

            _stances.Add(fact.Track, stance);
        }

        foreach (ref readonly var fact in facts.Playlists)
        {
            if ((fact.Marks & FactMarks.Hidden) != 0)
            {
                _hiddenPlaylists.Add(fact.Playlist);
            }
            else if ((fact.Marks & YoursMarks) != 0)
            {
                _yours.Add(fact.Playlist);
            }
        }
    }

    /// <summary>What makes a playlist the listener's without being the owner's.</summary>
    public const FactMarks YoursMarks = FactMarks.Liked | FactMarks.Followed | FactMarks.Saved;

    public HashSet<int> KnownArtists { get; }

    public IReadOnlyCollection<int> KnownTracks => _known;

    public bool IsKnown(int track) => _known.Contains(track);

    public bool IsHidden(PlaylistIndex playlist) => _hiddenPlaylists.Contains(playlist.Value);

    public int YoursCount => _yours.Count;

    public bool IsYours(PlaylistIndex playlist) => _yours.Contains(playlist.Value);

    /// <summary>The known tracks that were played last, the latest first.</summary>
    public List<int> LatestKnown(UserTaste facts, long sinceMs, int most)
    {
        var latest = new List<(long AtMs, int Track)>(most + 1);
        foreach (ref readonly var fact in facts.Tracks)
        {
            if (fact.LastAtMs >= sinceMs && fact.For > 0 && _known.Contains(fact.Track) && (latest.Count < most || fact.LastAtMs > latest[^1].AtMs))
            {
                var playedAt = fact.LastAtMs;
                var at = latest.FindIndex(other => other.AtMs < playedAt);
                latest.Insert(at < 0 ? latest.Count : at, (fact.LastAtMs, fact.Track));
                if (latest.Count > most)
                {
                    latest.RemoveAt(most);
                }
            }
        }

        return latest.ConvertAll(pair => pair.Track);
    }

    /// <summary>One hidden track rules a playlist out: opening it would bring the track back.</summary>
    public bool HasHidden(PlaylistContents contents)
    {
        if (_hiddenTracks.Count == 0)
        {
            return false;
        }

        foreach (var track in contents.Ascending)
        {
            if (_hiddenTracks.Contains(track))
            {
                return true;
            }
        }

        return false;
    }

    public (int Known, int Unheard, int Disliked) Count(PlaylistContents contents)
    {
        var (known, unheard, disliked) = (0, 0, 0);
        foreach (var track in contents.Ascending)
        {
            if (!_stances.TryGetValue(track, out var stance))
            {
                unheard++;
            }
            else
            {
                known += stance == Stance.Known ? 1 : 0;
                disliked += stance == Stance.Disliked ? 1 : 0;
            }
        }

        return (known, unheard, disliked);
    }

    private enum Stance : byte
    {
        Heard,
        Known,
        Disliked,
    }
}
