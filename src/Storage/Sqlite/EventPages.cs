using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Sqlite;

/// <summary>Reads the log by keyset: each page begins after the last offset of the one before.</summary>
internal sealed class EventPages(SqliteReader reader, int pageRows)
{
    private readonly SqliteStatement _page = reader.Database.Prepare("""
        SELECT offset, user_no, event_id, kind, track_no, playlist_no, played_ms, duration_ms, occurred_at, plays, context
        FROM events WHERE offset > ?1 AND offset <= ?2 ORDER BY offset LIMIT ?3
        """);

    // By the unique index on user and event id; sorted afterwards, for a listener has few events beyond a checkpoint.
    private readonly SqliteStatement _ofUser = reader.Database.Prepare("""
        SELECT offset, user_no, event_id, kind, track_no, playlist_no, played_ms, duration_ms, occurred_at, plays, context
        FROM events WHERE user_no = (SELECT no FROM users WHERE id = ?1) AND +offset > ?2 ORDER BY +offset
        """);

    private readonly SqliteStatement _user = reader.Database.Prepare(IdTexts.Sql("users"));
    private readonly SqliteStatement _track = reader.Database.Prepare(IdTexts.Sql("track_ids"));
    private readonly SqliteStatement _playlist = reader.Database.Prepare(IdTexts.Sql("playlist_ids"));

    public IAsyncEnumerable<LoggedEvent> ReadAsync(EventRange range, CancellationToken cancellationToken)
    {
        var (users, tracks, playlists) = (new IdTexts(_user), new IdTexts(_track), new IdTexts(_playlist));
        var after = range.AfterOffset;
        return reader.StreamAsync<LoggedEvent>(
            page =>
            {
                // An empty page ends the stream: one without an event of the partitions must not be empty.
                var seen = after;
                do
                {
                    after = seen;
                    _page.Bind(1, after).Bind(2, range.ThroughOffset).Bind(3, pageRows);
                    while (_page.Step())
                    {
                        seen = _page.Number(0);
                        var row = Row(_page, users, tracks, playlists);
                        if (EventPartitions.Contains(range.Partitions, row.Event.User))
                        {
                            page.Add(row);
                        }
                    }
                }
                while (page.Count == 0 && seen > after);
                after = seen;
            },
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<LoggedEvent>> ReadUserAsync(UserId user, long afterOffset, CancellationToken cancellationToken) =>
        await reader.ReadAsync(
            () =>
            {
                var (users, tracks, playlists) = (new IdTexts(_user), new IdTexts(_track), new IdTexts(_playlist));
                var events = new List<LoggedEvent>();
                _ofUser.Bind(1, user.Value).Bind(2, afterOffset);
                while (_ofUser.Step())
                {
                    events.Add(Row(_ofUser, users, tracks, playlists));
                }

                return events;
            },
            cancellationToken).ConfigureAwait(false);

    private static LoggedEvent Row(SqliteStatement row, IdTexts users, IdTexts tracks, IdTexts playlists) => new(
        row.Number(0),
        new UserEvent(
            new EventId(row.Text(2)),
            new UserId(users[row.Number(1)]),
            (EventKind)row.Number(3),
            row.NullableNumber(4) is { } track ? new TrackId(tracks[track]) : null,
            row.NullableNumber(5) is { } playlist ? new PlaylistId(playlists[playlist]) : null,
            (int?)row.NullableNumber(6),
            (int?)row.NullableNumber(7),
            DateTimeOffset.FromUnixTimeMilliseconds(row.Number(8)),
            (int)row.Number(9),
            row.NullableText(10)));
}
