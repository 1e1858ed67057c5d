using Buddies.Engine.Events;

namespace Buddies.Storage.Sqlite;

/// <summary>The event log in SQLite: appends by group commit, reads by pages.</summary>
internal sealed class SqliteEventLog(SqliteReader reader, GroupCommit commits, int pageRows) : IEventLog
{
    private readonly EventPages _pages = new(reader, pageRows);
    private readonly SqliteStatement _last = reader.Database.Prepare("SELECT max(offset) FROM events");
    private readonly SqliteStatement _count = reader.Database.Prepare("SELECT count(*) FROM events");

    public async ValueTask<IReadOnlyList<long>> AppendAsync(
        IReadOnlyList<UserEvent> events,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < events.Count; i++)
        {
            EventInserter.Check(events[i], nameof(events));
        }

        return events.Count == 0
            ? []
            : await commits.AppendAsync(new AppendRequest(events), cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<LoggedEvent> ReadAsync(long afterOffset, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterOffset);
        return _pages.ReadAsync(afterOffset, cancellationToken);
    }

    public async ValueTask<long> LastOffsetAsync(CancellationToken cancellationToken) =>
        await reader.ReadAsync(() => _last.ReadNumber() ?? 0, cancellationToken).ConfigureAwait(false);

    public async ValueTask<long> CountAsync(CancellationToken cancellationToken) =>
        await reader.ReadAsync(() => _count.ReadNumber() ?? 0, cancellationToken).ConfigureAwait(false);
}
