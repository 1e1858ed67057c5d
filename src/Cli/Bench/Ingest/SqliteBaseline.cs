using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>The same batches, each as one durable transaction of plain inserts, into a SQLite file beside the server's.</summary>
/// <remarks>One connection, for SQLite has one writer; a prepared statement; write-ahead log, synchronous=FULL, as the store has it.</remarks>
internal static class SqliteBaseline
{
    private static readonly string[] s_parameters = ["$e", "$u", "$k", "$t", "$p", "$d", "$o"];

    public static BareResult Run(string folder, LoadShape shape, TimeSpan duration, CancellationToken cancellationToken) => new(
        Run(Path.Combine(folder, "bare.db"), shape, duration, "", cancellationToken),
        Run(Path.Combine(folder, "keyed.db"), shape, duration, ", PRIMARY KEY (user_id, event_id)) WITHOUT ROWID", cancellationToken));

    private static double Run(string path, LoadShape shape, TimeSpan duration, string key, CancellationToken cancellationToken)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384");
        Execute(connection, $"""
            CREATE TABLE events (event_id TEXT NOT NULL, user_id TEXT NOT NULL, kind INTEGER NOT NULL, track_id TEXT,
                played_ms INTEGER, duration_ms INTEGER, occurred_at INTEGER NOT NULL{(key.Length > 0 ? key : ")")}
            """);
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO events VALUES ($e, $u, $k, $t, $p, $d, $o)";
        var parameters = s_parameters.Select(name =>
        {
            var parameter = insert.CreateParameter();
            parameter.ParameterName = name;
            insert.Parameters.Add(parameter);
            return parameter;
        }).ToArray();
        var (rows, batch, source) = (0L, new BareEvent[shape.Batch], new BareEvents(shape, 0));
        var inserting = TimeSpan.Zero;
        while (inserting < duration)
        {
            cancellationToken.ThrowIfCancellationRequested();
            source.Fill(batch); // Not counted: the server's producers have rendered theirs ahead.
            var started = Stopwatch.GetTimestamp();
            using (var transaction = connection.BeginTransaction())
            {
                insert.Transaction = transaction;
                foreach (ref readonly var row in batch.AsSpan())
                {
                    parameters[0].Value = row.EventId;
                    parameters[1].Value = row.UserId;
                    parameters[2].Value = row.Kind;
                    parameters[3].Value = row.TrackId;
                    parameters[4].Value = row.PlayedMs;
                    parameters[5].Value = row.DurationMs;
                    parameters[6].Value = row.OccurredAtMs;
                    insert.ExecuteNonQuery();
                }

                transaction.Commit();
            }

            inserting += Stopwatch.GetElapsedTime(started);
            rows += batch.Length;
        }

        return rows / inserting.TotalSeconds;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Fixed texts.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
