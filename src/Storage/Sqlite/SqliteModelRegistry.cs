using System.Collections.ObjectModel;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Doorman;

namespace Buddies.Storage.Sqlite;

/// <summary>Model versions in SQLite. The doorman's record is the truth about which one is served.</summary>
internal sealed class SqliteModelRegistry(SqliteWriter writer, SqliteReader reader, SqliteDoormanStore doorman, TimeProvider clock) : IModelRegistry
{
    private readonly SqliteStatement _reserve = writer.Database.Prepare(
        "UPDATE model_counter SET reserved = reserved + 1 RETURNING reserved");

    private readonly SqliteStatement _reserved = writer.Database.Prepare("SELECT reserved FROM model_counter");
    private readonly SqliteStatement _find = writer.Database.Prepare("SELECT version FROM models WHERE version = ?1");
    private readonly SqliteStatement _register = writer.Database.Prepare("INSERT INTO models VALUES (?1, ?2, ?3, ?4, ?5)");
    private readonly SqliteStatement _epoch = writer.Database.Prepare("SELECT epoch FROM doorman");

    private readonly SqliteStatement _list = reader.Database.Prepare(
        "SELECT version, folder, created_at, manifest_sha256, watermark FROM models ORDER BY version");

    private readonly SqliteStatement _current = reader.Database.Prepare("SELECT epoch, current FROM doorman");

    public async ValueTask<SnapshotVersion> ReserveVersionAsync(CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            () =>
            {
                _ = _reserve.Step();
                var version = new SnapshotVersion((int)_reserve.Number(0));
                _ = _reserve.Run();
                return version;
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask RegisterAsync(RegisteredModel model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        await writer.WriteAsync(() => Register(model), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<RegisteredModel>> ListAsync(CancellationToken cancellationToken) =>
        await reader.ReadAsync(
            () =>
            {
                var models = new List<RegisteredModel>();
                while (_list.Step())
                {
                    models.Add(new RegisteredModel(
                        new SnapshotVersion((int)_list.Number(0)),
                        _list.Text(1),
                        DateTimeOffset.FromUnixTimeMilliseconds(_list.Number(2)),
                        _list.Text(3),
                        _list.Number(4)));
                }

                return models;
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask<CurrentModel> CurrentAsync(CancellationToken cancellationToken) =>
        await reader.ReadAsync(
            () =>
            {
                var current = _current.Step()
                    ? new CurrentModel(_current.Number(0), new SnapshotVersion((int)_current.Number(1)))
                    : default;
                _current.Reset();
                return current;
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> TryCommitAsync(
        long expectedEpoch,
        SnapshotVersion version,
        CancellationToken cancellationToken) =>
        await writer.WriteAsync(() => TryCommit(expectedEpoch, version), cancellationToken).ConfigureAwait(false);

    private void Register(RegisteredModel model)
    {
        var reserved = _reserved.ReadNumber() ?? 0;
        if (model.Version.Value < 1 || model.Version.Value > reserved)
        {
            throw new InvalidOperationException($"Version {model.Version} was never reserved; the last reserved one is {reserved}.");
        }

        if (_find.Bind(1, model.Version.Value).ReadNumber() is not null)
        {
            throw new InvalidOperationException($"Version {model.Version} is registered already.");
        }

        _ = _register
            .Bind(1, model.Version.Value)
            .Bind(2, model.Folder)
            .Bind(3, model.CreatedAt.ToUnixTimeMilliseconds())
            .Bind(4, model.ManifestSha256)
            .Bind(5, model.Watermark)
            .Run();
        doorman.Note(new JournalEntry(
            _epoch.ReadNumber() ?? 0,
            clock.GetUtcNow(),
            JournalAction.Registered,
            model.Version,
            "trainer",
            string.Empty,
            [],
            ReadOnlyDictionary<string, double>.Empty));
    }

    private bool TryCommit(long expectedEpoch, SnapshotVersion version)
    {
        if (_find.Bind(1, version.Value).ReadNumber() is null)
        {
            throw new InvalidOperationException($"Version {version} is not registered.");
        }

        var record = doorman.ReadToWrite();
        if (record.Epoch != expectedEpoch)
        {
            return false;
        }

        var (next, journal) = DirectCommit.Make(record, version, clock.GetUtcNow());
        return doorman.TryWrite(expectedEpoch, next, journal);
    }
}
