namespace Buddies.Storage.Sqlite;

/// <summary>The log's segments: where each begins and when it began. An event's segment tells about when it was accepted.</summary>
/// <remarks>Segments are marks in one table of events; dropping one deletes its rows in small transactions.</remarks>
internal sealed class LogSegments(SqliteWriter writer, SqliteReader reader, SqliteStoreOptions options)
{
    // So many that a drop is soon done, and so few that appends do not wait long between two of its transactions.
    private const int DeletedRows = 20_000;

    private readonly SqliteStatement _newest = writer.Database.Prepare("SELECT max(started_at) FROM segments");

    private readonly SqliteStatement _begin = writer.Database.Prepare("""
        INSERT INTO segments (first_offset, started_at)
        VALUES ((SELECT last_number FROM log_state) + 1, ?1)
        ON CONFLICT (first_offset) DO UPDATE SET started_at = excluded.started_at
        """);

    // A segment that begins before the time closes the one before it, whose events were all accepted earlier still.
    private readonly SqliteStatement _droppable = writer.Database.Prepare(
        "SELECT max(first_offset) - 1 FROM segments WHERE started_at <= ?1 AND first_offset - 1 <= ?2");

    private readonly SqliteStatement _mark = writer.Database.Prepare(
        "UPDATE log_state SET dropped_through = max(dropped_through, ?1)");

    private readonly SqliteStatement _forget = writer.Database.Prepare("DELETE FROM segments WHERE first_offset <= ?1");

    private readonly SqliteStatement _delete = writer.Database.Prepare(
        "DELETE FROM events WHERE offset IN (SELECT offset FROM events WHERE offset <= ?1 ORDER BY offset LIMIT ?2)");

    private readonly SqliteStatement _renew = writer.Database.Prepare("""
        UPDATE checkpoints SET offset = n.offset, state = n.state, checksum = n.checksum FROM checkpoints n
        WHERE n.user_no = checkpoints.user_no AND n.revision > checkpoints.revision
            AND checkpoints.offset < ?1 AND n.offset > checkpoints.offset
        """);

    private readonly SqliteStatement _dropped = reader.Database.Prepare("SELECT dropped_through FROM log_state");

    /// <summary>Begins a segment where there is none, or the newest has lasted its time. Inside a transaction that appends.</summary>
    public void BeginWhenDue()
    {
        var now = options.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (_newest.ReadNumber() is not { } startedAt || now - startedAt >= (long)options.SegmentPeriod.TotalMilliseconds)
        {
            _ = _begin.Bind(1, now).Run();
        }
    }

    public async Task<long> DropAsync(DateTimeOffset acceptedBefore, long throughOffset, CancellationToken cancellationToken)
    {
        var through = await writer.WriteAsync(
            () =>
            {
                var drop = _droppable.Bind(1, acceptedBefore.ToUnixTimeMilliseconds()).Bind(2, throughOffset).ReadNumber() ?? 0;
                if (drop > 0)
                {
                    _ = _renew.Bind(1, drop).Run();
                    _ = _mark.Bind(1, drop).Run();
                    _ = _forget.Bind(1, drop).Run();
                }

                return drop;
            },
            cancellationToken).ConfigureAwait(false);
        while (through > 0 && await writer.WriteAsync(() => _delete.Bind(1, through).Bind(2, DeletedRows).Run(), CancellationToken.None).ConfigureAwait(false) > 0)
        {
        }

        return await DroppedThroughAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task<long> DroppedThroughAsync(CancellationToken cancellationToken) =>
        reader.ReadAsync(() => _dropped.ReadNumber() ?? 0, cancellationToken);
}
