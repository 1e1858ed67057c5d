using Buddies.Storage.Postgres;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Processes;

/// <summary>A world of sixty listeners with a model, in a data directory and a PostgreSQL of its own, for processes to serve.</summary>
internal sealed class SmallWorld : IAsyncDisposable
{
    private readonly List<SiloProcess> _processes = [];

    private SmallWorld(PrivatePostgres postgres) => Postgres = postgres;

    public PrivatePostgres Postgres { get; }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("buddies-processes-").FullName;

    public static async Task<SmallWorld> MakeAsync()
    {
        var made = new SmallWorld(await PrivatePostgres.StartAsync(fsync: false));
        await using var store = await made.OpenAsync();
        var world = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = 60, Tracks = 200, Artists = 30, Communities = 3, EventsPerListener = 20, Seed = 5, AsOf = TimeProvider.System.GetUtcNow(),
        });
        await using (var session = await store.BeginImportAsync("synth", default))
        {
            world.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        await made.TrainAsync(store);
        return made;
    }

    public Task<PostgresStore> OpenAsync() => PostgresStore.OpenAsync(Postgres.ConnectionString);

    /// <summary>Trains on what the log holds, and promotes.</summary>
    public async Task TrainAsync(PostgresStore store)
    {
        var options = new TrainOptions { Als = new AlsOptions { Dimension = 8, Epochs = 3, Threads = 1 } };
        var trained = await ModelTrainer.TrainAsync(store, Directory, options, null, TimeProvider.System, default);
        await ModelTrainer.PromoteAsync(store, trained.Model.Version, default);
    }

    /// <summary>Starts a process over this world; it goes with it.</summary>
    public async Task<SiloProcess> StartAsync(params string[] options)
    {
        var process = await SiloProcess.StartAsync(Directory, Postgres.ConnectionString, options);
        _processes.Add(process);
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        _processes.ForEach(process => process.Dispose());
        await Postgres.DisposeAsync();
        System.IO.Directory.Delete(Directory, true);
    }
}
