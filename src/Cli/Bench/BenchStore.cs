using System.Data.Common;
using Buddies.Cli.Postgres;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Synth;
using Npgsql;

namespace Buddies.Cli.Bench;

/// <summary>An empty store that a benchmark makes for itself and takes away again; nobody's data is near it.</summary>
internal sealed class BenchStore : IAsyncDisposable
{
    private readonly PrivatePostgres? _private;
    private readonly string? _administration;

    private BenchStore(StoreChoice choice, PrivatePostgres? server, string? administration) =>
        (Choice, _private, _administration) = (choice, server, administration);

    /// <summary>How to open it; its data directory holds nothing else.</summary>
    public StoreChoice Choice { get; }

    /// <summary>The PostgreSQL that was started for it alone and may be killed; null where there is none.</summary>
    public PrivatePostgres? PrivateServer => _private;

    /// <summary>What holds it, for the record.</summary>
    public string Description => Choice.Kind == StoreChoice.Sqlite
        ? "SQLite"
        : _private is null ? "PostgreSQL, the one of the connection string" : "PostgreSQL, a private server as it comes, fsync on";

    /// <summary>Makes a store.</summary>
    /// <param name="kind">sqlite or postgres.</param>
    /// <param name="connection">A PostgreSQL whose role may make databases; null for a private server on this machine.</param>
    /// <param name="workFolder">A folder of its own is made in this one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UsageException">There is no PostgreSQL.</exception>
    public static async Task<BenchStore> CreateAsync(string kind, string? connection, string workFolder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(workFolder);
        var folder = Path.Combine(Path.GetFullPath(workFolder), $"run-{Guid.NewGuid():n}");
        Directory.CreateDirectory(folder);
        try
        {
            return kind == StoreChoice.Sqlite
                ? new BenchStore(new StoreChoice(kind, folder, null), null, null)
                : connection is null ? await StartPrivateAsync(folder) : await MakeDatabaseAsync(connection, folder, cancellationToken);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Fills it with a synthetic world and a model of it.</summary>
    public async Task MakeWorldAsync(SyntheticWorldOptions world, TrainOptions training, CancellationToken cancellationToken)
    {
        await using var store = await Choice.OpenAsync(TimeProvider.System, cancellationToken);
        await using (var session = await store.BeginImportAsync("synth", cancellationToken))
        {
            await Task.Run(() => SyntheticWorld.Create(world).WriteTo(session, null, cancellationToken), cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        var trained = await ModelTrainer.TrainAsync(store, Choice.DataDirectory, training, null, TimeProvider.System, cancellationToken);
        await ModelTrainer.PromoteAsync(store, trained.Model.Version, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(Choice.DataDirectory, recursive: true);
        if (_private is not null)
        {
            await _private.DisposeAsync();
        }
        else if (_administration is not null)
        {
            NpgsqlConnection.ClearAllPools();
            var database = new NpgsqlConnectionStringBuilder(Choice.Connection).Database;
            await RunAsync(_administration, $"DROP DATABASE \"{database}\" WITH (FORCE)", CancellationToken.None);
        }
    }

    private static async Task<BenchStore> StartPrivateAsync(string folder)
    {
        if (PostgresBinaries.Folder is null)
        {
            throw new UsageException(
                $"No PostgreSQL is installed here that could be started (initdb and postgres on the path or below /usr/lib/postgresql): install one, or give --connection or {StoreChoice.ConnectionVariable}.");
        }

        var server = await PrivatePostgres.StartAsync(fsync: true);
        return new BenchStore(new StoreChoice(StoreChoice.Postgres, folder, server.ConnectionString), server, null);
    }

    private static async Task<BenchStore> MakeDatabaseAsync(string connection, string folder, CancellationToken cancellationToken)
    {
        try
        {
            var database = $"buddies_bench_{Guid.NewGuid():n}";
            await RunAsync(connection, $"CREATE DATABASE \"{database}\"", cancellationToken);
            var own = new NpgsqlConnectionStringBuilder(connection) { Database = database }.ToString();
            return new BenchStore(new StoreChoice(StoreChoice.Postgres, folder, own), null, connection);
        }
        catch (Exception e) when (e is DbException or ArgumentException)
        {
            throw new IOException($"A database for the benchmark cannot be made: {e.Message}", e);
        }
    }

    private static async Task RunAsync(string connection, string sql, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connection);
#pragma warning disable CA2100 // The name in it is ours.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
