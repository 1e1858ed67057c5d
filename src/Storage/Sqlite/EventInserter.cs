using Buddies.Engine.Events;
using SQLitePCL;

namespace Buddies.Storage.Sqlite;

/// <summary>Writes events inside a transaction that somebody else began.</summary>
internal sealed class EventInserter(SqliteWriter writer)
{
    // The conflict names its columns, so that no other broken rule is ever taken for a duplicate.
    private readonly SqliteStatement _insert = writer.Database.Prepare("""
        INSERT INTO events (user_no, event_id, kind, track_no, playlist_no, played_ms, duration_ms, occurred_at, plays, context)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT (user_no, event_id) DO NOTHING
        """);

    /// <summary>Adds one event.</summary>
    /// <returns>Its offset; 0 for one that is there already.</returns>
    public long Insert(in UserEvent @event)
    {
        var inserted = _insert
            .Bind(1, writer.Users.GetOrAdd(@event.User.Value))
            .Bind(2, @event.Id.Value)
            .Bind(3, (long)@event.Kind)
            .Bind(4, @event.Track is { } track ? writer.Tracks.GetOrAdd(track.Value) : null)
            .Bind(5, @event.Playlist is { } playlist ? writer.Playlists.GetOrAdd(playlist.Value) : null)
            .Bind(6, @event.PlayedMs)
            .Bind(7, @event.DurationMs)
            .Bind(8, @event.OccurredAt.ToUnixTimeMilliseconds())
            .Bind(9, @event.Plays)
            .Bind(10, @event.Context)
            .Run();
        return inserted == 0 ? 0 : raw.sqlite3_last_insert_rowid(writer.Database.Handle);
    }
}
