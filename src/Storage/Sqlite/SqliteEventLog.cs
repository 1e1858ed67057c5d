using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Log;

namespace Buddies.Storage.Sqlite;

/// <summary>The event log in SQLite: appends by group commit, reads by pages.</summary>
internal sealed class SqliteEventLog(SqliteReader reader, GroupCommit commits, LogSegments segments, int pageRows) : IEventLog
{
    private readonly EventPages _pages = new(reader, pageRows);
    private readonly SqliteStatement _last = reader.Database.Prepare(
        "SELECT max(coalesce((SELECT max(offset) FROM events), 0), dropped_through) FROM log_state");
    private readonly SqliteStatement _count = reader.Database.Prepare("SELECT count(*) FROM events");

    public async ValueTask<IReadOnlyList<long>> AppendAsync(
        IReadOnlyList<UserEvent> events,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < events.Count; i++)
        {
            EventIds.Check(events[i], nameof(events));
        }

        return events.Count == 0
            ? []
            : await commits.AppendAsync(new AppendRequest(events), cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<LoggedEvent> ReadAsync(EventRange range, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(range.AfterOffset);
        return _pages.ReadAsync(range, cancellationToken);
    }

    public ValueTask<IReadOnlyList<LoggedEvent>> ReadUserAsync(UserId user, long afterOffset, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterOffset);
        return _pages.ReadUserAsync(user, afterOffset, cancellationToken);
    }

    public async ValueTask<long> LastOffsetAsync(CancellationToken cancellationToken) =>
        await reader.ReadAsync(() => _last.ReadNumber() ?? 0, cancellationToken).ConfigureAwait(false);

    public async ValueTask<long> CountAsync(CancellationToken cancellationToken) =>
        await reader.ReadAsync(() => _count.ReadNumber() ?? 0, cancellationToken).ConfigureAwait(false);

    public async ValueTask<long> DroppedThroughAsync(CancellationToken cancellationToken) =>
        await segments.DroppedThroughAsync(cancellationToken).ConfigureAwait(false);

    public async ValueTask<long> DropAsync(DateTimeOffset acceptedBefore, long throughOffset, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(throughOffset);
        return await segments.DropAsync(acceptedBefore, throughOffset, cancellationToken).ConfigureAwait(false);
    }
}
