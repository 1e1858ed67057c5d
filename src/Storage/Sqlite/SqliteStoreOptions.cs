namespace Buddies.Storage.Sqlite;

/// <summary>How a SQLite store waits, batches and caches. The defaults suit a server with a few GiB of memory.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>How long a write waits for another process's write, such as an import, before it fails. Default 30 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many events one group commit takes before it stops adding waiting calls. Default 8192. More raises
    /// throughput and the time that one commit holds the writer. A single longer call still goes in whole.
    /// </summary>
    public int GroupCommitEvents { get; init; } = 8192;

    /// <summary>How many calls of AppendAsync may wait in the queue before further ones wait outside it. Default 1024.</summary>
    public int QueuedAppends { get; init; } = 1024;

    /// <summary>How many interned ids of each sort are remembered in memory by the writer. Default 262,144, some 40 MiB when full.</summary>
    public int CachedIds { get; init; } = 262_144;

    /// <summary>Page cache of the writing connection, in KiB. Default 65,536.</summary>
    public int WriterCacheKiB { get; init; } = 65_536;

    /// <summary>Page cache of the reading connection, in KiB; most reads are served from mapped memory instead. Default 8,192.</summary>
    public int ReaderCacheKiB { get; init; } = 8_192;

    /// <summary>How much of the file the reading connection maps into memory, in bytes. Default 1 GiB of address space.</summary>
    public long ReaderMapBytes { get; init; } = 1L << 30;

    /// <summary>How many rows one read takes; no read transaction lives longer than that. Default 4096.</summary>
    public int ReadPageRows { get; init; } = 4096;

    /// <summary>
    /// How many pages of 4 KiB the write-ahead log takes before they are moved into the file, beside the writer. Default
    /// 16,384, 64 MiB: one page of the index of event ids is written by many events then.
    /// </summary>
    public int LogPages { get; init; } = 16_384;

    /// <summary>How long a segment of the log takes events in; old events are dropped by segments. Default 1 day.</summary>
    public TimeSpan SegmentPeriod { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The clock that stamps segments, erasures, imports and commits. Default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
