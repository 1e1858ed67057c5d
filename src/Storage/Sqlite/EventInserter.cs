using Buddies.Engine.Events;

namespace Buddies.Storage.Sqlite;

/// <summary>Writes events inside a transaction that somebody else began: <see cref="Begin"/>, the events, <see cref="End"/>.</summary>
internal sealed class EventInserter(SqliteWriter writer)
{
    // The conflict names its columns, so that no other broken rule is ever taken for a duplicate.
    private readonly SqliteStatement _insert = writer.Database.Prepare("""
        INSERT INTO events (offset, user_no, event_id, kind, track_no, playlist_no, played_ms, duration_ms, occurred_at, plays, context)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (user_no, event_id) DO NOTHING
        """);

    private readonly SqliteStatement _readNumber = writer.Database.Prepare("SELECT last_number FROM log_state");
    private readonly SqliteStatement _writeNumber = writer.Database.Prepare("UPDATE log_state SET last_number = ?1");
    private long _lastNumber;

    /// <summary>Reads the last number that was given out; another process may have given out some.</summary>
    public void Begin() => _lastNumber = _readNumber.ReadNumber() ?? throw new StoreException("the database is damaged: it does not know the log's last number");

    /// <summary>Adds one event.</summary>
    /// <returns>Its offset; 0 for one that is there already. Both take a number, which is never given out again.</returns>
    public long Insert(in UserEvent @event)
    {
        var number = ++_lastNumber;
        var inserted = _insert
            .Bind(1, number)
            .Bind(2, writer.Users.GetOrAdd(@event.User.Value))
            .Bind(3, @event.Id.Value)
            .Bind(4, (long)@event.Kind)
            .Bind(5, @event.Track is { } track ? writer.Tracks.GetOrAdd(track.Value) : null)
            .Bind(6, @event.Playlist is { } playlist ? writer.Playlists.GetOrAdd(playlist.Value) : null)
            .Bind(7, @event.PlayedMs)
            .Bind(8, @event.DurationMs)
            .Bind(9, @event.OccurredAt.ToUnixTimeMilliseconds())
            .Bind(10, @event.Plays)
            .Bind(11, @event.Context)
            .Run();
        return inserted == 0 ? 0 : number;
    }

    /// <summary>Notes the last number, before the commit.</summary>
    public void End() => _ = _writeNumber.Bind(1, _lastNumber).Run();
}
