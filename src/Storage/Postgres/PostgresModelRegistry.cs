using System.Collections.ObjectModel;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Doorman;
using Dapper;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>Model versions in PostgreSQL. The doorman's record is the truth about which one is served.</summary>
internal sealed class PostgresModelRegistry(PostgresServer server, TimeProvider clock) : IModelRegistry
{
    public async ValueTask<SnapshotVersion> ReserveVersionAsync(CancellationToken cancellationToken) => new(await server.WriteAsync(
        connection => connection.ExecuteScalarAsync<int>("UPDATE model_counter SET reserved = reserved + 1 RETURNING reserved"),
        isExclusive: false,
        cancellationToken).ConfigureAwait(false));

    public async ValueTask RegisterAsync(RegisteredModel model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        _ = await server.WriteAsync(connection => RegisterAsync(connection, model), isExclusive: false, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<RegisteredModel>> ListAsync(CancellationToken cancellationToken) => await server.ReadAsync(
        async (connection, token) =>
        {
            var rows = await connection.QueryAsync<(int Version, string Folder, long CreatedAt, string Sha256, long Watermark)>(new CommandDefinition(
                "SELECT version, folder, created_at, manifest_sha256, watermark FROM models ORDER BY version", cancellationToken: token)).ConfigureAwait(false);
            return rows.Select(r => new RegisteredModel(
                new SnapshotVersion(r.Version), r.Folder, DateTimeOffset.FromUnixTimeMilliseconds(r.CreatedAt), r.Sha256, r.Watermark)).ToList();
        },
        cancellationToken).ConfigureAwait(false);

    public async ValueTask<CurrentModel> CurrentAsync(CancellationToken cancellationToken) => await server.ReadAsync(
        async (connection, token) =>
        {
            var (epoch, version) = await connection.QueryFirstOrDefaultAsync<(long Epoch, int Version)>(new CommandDefinition(
                "SELECT epoch, current FROM doorman", cancellationToken: token)).ConfigureAwait(false);
            return new CurrentModel(epoch, new SnapshotVersion(version));
        },
        cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> TryCommitAsync(long expectedEpoch, SnapshotVersion version, CancellationToken cancellationToken) =>
        await server.WriteAsync(c => TryCommitAsync(c, expectedEpoch, version), isExclusive: false, cancellationToken).ConfigureAwait(false);

    private async Task<int> RegisterAsync(NpgsqlConnection connection, RegisteredModel model)
    {
        // The counter's row is the lock of all registrations.
        var reserved = await connection.ExecuteScalarAsync<int>("SELECT reserved FROM model_counter FOR UPDATE").ConfigureAwait(false);
        if (model.Version.Value < 1 || model.Version.Value > reserved)
        {
            throw new InvalidOperationException($"Version {model.Version} was never reserved; the last reserved one is {reserved}.");
        }

        if (await ExistsAsync(connection, model.Version).ConfigureAwait(false))
        {
            throw new InvalidOperationException($"Version {model.Version} is registered already.");
        }

        var registered = await connection.ExecuteAsync(
            "INSERT INTO models VALUES (@Version, @Folder, @CreatedAt, @ManifestSha256, @Watermark)",
            new
            {
                Version = model.Version.Value,
                model.Folder,
                CreatedAt = model.CreatedAt.ToUnixTimeMilliseconds(),
                model.ManifestSha256,
                model.Watermark,
            }).ConfigureAwait(false);
        var epoch = await connection.ExecuteScalarAsync<long>("SELECT epoch FROM doorman").ConfigureAwait(false);
        await PostgresDoormanStore.NoteAsync(
            connection,
            new JournalEntry(
                epoch, clock.GetUtcNow(), JournalAction.Registered, model.Version, "trainer", string.Empty, [], ReadOnlyDictionary<string, double>.Empty))
            .ConfigureAwait(false);
        return registered;
    }

    private static Task<bool> ExistsAsync(NpgsqlConnection connection, SnapshotVersion version) => connection.ExecuteScalarAsync<bool>(
        "SELECT EXISTS (SELECT FROM models WHERE version = @Version)", new { Version = version.Value });

    private async Task<bool> TryCommitAsync(NpgsqlConnection connection, long expectedEpoch, SnapshotVersion version)
    {
        var record = await PostgresDoormanStore.ReadToWriteAsync(connection).ConfigureAwait(false);
        if (!await ExistsAsync(connection, version).ConfigureAwait(false))
        {
            throw new InvalidOperationException($"Version {version} is not registered.");
        }

        if (record.Epoch != expectedEpoch)
        {
            return false;
        }

        var (next, journal) = DirectCommit.Make(record, version, clock.GetUtcNow());
        return await PostgresDoormanStore.TryWriteAsync(connection, expectedEpoch, next, journal).ConfigureAwait(false);
    }
}
