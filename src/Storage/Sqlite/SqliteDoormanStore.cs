using Buddies.Engine.Doorman;
using Buddies.Storage.Doorman;

namespace Buddies.Storage.Sqlite;

/// <summary>The doorman's record in one row, the versions' states in one each, and a journal that only grows.</summary>
internal sealed class SqliteDoormanStore(SqliteWriter writer, SqliteReader reader) : IDoormanStore
{
    private const string Row = "SELECT epoch, current, canary, rollout, nodes, fencing FROM doorman";

    private const string States = """
        SELECT m.version, coalesce(s.state, 0), coalesce(s.replaced, 0), coalesce(s.reasons, '[]')
        FROM models m LEFT JOIN model_states s ON s.version = m.version ORDER BY m.version
        """;

    private readonly SqliteStatement _readRow = reader.Database.Prepare(Row);
    private readonly SqliteStatement _readStates = reader.Database.Prepare(States);
    private readonly SqliteStatement _writerRow = writer.Database.Prepare(Row);
    private readonly SqliteStatement _writerStates = writer.Database.Prepare(States);

    private readonly SqliteStatement _readJournal = reader.Database.Prepare("""
        SELECT number, epoch, at, action, version, who, why, reasons, metrics FROM doorman_journal
        WHERE number > ?1 ORDER BY number LIMIT ?2
        """);

    private readonly SqliteStatement _change = writer.Database.Prepare("""
        UPDATE doorman SET epoch = ?1, current = ?2, canary = ?3, rollout = ?4, nodes = ?5, fencing = ?6 WHERE epoch = ?7
        """);

    private readonly SqliteStatement _setState = writer.Database.Prepare("""
        INSERT INTO model_states (version, state, replaced, reasons) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (version) DO UPDATE SET state = excluded.state, replaced = excluded.replaced, reasons = excluded.reasons
        """);

    private readonly SqliteStatement _note = writer.Database.Prepare("""
        INSERT INTO doorman_journal (epoch, at, action, version, who, why, reasons, metrics) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """);

    public async ValueTask<DoormanRecord> ReadAsync(CancellationToken cancellationToken) =>
        await reader.ReadAsync(() => Read(_readRow, _readStates), cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> TryWriteAsync(
        long expectedEpoch, DoormanRecord next, IReadOnlyList<JournalEntry> journal, CancellationToken cancellationToken)
    {
        DoormanWrites.Check(expectedEpoch, next, journal);
        return await writer.WriteAsync(() => TryWrite(expectedEpoch, next, journal), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(long afterNumber, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await reader.ReadAsync(
            () =>
            {
                var entries = new List<JournalEntry>();
                _readJournal.Bind(1, afterNumber).Bind(2, limit);
                while (_readJournal.Step())
                {
                    entries.Add(DoormanTexts.ReadEntry(
                        _readJournal.Number(0),
                        _readJournal.Number(1),
                        _readJournal.Number(2),
                        (int)_readJournal.Number(3),
                        (int)_readJournal.Number(4),
                        _readJournal.Text(5),
                        _readJournal.Text(6),
                        _readJournal.Text(7),
                        _readJournal.Text(8)));
                }

                return entries;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The record inside a transaction of the writer.</summary>
    public DoormanRecord ReadToWrite() => Read(_writerRow, _writerStates);

    /// <summary>Adds to the journal inside a transaction of the writer.</summary>
    public void Note(JournalEntry entry) => _ = _note
        .Bind(1, entry.Epoch)
        .Bind(2, entry.At.ToUnixTimeMilliseconds())
        .Bind(3, (long)entry.Action)
        .Bind(4, entry.Version.Value)
        .Bind(5, entry.Who)
        .Bind(6, entry.Why)
        .Bind(7, DoormanTexts.Write(entry.Reasons))
        .Bind(8, DoormanTexts.Write(entry.Metrics))
        .Run();

    /// <summary>
    /// The compare-and-set inside a transaction of the writer: the write lock is held from before the first read, so nobody
    /// can change anything between the comparison and the update.
    /// </summary>
    public bool TryWrite(long expectedEpoch, DoormanRecord next, IReadOnlyList<JournalEntry> journal)
    {
        var before = ReadToWrite();
        DoormanWrites.CheckVersions(before, next);
        var changed = _change
            .Bind(1, next.Epoch)
            .Bind(2, next.Current.Value)
            .Bind(3, DoormanTexts.Write(next.Canary))
            .Bind(4, DoormanTexts.Write(next.Rollout))
            .Bind(5, DoormanTexts.Write(next.Nodes))
            .Bind(6, DoormanTexts.Write(next.Fencing))
            .Bind(7, expectedEpoch)
            .Run();
        if (changed == 0)
        {
            return false;
        }

        foreach (var version in next.Versions.Except(before.Versions))
        {
            _ = _setState
                .Bind(1, version.Version.Value)
                .Bind(2, (long)version.State)
                .Bind(3, version.Replaced.Value)
                .Bind(4, DoormanTexts.Write(version.Reasons))
                .Run();
        }

        foreach (var entry in journal)
        {
            Note(entry);
        }

        return true;
    }

    private static DoormanRecord Read(SqliteStatement row, SqliteStatement states)
    {
        var versions = new List<VersionRecord>();
        while (states.Step())
        {
            versions.Add(DoormanTexts.ReadVersion((int)states.Number(0), (int)states.Number(1), (int)states.Number(2), states.Text(3)));
        }

        if (!row.Step())
        {
            throw new StoreException("the database is damaged: the doorman's record is missing");
        }

        try
        {
            return DoormanTexts.Read(
                row.Number(0), (int)row.Number(1), row.NullableText(2), row.NullableText(3), row.Text(4), row.Text(5), versions);
        }
        finally
        {
            row.Reset();
        }
    }
}
