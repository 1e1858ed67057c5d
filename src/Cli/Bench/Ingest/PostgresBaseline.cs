using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>The same batches, each as one binary COPY that commits durably, into a plain table of the same PostgreSQL.</summary>
/// <remarks>As many connections as producers, each with one batch under way.</remarks>
internal static class PostgresBaseline
{
    public static async Task<BareResult> RunAsync(string connection, LoadShape shape, TimeSpan duration, CancellationToken cancellationToken) => new(
        await RunAsync(connection, "bare_events", "", shape, duration, cancellationToken),
        await RunAsync(connection, "keyed_events", ", PRIMARY KEY (user_id, event_id)", shape, duration, cancellationToken));

    private static async Task<double> RunAsync(
        string connection, string table, string key, LoadShape shape, TimeSpan duration, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        builder.Options = $"{builder.Options} -c synchronous_commit=on".Trim();
        await using var source = NpgsqlDataSource.Create(builder);
#pragma warning disable CA2100 // Fixed texts.
        await using (var create = source.CreateCommand($"""
            CREATE TABLE {table} (event_id text COLLATE "C" NOT NULL, user_id text COLLATE "C" NOT NULL, kind smallint NOT NULL,
                track_id text, played_ms integer, duration_ms integer, occurred_at bigint NOT NULL{key})
            """))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
#pragma warning restore CA2100

        var rows = await Task.WhenAll(Enumerable.Range(0, shape.Producers).Select(
            number => Task.Run(() => CopyAsync(source, table, shape, number, duration, cancellationToken), cancellationToken)));
        return rows.Sum(done => done.Rows / done.Copying.TotalSeconds);
    }

    private static async Task<(long Rows, TimeSpan Copying)> CopyAsync(
        NpgsqlDataSource source, string table, LoadShape shape, int number, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var (rows, batch, events) = (0L, new BareEvent[shape.Batch], new BareEvents(shape, number));
        var copying = TimeSpan.Zero;
        while (copying < duration)
        {
            events.Fill(batch);
            var started = Stopwatch.GetTimestamp();
            await using (var copy = await connection.BeginBinaryImportAsync($"COPY {table} FROM STDIN (FORMAT BINARY)", cancellationToken))
            {
                foreach (var row in batch)
                {
                    // Rows go out in large pieces, so these calls hardly ever wait.
                    copy.StartRow();
                    copy.Write(row.EventId, NpgsqlDbType.Text);
                    copy.Write(row.UserId, NpgsqlDbType.Text);
                    copy.Write(row.Kind, NpgsqlDbType.Smallint);
                    copy.Write(row.TrackId, NpgsqlDbType.Text);
                    copy.Write(row.PlayedMs, NpgsqlDbType.Integer);
                    copy.Write(row.DurationMs, NpgsqlDbType.Integer);
                    copy.Write(row.OccurredAtMs, NpgsqlDbType.Bigint);
                }

                await copy.CompleteAsync(cancellationToken);
            }

            copying += Stopwatch.GetElapsedTime(started);
            rows += batch.Length;
        }

        return (rows, copying);
    }
}
