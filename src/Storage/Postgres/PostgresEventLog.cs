using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Log;
using Dapper;

namespace Buddies.Storage.Postgres;

/// <summary>The event log in PostgreSQL: appends by group commit, reads by pages, drops by segments.</summary>
internal sealed class PostgresEventLog : IEventLog, IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly PostgresStoreOptions _options;
    private readonly EventRows _rows;
    private readonly GroupCommit _commits;
    private readonly List<UserEvent> _events = [];

    public PostgresEventLog(PostgresServer server, PostgresStoreOptions options)
    {
        (_server, _options, _rows) = (server, options, new EventRows(options));
        _commits = new GroupCommit(WriteAsync, options.GroupCommitEvents, options.QueuedAppends, blocks: false);
    }

    /// <summary>The right to serve, where this store has taken it; without it nothing is appended any more.</summary>
    public ServingLock? Serving { get; set; }

    public async ValueTask<IReadOnlyList<long>> AppendAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < events.Count; i++)
        {
            EventIds.Check(events[i], nameof(events));
        }

        return events.Count == 0
            ? []
            : await _commits.AppendAsync(new AppendRequest(events), cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<LoggedEvent> ReadAsync(EventRange range, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(range.AfterOffset);
        return EventPages.ReadAsync(_server, range, _options.ReadPageRows, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<LoggedEvent>> ReadUserAsync(UserId user, long afterOffset, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterOffset);
        return await EventPages.ReadUserAsync(_server, user, afterOffset, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<long> LastOffsetAsync(CancellationToken cancellationToken) =>
        await NumberAsync("SELECT last_offset FROM log_head", cancellationToken).ConfigureAwait(false);

    public async ValueTask<long> CountAsync(CancellationToken cancellationToken) =>
        await NumberAsync("SELECT count(*) FROM events", cancellationToken).ConfigureAwait(false);

    public async ValueTask<long> DroppedThroughAsync(CancellationToken cancellationToken) =>
        await NumberAsync("SELECT dropped_through FROM log_head", cancellationToken).ConfigureAwait(false);

    public async ValueTask<long> DropAsync(DateTimeOffset acceptedBefore, long throughOffset, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(throughOffset);
        return await _server.WriteAsync(
            async connection =>
            {
                // A table is dropped once nobody reads from it; while this waits so does every append, so it does not wait long.
                _ = await connection.ExecuteAsync("SET LOCAL lock_timeout = '2s'").ConfigureAwait(false);
                return await connection.ExecuteScalarAsync<long>(
                    "SELECT drop_segments(@Before, @Through, @Now)",
                    new
                    {
                        Before = acceptedBefore.ToUnixTimeMilliseconds(),
                        Through = throughOffset,
                        Now = _options.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    }).ConfigureAwait(false);
            },
            isExclusive: false,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what is queued, then stops.</summary>
    public ValueTask DisposeAsync() => _commits.DisposeAsync();

    private async Task WriteAsync(AppendGroup group)
    {
        Serving?.Check();
        long[] offsets = [];
        var isSecond = false;
        try
        {
            _ = await _server.WriteAsync(
                async connection =>
                {
                    if (isSecond)
                    {
                        _rows.Forget();
                    }

                    isSecond = true;

                    // Whoever queued up while this waited for the lock comes along.
                    group.Gather();
                    _events.Clear();
                    foreach (var request in group.Requests)
                    {
                        _events.AddRange(request.Events);
                    }

                    offsets = new long[_events.Count];
                    return await _rows.AppendAsync(connection, _events, offsets).ConfigureAwait(false);
                },
                isExclusive: false,
                CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            _rows.Forget();
            throw;
        }

        var at = 0;
        foreach (var request in group.Requests)
        {
            offsets.AsSpan(at, request.Offsets.Length).CopyTo(request.Offsets);
            at += request.Offsets.Length;
        }
    }

    private Task<long> NumberAsync(string sql, CancellationToken cancellationToken) => _server.ReadAsync(
        (connection, token) => connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, cancellationToken: token)),
        cancellationToken);
}
