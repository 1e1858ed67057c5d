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
        }
    }

    public HashSet<int> KnownArtists { get; }

    public IReadOnlyCollection<int> KnownTracks => _known;

    public bool IsKnown(int track) => _known.Contains(track);

    public bool IsHidden(PlaylistIndex playlist) => _hiddenPlaylists.Contains(playlist.Value);

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
