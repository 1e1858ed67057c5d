using Buddies.Engine.Catalogue;

namespace Buddies.Storage.Sqlite;

/// <summary>Writes playlists inside a transaction that somebody else began.</summary>
internal sealed class PlaylistRows(SqliteWriter writer)
{
    private readonly SqliteStatement _upsert = writer.Database.Prepare("""
        INSERT INTO playlists (playlist_no, title, owner_no, public, followers, tracks) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (playlist_no) DO UPDATE SET title = excluded.title, owner_no = excluded.owner_no,
            public = excluded.public, followers = excluded.followers, tracks = excluded.tracks
        """);

    private byte[] _packed = new byte[1024];

    /// <summary>Adds a playlist, or replaces all of it but its place in the order.</summary>
    public void Upsert(Playlist playlist) => _upsert
        .Bind(1, writer.Playlists.GetOrAdd(playlist.Id.Value))
        .Bind(2, playlist.Title)
        .Bind(3, writer.Users.GetOrAdd(playlist.Owner.Value))
        .Bind(4, playlist.IsPublic ? 1 : 0)
        .Bind(5, playlist.Followers)
        .Bind(6, Pack(playlist))
        .Run();

    private ReadOnlySpan<byte> Pack(Playlist playlist)
    {
        var most = playlist.Tracks.Count * TrackNumbers.MostBytes;
        if (_packed.Length < most)
        {
            _packed = new byte[most];
        }

        var length = 0;
        foreach (var track in playlist.Tracks)
        {
            length += TrackNumbers.Write(_packed.AsSpan(length), writer.Tracks.GetOrAdd(track.Value));
        }

        return _packed.AsSpan(0, length);
    }
}
