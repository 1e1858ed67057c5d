using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Home;

/// <summary>A listener's facts arranged for one page: what is known, what is hidden, what speaks against.</summary>
internal sealed class ListenerView
{
    private readonly HashSet<int> _hiddenTracks = [];
    private readonly HashSet<int> _disliked = [];
    private readonly HashSet<int> _hiddenPlaylists = [];
    private readonly HashSet<int> _yours = [];
    private readonly HashSet<int> _known;
    private readonly HashSet<int> _facts;

    public ListenerView(UserTaste facts, MusicCatalogue catalogue)
    {
        _facts = new HashSet<int>(facts.TrackCount);
        _known = new HashSet<int>(facts.TrackCount);
        KnownArtists = [];
        foreach (ref readonly var fact in facts.Tracks)
        {
            _facts.Add(fact.Track);
            if ((fact.Marks & FactMarks.Hidden) != 0)
            {
                _hiddenTracks.Add(fact.Track);
            }
            else if (UserTaste.IsKnown(fact))
            {
                _known.Add(fact.Track);
                if (catalogue.ArtistOf(new TrackIndex(fact.Track)) is >= 0 and var artist)
                {
                    KnownArtists.Add(artist);
                }
            }
            else if (fact.Against > fact.For)
            {
                _disliked.Add(fact.Track);
            }
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
            if (_known.Contains(track))
            {
                known++;
            }
            else if (_disliked.Contains(track))
            {
                disliked++;
            }
            else if (!_facts.Contains(track))
            {
                unheard++;
            }
        }

        return (known, unheard, disliked);
    }
}
