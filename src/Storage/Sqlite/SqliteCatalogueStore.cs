using System.Text.Json;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Sqlite;

/// <summary>Tracks and playlists in SQLite.</summary>
internal sealed class SqliteCatalogueStore(
    SqliteWriter writer,
    SqliteReader reader,
    TrackRows trackRows,
    PlaylistRows playlistRows,
    int pageRows) : ICatalogueStore
{
    private readonly SqliteStatement _tracks = reader.Database.Prepare("""
        SELECT t.position, i.id, t.title, t.artist, t.tags FROM tracks t JOIN track_ids i ON i.no = t.track_no
        WHERE t.position > ?1 ORDER BY t.position LIMIT ?2
        """);

    private readonly SqliteStatement _playlists = reader.Database.Prepare("""
        SELECT p.position, i.id, p.title, p.owner_no, p.public, p.followers, p.tracks
        FROM playlists p JOIN playlist_ids i ON i.no = p.playlist_no
        WHERE p.position > ?1 ORDER BY p.position LIMIT ?2
        """);

    private readonly SqliteStatement _user = reader.Database.Prepare(IdTexts.Sql("users"));
    private readonly SqliteStatement _track = reader.Database.Prepare(IdTexts.Sql("track_ids"));

    public async ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tracks);
        await writer.WriteAsync(
            () =>
            {
                foreach (var track in tracks)
                {
                    trackRows.Upsert(track);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(playlists);
        await writer.WriteAsync(
            () =>
            {
                foreach (var playlist in playlists)
                {
                    playlistRows.Upsert(playlist);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<Track> ReadTracksAsync(CancellationToken cancellationToken)
    {
        var after = 0L;
        return reader.StreamAsync<Track>(
            page =>
            {
                _tracks.Bind(1, after).Bind(2, pageRows);
                while (_tracks.Step())
                {
                    after = _tracks.Number(0);
                    page.Add(new Track(new TrackId(_tracks.Text(1)), _tracks.Text(2), _tracks.Text(3), Tags(_tracks.Bytes(4))));
                }
            },
            cancellationToken);
    }

    public IAsyncEnumerable<Playlist> ReadPlaylistsAsync(CancellationToken cancellationToken)
    {
        var after = 0L;
        var (owners, tracks) = (new IdTexts(_user), new IdTexts(_track));
        return reader.StreamAsync<Playlist>(
            page =>
            {
                _playlists.Bind(1, after).Bind(2, pageRows);
                while (_playlists.Step())
                {
                    after = _playlists.Number(0);
                    page.Add(PlaylistRow(owners, tracks));
                }
            },
            cancellationToken);
    }

    private static string[] Tags(ReadOnlySpan<byte> json) =>
        json.Length <= 2 ? [] : JsonSerializer.Deserialize<string[]>(json)!;

    private Playlist PlaylistRow(IdTexts owners, IdTexts tracks) => new(
        new PlaylistId(_playlists.Text(1)),
        _playlists.Text(2),
        new UserId(owners[_playlists.Number(3)]),
        _playlists.Number(4) != 0,
        Entries(tracks, _playlists.Bytes(6)),
        (int)_playlists.Number(5));

    private static TrackId[] Entries(IdTexts tracks, ReadOnlySpan<byte> packed)
    {
        // A number's last byte is the only one below 128, so counting those counts the entries.
        var count = 0;
        foreach (var b in packed)
        {
            count += b < 0x80 ? 1 : 0;
        }

        var entries = new TrackId[count];
        for (var i = 0; i < count; i++)
        {
            entries[i] = new TrackId(tracks[TrackNumbers.Read(ref packed)]);
        }

        return entries;
    }
}
