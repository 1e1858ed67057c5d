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
                        var row = Row(users, tracks, playlists);
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

    private LoggedEvent Row(IdTexts users, IdTexts tracks, IdTexts playlists) => new(
        _page.Number(0),
        new UserEvent(
            new EventId(_page.Text(2)),
            new UserId(users[_page.Number(1)]),
            (EventKind)_page.Number(3),
            _page.NullableNumber(4) is { } track ? new TrackId(tracks[track]) : null,
            _page.NullableNumber(5) is { } playlist ? new PlaylistId(playlists[playlist]) : null,
            (int?)_page.NullableNumber(6),
            (int?)_page.NullableNumber(7),
            DateTimeOffset.FromUnixTimeMilliseconds(_page.Number(8)),
            (int)_page.Number(9),
            _page.NullableText(10)));
}
