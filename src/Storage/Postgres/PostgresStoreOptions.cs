namespace Buddies.Storage.Postgres;

/// <summary>How a PostgreSQL store connects, waits and batches.</summary>
public sealed class PostgresStoreOptions
{
    /// <summary>The schema that holds every table, made where it is missing and the role may. Default <c>buddies</c>.</summary>
    public string Schema { get; init; } = "buddies";

    /// <summary>
    /// Most connections of one process, unless the connection string says so itself. Default 8: one holds the
    /// right to serve, one appends, one saves checkpoints, one imports or erases, and four read or answer small questions. More would only queue up inside PostgreSQL.
    /// </summary>
    public int MaxConnections { get; init; } = 8;

    /// <summary>How long a connection may take to open, unless the connection string says so itself. Default 5 s; then the call fails.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a write waits for somebody else's, such as an import, before it fails. Default 30 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many events one group commit takes before it stops adding waiting calls. Default 8192. A single longer call still
    /// goes in whole.
    /// </summary>
    public int GroupCommitEvents { get; init; } = 8192;

    /// <summary>How many calls of AppendAsync may wait in the queue before further ones wait outside it. Default 1024.</summary>
    public int QueuedAppends { get; init; } = 1024;

    /// <summary>How many interned ids of each sort are remembered in memory. Default 262,144, some 40 MiB when full.</summary>
    public int CachedIds { get; init; } = 262_144;

    /// <summary>How many rows one read takes; no read transaction lives longer than that. Default 4096.</summary>
    public int ReadPageRows { get; init; } = 4096;

    /// <summary>How long a segment of the log takes events in; old events are dropped by segments. Default 1 day.</summary>
    public TimeSpan SegmentPeriod { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How many events a segment takes in before the next one begins. Default 50,000,000, some 8 GB.</summary>
    public long SegmentEvents { get; init; } = 50_000_000;

    /// <summary>The clock that stamps segments, erasures, imports and commits. Default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
