using System.Text.Json;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>Tracks and playlists in PostgreSQL.</summary>
internal sealed class PostgresCatalogueStore(PostgresServer server, PostgresStoreOptions options) : ICatalogueStore
{
    // The limit stands in the text, and inside: a planner that does not know it would join and sort everything for each page.
    private readonly string _tracks = $"""
        SELECT t.position, i.id, t.title, t.artist, t.tags
        FROM (SELECT * FROM tracks WHERE position > $1 ORDER BY position LIMIT {options.ReadPageRows}) t
        JOIN track_ids i ON i.no = t.track_no ORDER BY t.position
        """;

    private readonly string _playlists = $"""
        SELECT p.position, i.id, p.title, o.id, p.public, p.followers, p.tracks
        FROM (SELECT * FROM playlists WHERE position > $1 ORDER BY position LIMIT {options.ReadPageRows}) p
        JOIN playlist_ids i ON i.no = p.playlist_no JOIN users o ON o.no = p.owner_no ORDER BY p.position
        """;

    public async ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tracks);
        var last = LastOfEach(tracks, t => t.Id);
        _ = await server.WriteAsync(
            async connection =>
            {
                await new CatalogueRows(options).UpsertAsync(connection, last).ConfigureAwait(false);
                return true;
            },
            isExclusive: true,
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(playlists);
        var last = LastOfEach(playlists, p => p.Id);
        _ = await server.WriteAsync(
            async connection =>
            {
                await new CatalogueRows(options).UpsertAsync(connection, last).ConfigureAwait(false);
                return true;
            },
            isExclusive: true,
            cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<Track> ReadTracksAsync(CancellationToken cancellationToken) =>
        PagedRows.ReadAsync(server, 0L, TrackPageAsync, cancellationToken);

    public IAsyncEnumerable<Playlist> ReadPlaylistsAsync(CancellationToken cancellationToken)
    {
        var tracks = new IdTexts("track_ids");
        return PagedRows.ReadAsync(server, 0L, (c, after, token) => PlaylistPageAsync(c, after, tracks, token), cancellationToken);
    }

    /// <summary>The rows that stand when one follows the other: each id once, in the place of its first row, as its last row says.</summary>
    private static Dictionary<TId, TRow>.ValueCollection LastOfEach<TRow, TId>(IReadOnlyList<TRow> rows, Func<TRow, TId> idOf)
        where TId : notnull
    {
        // A dictionary from which nothing is removed keeps the order of first addition.
        var last = new Dictionary<TId, TRow>(rows.Count);
        foreach (var row in rows)
        {
            last[idOf(row)] = row;
        }

        return last.Values;
    }

    private static string[] Tags(string json) => json.Length <= 2 ? [] : JsonSerializer.Deserialize<string[]>(json)!;

    private async Task<(List<Track> Rows, long Behind)> TrackPageAsync(NpgsqlConnection connection, long after, CancellationToken cancellationToken)
    {
        var page = new List<Track>();
        await using var command = Page(connection, _tracks, after);
        await using var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            after = row.GetInt64(0);
            page.Add(new Track(new TrackId(row.GetString(1)), row.GetString(2), row.GetString(3), Tags(row.GetString(4))));
        }

        return (page, after);
    }

    private async Task<(List<Playlist> Rows, long Behind)> PlaylistPageAsync(
        NpgsqlConnection connection, long after, IdTexts tracks, CancellationToken cancellationToken)
    {
        var page = new List<(Playlist Playlist, long[] Tracks)>();
        await using (var command = Page(connection, _playlists, after))
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                after = row.GetInt64(0);
                page.Add((
                    new Playlist(new PlaylistId(row.GetString(1)), row.GetString(2), new UserId(row.GetString(3)), row.GetBoolean(4), [], row.GetInt32(5)),
                    row.GetFieldValue<long[]>(6)));
            }
        }

        await tracks.ResolveAsync(connection, [.. page.SelectMany(p => p.Tracks)], cancellationToken).ConfigureAwait(false);
        return (page.ConvertAll(p => p.Playlist with { Tracks = Array.ConvertAll(p.Tracks, t => new TrackId(tracks[t])) }), after);
    }

    private static NpgsqlCommand Page(NpgsqlConnection connection, string sql, long after) => new(sql, connection)
    {
        Parameters = { new() { Value = after } },
    };
}
