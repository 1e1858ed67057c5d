using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>The log's one row of state, locked until the transaction ends.</summary>
/// <param name="LastNumber">The last offset that was given out, to a duplicate perhaps.</param>
/// <param name="Segment">The segment that takes events in; 0 before the first.</param>
/// <param name="SegmentFirst">The first offset of it.</param>
/// <param name="SegmentStartedAt">When it began, in Unix milliseconds.</param>
/// <param name="Generation">The generation of keys that takes keys in.</param>
/// <param name="Erasures">How often somebody was erased: what was remembered before the last time may be wrong.</param>
internal readonly record struct LogHead(
    long LastNumber, int Segment, long SegmentFirst, long SegmentStartedAt, int Generation, long Erasures)
{
    public static async Task<LogHead> LockAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT last_number, segment, segment_first, segment_started_at, generation, erasures
            FROM log_head FOR UPDATE
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        _ = await row.ReadAsync().ConfigureAwait(false);
        return new LogHead(
            row.GetInt64(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3), row.GetInt32(4), row.GetInt64(5));
    }

    /// <summary>Notes the last number given out and the last event appended; 0 leaves that as it was.</summary>
    public static async Task MoveAsync(NpgsqlConnection connection, long lastNumber, long lastOffset)
    {
        await using var command = new NpgsqlCommand(
            "UPDATE log_head SET last_number = $1, last_offset = greatest(last_offset, $2)", connection)
        {
            Parameters = { new() { Value = lastNumber }, new() { Value = lastOffset } },
        };
        _ = await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }
}
