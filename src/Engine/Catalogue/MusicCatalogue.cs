using System.Collections.Concurrent;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Catalogue;

/// <summary>
/// The tracks, artists and playlists of this process, each with a dense position that stays the same until the process
/// ends. Reading takes no lock; adding takes one short lock, and is rare.
/// </summary>
/// <remarks>An id gets its position at first sight, so that events about tracks the catalogue has not been told of keep their facts.</remarks>
public sealed class MusicCatalogue
{
    private readonly Lock _writer = new();
    private readonly ConcurrentDictionary<string, int> _trackOf = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _playlistOf = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _artistOf = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<UserId, PlaylistIndex[]> _playlistsOf = new();
    private readonly AppendOnlyList<TrackRow> _tracks = new();
    private readonly AppendOnlyList<PlaylistRow> _playlists = new();
    private readonly AppendOnlyList<string> _artists = new();

    /// <summary>Tracks with a position, described or not.</summary>
    public int TrackCount => _tracks.Count;

    /// <summary>Playlists with a position, described or not.</summary>
    public int PlaylistCount => _playlists.Count;

    /// <summary>Different artist names.</summary>
    public int ArtistCount => _artists.Count;

    /// <summary>Grows with every change of a playlist: a page made before may have to be made again.</summary>
    public long PlaylistChanges { get; private set; }

    /// <summary>The position of a track, given out now if it is new.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The position.</returns>
    public TrackIndex Intern(TrackId id)
    {
        if (_trackOf.TryGetValue(id.Value, out var index))
        {
            return new TrackIndex(index);
        }

        lock (_writer)
        {
            if (!_trackOf.TryGetValue(id.Value, out index))
            {
                index = _tracks.Add(new TrackRow(id, null, -1));
                _trackOf[id.Value] = index;
            }
        }

        return new TrackIndex(index);
    }

    /// <summary>The position of a playlist, given out now if it is new.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The position.</returns>
    public PlaylistIndex Intern(PlaylistId id)
    {
        if (_playlistOf.TryGetValue(id.Value, out var index))
        {
            return new PlaylistIndex(index);
        }

        lock (_writer)
        {
            if (!_playlistOf.TryGetValue(id.Value, out index))
            {
                index = _playlists.Add(new PlaylistRow(id, null));
                _playlistOf[id.Value] = index;
            }
        }

        return new PlaylistIndex(index);
    }

    /// <summary>Finds a playlist's position without giving one out.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="index">The position, when it has one.</param>
    /// <returns>False when the id was never seen.</returns>
    public bool TryFind(PlaylistId id, out PlaylistIndex index)
    {
        var found = _playlistOf.TryGetValue(id.Value, out var value);
        index = new PlaylistIndex(value);
        return found;
    }

    /// <summary>Adds a track or replaces its description.</summary>
    /// <param name="track">The description.</param>
    public void Upsert(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        var index = Intern(track.Id);
        lock (_writer)
        {
            var artist = track.Artist.Length == 0 ? -1 : InternArtist(track.Artist);
            _tracks[index.Value] = new TrackRow(track.Id, track, artist);
        }
    }

    /// <summary>Adds a playlist or replaces it.</summary>
    /// <param name="playlist">The playlist.</param>
    public void Upsert(Playlist playlist)
    {
        ArgumentNullException.ThrowIfNull(playlist);
        var contents = new PlaylistContents(this, playlist);
        var index = Intern(playlist.Id);
        lock (_writer)
        {
            var former = _playlists[index.Value].Contents;
            _playlists[index.Value] = new PlaylistRow(playlist.Id, contents);
            if (former is not null && former.Owner != playlist.Owner)
            {
                _playlistsOf[former.Owner] = [.. PlaylistsOf(former.Owner).ToArray().Where(p => p != index)];
            }

            if (former?.Owner != playlist.Owner)
            {
                _playlistsOf[playlist.Owner] = [.. PlaylistsOf(playlist.Owner), index];
            }

            PlaylistChanges++;
        }
    }

    /// <summary>Takes a listener's playlists out; their positions stay, undescribed.</summary>
    /// <param name="owner">Whose.</param>
    public void RemovePlaylistsOf(UserId owner)
    {
        lock (_writer)
        {
            if (_playlistsOf.TryRemove(owner, out var own))
            {
                foreach (var playlist in own)
                {
                    _playlists[playlist.Value] = new PlaylistRow(_playlists[playlist.Value].Id, null);
                }

                PlaylistChanges++;
            }
        }
    }

    /// <summary>A track's id.</summary>
    /// <param name="track">A position given out here.</param>
    /// <returns>The id.</returns>
    public TrackId IdOf(TrackIndex track) => _tracks[track.Value].Id;

    /// <summary>A playlist's id.</summary>
    /// <param name="playlist">A position given out here.</param>
    /// <returns>The id.</returns>
    public PlaylistId IdOf(PlaylistIndex playlist) => _playlists[playlist.Value].Id;

    /// <summary>What is known of a track.</summary>
    /// <param name="track">A position given out here.</param>
    /// <returns>Null when the catalogue was not told.</returns>
    public Track? Describe(TrackIndex track) => _tracks[track.Value].Track;

    /// <summary>The artist of a track.</summary>
    /// <param name="track">A position given out here.</param>
    /// <returns>The artist's number, −1 when unknown.</returns>
    public int ArtistOf(TrackIndex track) => _tracks[track.Value].Artist;

    /// <summary>An artist's name.</summary>
    /// <param name="artist">A number from <see cref="ArtistOf"/>.</param>
    /// <returns>The name.</returns>
    public string ArtistName(int artist) => _artists[artist];

    /// <summary>A playlist's contents.</summary>
    /// <param name="playlist">A position given out here.</param>
    /// <returns>Null when the catalogue was not told, or its owner was erased.</returns>
    public PlaylistContents? Describe(PlaylistIndex playlist) => _playlists[playlist.Value].Contents;

    /// <summary>The playlists of a listener, private ones included.</summary>
    /// <param name="owner">Whose.</param>
    /// <returns>Positions, oldest first.</returns>
    public ReadOnlySpan<PlaylistIndex> PlaylistsOf(UserId owner) =>
        _playlistsOf.TryGetValue(owner, out var own) ? own : [];

    private int InternArtist(string name)
    {
        if (!_artistOf.TryGetValue(name, out var index))
        {
            index = _artists.Add(name);
            _artistOf[name] = index;
        }

        return index;
    }

    // Classes, so that a reader sees the former row or the new one, never half of each.
    private sealed record TrackRow(TrackId Id, Track? Track, int Artist);

    private sealed record PlaylistRow(PlaylistId Id, PlaylistContents? Contents);
}
