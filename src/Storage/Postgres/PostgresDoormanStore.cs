using Buddies.Engine.Doorman;
using Buddies.Storage.Doorman;
using Dapper;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>The doorman's record in one row, the versions' states in one each, and a journal that only grows.</summary>
internal sealed class PostgresDoormanStore(PostgresServer server) : IDoormanStore
{
    private const string Row = "SELECT epoch, current, canary, rollout, nodes, fencing FROM doorman";

    private const string States = """
        SELECT m.version, coalesce(s.state, 0), coalesce(s.replaced, 0), coalesce(s.reasons, '[]')
        FROM models m LEFT JOIN model_states s ON s.version = m.version ORDER BY m.version
        """;

    public async ValueTask<DoormanRecord> ReadAsync(CancellationToken cancellationToken) => await server.ReadAsync(
        (connection, token) => ReadAsync(connection, Row, token), cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> TryWriteAsync(
        long expectedEpoch, DoormanRecord next, IReadOnlyList<JournalEntry> journal, CancellationToken cancellationToken)
    {
        DoormanWrites.Check(expectedEpoch, next, journal);
        return await server.WriteAsync(
            connection => TryWriteAsync(connection, expectedEpoch, next, journal), isExclusive: false, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(long afterNumber, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await server.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    SELECT number, epoch, at, action, version, who, why, reasons, metrics FROM doorman_journal
                    WHERE number > $1 ORDER BY number LIMIT $2
                    """,
                    connection)
                {
                    Parameters = { new() { Value = afterNumber }, new() { Value = limit } },
                };
                var entries = new List<JournalEntry>();
                await using var rows = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                while (await rows.ReadAsync(token).ConfigureAwait(false))
                {
                    entries.Add(DoormanTexts.ReadEntry(
                        rows.GetInt64(0),
                        rows.GetInt64(1),
                        rows.GetInt64(2),
                        rows.GetInt32(3),
                        rows.GetInt32(4),
                        rows.GetString(5),
                        rows.GetString(6),
                        rows.GetString(7),
                        rows.GetString(8)));
                }

                return (IReadOnlyList<JournalEntry>)entries;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The record inside a transaction; its row is locked until the end, so nobody can change anything in between.</summary>
    public static Task<DoormanRecord> ReadToWriteAsync(NpgsqlConnection connection) =>
        ReadAsync(connection, Row + " FOR UPDATE", CancellationToken.None);

    /// <summary>Adds to the journal inside a transaction.</summary>
    public static Task NoteAsync(NpgsqlConnection connection, JournalEntry entry) => connection.ExecuteAsync(
        """
        INSERT INTO doorman_journal (epoch, at, action, version, who, why, reasons, metrics)
        VALUES (@Epoch, @At, @Action, @Version, @Who, @Why, @Reasons, @Metrics)
        """,
        new
        {
            entry.Epoch,
            At = entry.At.ToUnixTimeMilliseconds(),
            Action = (int)entry.Action,
            Version = entry.Version.Value,
            entry.Who,
            entry.Why,
            Reasons = DoormanTexts.Write(entry.Reasons),
            Metrics = DoormanTexts.Write(entry.Metrics),
        });

    /// <summary>The compare-and-set inside a transaction.</summary>
    public static async Task<bool> TryWriteAsync(
        NpgsqlConnection connection, long expectedEpoch, DoormanRecord next, IReadOnlyList<JournalEntry> journal)
    {
        var before = await ReadToWriteAsync(connection).ConfigureAwait(false);
        DoormanWrites.CheckVersions(before, next);
        if (before.Epoch != expectedEpoch)
        {
            return false;
        }

        _ = await connection.ExecuteAsync(
            "UPDATE doorman SET epoch = @Epoch, current = @Current, canary = @Canary, rollout = @Rollout, nodes = @Nodes, fencing = @Fencing",
            new
            {
                next.Epoch,
                Current = next.Current.Value,
                Canary = DoormanTexts.Write(next.Canary),
                Rollout = DoormanTexts.Write(next.Rollout),
                Nodes = DoormanTexts.Write(next.Nodes),
                Fencing = DoormanTexts.Write(next.Fencing),
            }).ConfigureAwait(false);
        foreach (var version in next.Versions.Except(before.Versions))
        {
            _ = await connection.ExecuteAsync(
                """
                INSERT INTO model_states VALUES (@Version, @State, @Replaced, @Reasons)
                ON CONFLICT (version) DO UPDATE SET state = excluded.state, replaced = excluded.replaced, reasons = excluded.reasons
                """,
                new
                {
                    Version = version.Version.Value,
                    State = (int)version.State,
                    Replaced = version.Replaced.Value,
                    Reasons = DoormanTexts.Write(version.Reasons),
                }).ConfigureAwait(false);
        }

        foreach (var entry in journal)
        {
            await NoteAsync(connection, entry).ConfigureAwait(false);
        }

        return true;
    }

    private static async Task<DoormanRecord> ReadAsync(NpgsqlConnection connection, string row, CancellationToken cancellationToken)
    {
        var (epoch, current, canary, rollout, nodes, fencing) = await connection.QuerySingleAsync<(long, int, string?, string?, string, string)>(
            new CommandDefinition(row, cancellationToken: cancellationToken)).ConfigureAwait(false);

        // After the row: what it names was registered before.
        var states = await connection.QueryAsync<(int Version, int State, int Replaced, string Reasons)>(
            new CommandDefinition(States, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return DoormanTexts.Read(
            epoch, current, canary, rollout, nodes, fencing, [.. states.Select(s => DoormanTexts.ReadVersion(s.Version, s.State, s.Replaced, s.Reasons))]);
    }
}
