using System.Runtime.CompilerServices;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>Reads the log segment by segment, and each in steps of so many offsets.</summary>
/// <remarks>
/// A step bounds the offsets on both sides: without statistics, which a growing table lacks, the planner would rather sort
/// all that is left of a segment than trust the order of its index.
/// </remarks>
internal static class EventPages
{
    private const string Rows = """
        SELECT log_offset, user_no, track_no, playlist_no, occurred_at, played_ms, duration_ms, plays, kind, event_id, context
        FROM events WHERE segment = $1 AND log_offset > $2 AND log_offset <= $3
        """;

    // The keys say where a listener's events are: their offsets, and by these the segments. Each is found by its primary key.
    private const string OfUser = """
        SELECT e.log_offset, e.user_no, e.track_no, e.playlist_no, e.occurred_at, e.played_ms, e.duration_ms, e.plays, e.kind, e.event_id, e.context
        FROM (SELECT DISTINCT log_offset FROM event_keys WHERE user_no = (SELECT no FROM users WHERE id = $1) AND log_offset > $2) k
        CROSS JOIN LATERAL (SELECT max(s.segment) AS segment FROM log_segments s WHERE s.first_offset <= k.log_offset) s
        JOIN events e ON e.segment = s.segment AND e.log_offset = k.log_offset
        ORDER BY e.log_offset
        """;

    private const string OfPartitions = " AND ((1::bigint << (user_no & 63)::int) & $4) <> 0";
    private const string InOrder = " ORDER BY log_offset";

    private const string First = """
        SELECT coalesce((SELECT max(segment) FROM log_segments WHERE first_offset <= $1 + 1), (SELECT min(segment) FROM log_segments), 0)
        """;

    // A segment that was dropped meanwhile ends before it begins.
    private const string Bounds = """
        SELECT coalesce(s.first_offset, 1), CASE WHEN s.segment IS NULL THEN 0 ELSE coalesce(s.last_offset, h.last_offset) END,
            (SELECT coalesce(min(segment), 0) FROM log_segments WHERE segment > $1)
        FROM log_head h LEFT JOIN log_segments s ON s.segment = $1
        """;

    public static async IAsyncEnumerable<LoggedEvent> ReadAsync(
        PostgresServer server, EventRange range, int step, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (users, tracks, playlists) = (new IdTexts("users"), new IdTexts("track_ids"), new IdTexts("playlist_ids"));
        var place = new Place(0, range.AfterOffset, IsEnd: false);
        while (!place.IsEnd)
        {
            (var page, place) = await server.ReadAsync(
                async (connection, token) =>
                {
                    var next = await NextAsync(connection, place, range, step, token).ConfigureAwait(false);
                    var rows = next.Rows;
                    await users.ResolveAsync(connection, [.. rows.Select(r => r.User)], token).ConfigureAwait(false);
                    await ResolveAsync(connection, rows, tracks, playlists, token).ConfigureAwait(false);
                    return next;
                },
                cancellationToken).ConfigureAwait(false);
            foreach (var row in page)
            {
                yield return row.ToEvent(new UserId(users[row.User]), tracks, playlists);
            }
        }
    }

    /// <summary>One listener's events beyond an offset; all of them at once.</summary>
    public static Task<List<LoggedEvent>> ReadUserAsync(PostgresServer server, UserId user, long after, CancellationToken cancellationToken) =>
        server.ReadAsync(
            async (connection, token) =>
            {
                var rows = new List<Row>();
                await using (var command = new NpgsqlCommand(OfUser, connection) { Parameters = { new() { Value = user.Value }, new() { Value = after } } })
                {
                    await using var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                    while (await reader.ReadAsync(token).ConfigureAwait(false))
                    {
                        rows.Add(new Row(reader));
                    }
                }

                var (tracks, playlists) = (new IdTexts("track_ids"), new IdTexts("playlist_ids"));
                await ResolveAsync(connection, rows, tracks, playlists, token).ConfigureAwait(false);
                return rows.ConvertAll(row => row.ToEvent(user, tracks, playlists));
            },
            cancellationToken);

    private static async Task ResolveAsync(
        NpgsqlConnection connection, List<Row> rows, IdTexts tracks, IdTexts playlists, CancellationToken cancellationToken)
    {
        await tracks.ResolveAsync(connection, [.. rows.Where(r => r.Track is not null).Select(r => r.Track!.Value)], cancellationToken).ConfigureAwait(false);
        await playlists.ResolveAsync(connection, [.. rows.Where(r => r.Playlist is not null).Select(r => r.Playlist!.Value)], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The next rows, all of one state of the database: if a segment has a next one there, it takes no more in.</summary>
    private static async Task<(List<Row> Rows, Place Behind)> NextAsync(
        NpgsqlConnection connection, Place place, EventRange range, int step, CancellationToken cancellationToken)
    {
        var segment = place.Segment > 0 ? place.Segment : await FirstAsync(connection, place.After, cancellationToken).ConfigureAwait(false);
        if (segment == 0)
        {
            return ([], place with { IsEnd = true });
        }

        var (first, last, next) = await BoundsAsync(connection, segment, cancellationToken).ConfigureAwait(false);
        last = Math.Min(last, range.ThroughOffset);
        var after = Math.Max(place.After, first - 1);
        var rows = new List<Row>();
        while (rows.Count == 0 && after < last)
        {
            var through = Math.Min(after + step, last);
            await StepAsync(connection, segment, new EventRange(after, through, range.Partitions), rows, cancellationToken).ConfigureAwait(false);
            after = through;
        }

        var isExhausted = after >= last;
        return (rows, new Place(
            isExhausted && next > 0 ? next : segment, after, isExhausted && (next == 0 || after >= range.ThroughOffset)));
    }

    /// <summary>The segment that holds what follows an offset; 0 where there is none.</summary>
    private static async Task<int> FirstAsync(NpgsqlConnection connection, long after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(First, connection) { Parameters = { new() { Value = after } } };
        return (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static async Task<(long First, long Last, int Next)> BoundsAsync(NpgsqlConnection connection, int segment, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Bounds, connection) { Parameters = { new() { Value = segment } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        _ = await row.ReadAsync(cancellationToken).ConfigureAwait(false);
        return (row.GetInt64(0), row.GetInt64(1), row.GetInt32(2));
    }

    private static async Task StepAsync(
        NpgsqlConnection connection, int segment, EventRange range, List<Row> page, CancellationToken cancellationToken)
    {
        var isWhole = range.Partitions == EventPartitions.All;
        await using var command = new NpgsqlCommand(isWhole ? Rows + InOrder : Rows + OfPartitions + InOrder, connection)
        {
            Parameters = { new() { Value = segment }, new() { Value = range.AfterOffset }, new() { Value = range.ThroughOffset } },
        };
        if (!isWhole)
        {
            command.Parameters.Add(new() { Value = unchecked((long)range.Partitions) });
        }

        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            page.Add(new Row(rows));
        }
    }

    /// <summary>Where the reading stands.</summary>
    /// <param name="Segment">The segment to read; 0 before the first.</param>
    /// <param name="After">The offset behind which it goes on.</param>
    /// <param name="IsEnd">Whether nothing is left.</param>
    private readonly record struct Place(int Segment, long After, bool IsEnd);

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

        public LoggedEvent ToEvent(UserId user, IdTexts tracks, IdTexts playlists) => new(Offset, Event with
        {
            User = user,
            Track = Track is { } track ? new TrackId(tracks[track]) : null,
            Playlist = Playlist is { } playlist ? new PlaylistId(playlists[playlist]) : null,
        });
    }
}
