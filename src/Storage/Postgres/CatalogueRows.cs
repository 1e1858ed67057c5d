using System.Text.Json;
using Buddies.Engine.Catalogue;
using Npgsql;
using NpgsqlTypes;

namespace Buddies.Storage.Postgres;

/// <summary>Writes tracks and playlists inside a transaction that somebody else began and that runs alone.</summary>
internal sealed class CatalogueRows(PostgresStoreOptions options)
{
    // Rows get their positions in the order of the arrays.
    private const string Tracks = """
        INSERT INTO tracks (track_no, title, artist, tags)
        SELECT n.no, n.title, n.artist, n.tags
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS n (no, title, artist, tags, place) ORDER BY n.place
        ON CONFLICT (track_no) DO UPDATE SET
        """;

    private const string ReplaceAll = " title = excluded.title, artist = excluded.artist, tags = excluded.tags";
    private const string ReplaceTags = " tags = excluded.tags WHERE excluded.tags <> '[]'";

    private const string Playlists = """
        INSERT INTO playlists (playlist_no, title, owner_no, public, followers, tracks) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (playlist_no) DO UPDATE SET title = excluded.title, owner_no = excluded.owner_no,
            public = excluded.public, followers = excluded.followers, tracks = excluded.tracks
        """;

    private readonly IdNumbers _users = new("users", options.CachedIds);
    private readonly IdNumbers _tracks = new("track_ids", options.CachedIds);
    private readonly IdNumbers _playlists = new("playlist_ids", options.CachedIds);

    /// <summary>Adds tracks, or replaces all of them but their place in the order. At most one for an id.</summary>
    public Task UpsertAsync(NpgsqlConnection connection, IReadOnlyCollection<Track> tracks) => WriteAsync(connection, tracks, Tracks + ReplaceAll);

    /// <summary>Adds tracks; of those that exist only the tags are replaced, and only by tags. At most one for an id.</summary>
    public Task AddAsync(NpgsqlConnection connection, IReadOnlyCollection<Track> tracks) => WriteAsync(connection, tracks, Tracks + ReplaceTags);

    /// <summary>Adds playlists, or replaces all of them but their place in the order.</summary>
    public async Task UpsertAsync(NpgsqlConnection connection, IReadOnlyCollection<Playlist> playlists)
    {
        await _users.ResolveAsync(connection, playlists.Select(p => p.Owner.Value)).ConfigureAwait(false);
        await _tracks.ResolveAsync(connection, playlists.SelectMany(p => p.Tracks.Select(t => t.Value))).ConfigureAwait(false);
        await _playlists.ResolveAsync(connection, playlists.Select(p => p.Id.Value)).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var playlist in playlists)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Playlists)
            {
                Parameters =
                {
                    new() { Value = _playlists[playlist.Id.Value] },
                    Text(playlist.Title),
                    new() { Value = _users[playlist.Owner.Value] },
                    new() { Value = playlist.IsPublic },
                    new() { Value = playlist.Followers },
                    new() { Value = playlist.Tracks.Select(t => _tracks[t.Value]).ToArray() },
                },
            });
        }

        _ = await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private async Task WriteAsync(NpgsqlConnection connection, IReadOnlyCollection<Track> tracks, string sql)
    {
        await _tracks.ResolveAsync(connection, tracks.Select(t => t.Id.Value)).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                new() { Value = tracks.Select(t => _tracks[t.Id.Value]).ToArray() },
                new() { Value = tracks.Select(t => t.Title).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = tracks.Select(t => t.Artist).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = tracks.Select(t => t.Tags.Count == 0 ? "[]" : JsonSerializer.Serialize(t.Tags)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        };
        _ = await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }
}
