using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Sqlite;

/// <summary>Model versions in SQLite. The last row of the journal of commits is the truth about which one is served.</summary>
internal sealed class SqliteModelRegistry(SqliteWriter writer, SqliteReader reader, TimeProvider clock) : IModelRegistry
{
    private const string LastCommit = "SELECT epoch, version FROM model_commits ORDER BY epoch DESC LIMIT 1";

    private readonly SqliteStatement _reserve = writer.Database.Prepare(
        "UPDATE model_counter SET reserved = reserved + 1 RETURNING reserved");

    private readonly SqliteStatement _reserved = writer.Database.Prepare("SELECT reserved FROM model_counter");
    private readonly SqliteStatement _find = writer.Database.Prepare("SELECT version FROM models WHERE version = ?1");
    private readonly SqliteStatement _register = writer.Database.Prepare("INSERT INTO models VALUES (?1, ?2, ?3, ?4, ?5)");
    private readonly SqliteStatement _epoch = writer.Database.Prepare(LastCommit);
    private readonly SqliteStatement _commit = writer.Database.Prepare("INSERT INTO model_commits VALUES (?1, ?2, ?3)");

    private readonly SqliteStatement _list = reader.Database.Prepare(
        "SELECT version, folder, created_at, manifest_sha256, watermark FROM models ORDER BY version");

    private readonly SqliteStatement _current = reader.Database.Prepare(LastCommit);

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
    }

    // The write lock is held from the first read on, so nobody can commit between the comparison and the insert.
    private bool TryCommit(long expectedEpoch, SnapshotVersion version)
    {
        if (_find.Bind(1, version.Value).ReadNumber() is null)
        {
            throw new InvalidOperationException($"Version {version} is not registered.");
        }

        if ((_epoch.ReadNumber() ?? 0) != expectedEpoch)
        {
            return false;
        }

        _ = _commit
            .Bind(1, expectedEpoch + 1)
            .Bind(2, version.Value)
            .Bind(3, clock.GetUtcNow().ToUnixTimeMilliseconds())
            .Run();
        return true;
    }
}
