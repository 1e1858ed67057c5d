using Buddies.Engine.Identifiers;
using Buddies.Storage.Postgres;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Processes;

/// <summary>A small world with a model, in a data directory and a PostgreSQL of its own, for processes to serve.</summary>
internal sealed class SmallWorld : IAsyncDisposable
{
    private readonly List<SiloProcess> _processes = [];

    private SmallWorld(PrivatePostgres postgres) => Postgres = postgres;

    public PrivatePostgres Postgres { get; }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("buddies-processes-").FullName;

    /// <param name="listeners">How many; from a few hundred on a model learns enough to pass the gates.</param>
    public static async Task<SmallWorld> MakeAsync(int listeners = 60)
    {
        var made = new SmallWorld(await PrivatePostgres.StartAsync(fsync: false));
        await using var store = await made.OpenAsync();
        var world = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = listeners,
            Tracks = 3 * listeners,
            Artists = listeners / 2,
            Communities = listeners / 20,
            EventsPerListener = 40,
            Seed = 5,
            AsOf = TimeProvider.System.GetUtcNow(),
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
    public async Task TrainAsync(PostgresStore store) => await ModelTrainer.PromoteAsync(store, await RegisterAsync(store), default);

    /// <summary>Trains on what the log holds; the doorman decides.</summary>
    public async Task<SnapshotVersion> RegisterAsync(PostgresStore store)
    {
        var options = new TrainOptions { Als = new AlsOptions { Dimension = 8, Epochs = 3, Threads = 1 }, Holdout = new HoldoutOptions() };
        return (await ModelTrainer.TrainAsync(store, Directory, options, null, TimeProvider.System, default)).Model.Version;
    }

    /// <summary>Starts a process over this world; it goes with it.</summary>
    public Task<SiloProcess> StartAsync(params string[] options) => StartAsync([], options);

    /// <summary>The same, with variables of its environment.</summary>
    public async Task<SiloProcess> StartAsync(IEnumerable<(string Name, string Value)> environment, string[] options) =>
        Keep(await SiloProcess.StartAsync(Directory, Postgres.ConnectionString, environment, options));

    /// <summary>Has a process go with this world.</summary>
    public SiloProcess Keep(SiloProcess process)
    {
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
