using System.Runtime.CompilerServices;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>Reads the log segment by segment, and each by keyset: a page begins after the last offset of the one before.</summary>
internal static class EventPages
{
    private const string Rows = """
        SELECT log_offset, user_no, track_no, playlist_no, occurred_at, played_ms, duration_ms, plays, kind, event_id, context
        FROM events WHERE segment = $1 AND log_offset > $2 AND log_offset <= $3
        """;

    private const string OfPartitions = " AND ((1::bigint << (user_no & 63)::int) & $5) <> 0";
    private const string Page = " ORDER BY log_offset LIMIT $4";

    public static async IAsyncEnumerable<LoggedEvent> ReadAsync(
        PostgresServer server, EventRange range, int pageRows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (users, tracks, playlists) = (new IdTexts("users"), new IdTexts("track_ids"), new IdTexts("playlist_ids"));
        var (segment, after) = (0, range.AfterOffset);
        while (true)
        {
            var (page, next) = await server.ReadAsync(
                async (connection, token) =>
                {
                    // Both of one state of the database: if there is a next segment, this one takes no more in.
                    segment = segment > 0 ? segment : await FirstAsync(connection, after, token).ConfigureAwait(false);
                    var raw = await PageAsync(connection, segment, range with { AfterOffset = after }, pageRows, token).ConfigureAwait(false);
                    await users.ResolveAsync(connection, [.. raw.Select(r => r.User)], token).ConfigureAwait(false);
                    await tracks.ResolveAsync(connection, [.. raw.Where(r => r.Track is not null).Select(r => r.Track!.Value)], token).ConfigureAwait(false);
                    await playlists.ResolveAsync(connection, [.. raw.Where(r => r.Playlist is not null).Select(r => r.Playlist!.Value)], token).ConfigureAwait(false);
                    return (raw, raw.Count == pageRows ? segment : await NextAsync(connection, segment, token).ConfigureAwait(false));
                },
                cancellationToken).ConfigureAwait(false);
            foreach (var row in page)
            {
                after = row.Offset;
                yield return new LoggedEvent(row.Offset, row.Event with
                {
                    User = new UserId(users[row.User]),
                    Track = row.Track is { } track ? new TrackId(tracks[track]) : null,
                    Playlist = row.Playlist is { } playlist ? new PlaylistId(playlists[playlist]) : null,
                });
            }

            if (next == 0 || after >= range.ThroughOffset)
            {
                yield break;
            }

            segment = next;
        }
    }

    /// <summary>The segment that holds what follows an offset; 0 where there is none.</summary>
    private static Task<int> FirstAsync(NpgsqlConnection connection, long after, CancellationToken cancellationToken) => NumberAsync(
        connection,
        """
        SELECT coalesce((SELECT max(segment) FROM log_segments WHERE first_offset <= $1 + 1), (SELECT min(segment) FROM log_segments), 0)
        """,
        after,
        cancellationToken);

    private static Task<int> NextAsync(NpgsqlConnection connection, int segment, CancellationToken cancellationToken) => NumberAsync(
        connection, "SELECT coalesce(min(segment), 0) FROM log_segments WHERE segment > $1", (long)segment, cancellationToken);

    private static async Task<int> NumberAsync(NpgsqlConnection connection, string sql, long parameter, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = parameter } } };
        return (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static async Task<List<Row>> PageAsync(
        NpgsqlConnection connection, int segment, EventRange range, int pageRows, CancellationToken cancellationToken)
    {
        var isWhole = range.Partitions == EventPartitions.All;
        await using var command = new NpgsqlCommand(isWhole ? Rows + Page : Rows + OfPartitions + Page, connection)
        {
            Parameters =
            {
                new() { Value = segment }, new() { Value = range.AfterOffset }, new() { Value = range.ThroughOffset }, new() { Value = pageRows },
            },
        };
        if (!isWhole)
        {
            command.Parameters.Add(new() { Value = unchecked((long)range.Partitions) });
        }

        var page = new List<Row>(pageRows);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            page.Add(new Row(rows));
        }

        return page;
    }

    /// <summary>An event whose user, track and playlist are numbers still.</summary>
    private readonly struct Row(NpgsqlDataReader row)
    {
        public long Offset { get; } = row.GetInt64(0);

        public long User { get; } = row.GetInt64(1);

        public long? Track { get; } = row.IsDBNull(2) ? null : row.GetInt64(2);

        public long? Playlist { get; } = row.IsDBNull(3) ? null : row.GetInt64(3);

        public UserEvent Event { get; } = new(
            new EventId(row.GetString(9)),
            default,
            (EventKind)row.GetInt16(8),
            null,
            null,
            row.IsDBNull(5) ? null : row.GetInt32(5),
            row.IsDBNull(6) ? null : row.GetInt32(6),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
            row.GetInt32(7),
            row.IsDBNull(10) ? null : row.GetString(10));
    }
}
