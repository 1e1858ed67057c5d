using Buddies.Storage.Sqlite;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Embedded.Tests;

/// <summary>A data directory with a small synthetic world and a promoted model, made once and copied for each test.</summary>
internal static class WorldTemplate
{
    public const int Listeners = 200;
    public static readonly DateTimeOffset AsOf = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Lazy<Task<string>> s_made = new(MakeAsync);

    public static async Task<string> CopyAsync()
    {
        var copy = Directory.CreateTempSubdirectory("buddies-embedded-").FullName;
        CopyFiles(await s_made.Value, copy);
        return copy;
    }

    /// <summary>Copies the files as they lie at this moment, as a crash would leave them; the lock is the living server's.</summary>
    public static void CopyFiles(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) is "server.lock" or "buddies.db-shm")
            {
                continue;
            }

            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task<string> MakeAsync()
    {
        var directory = Directory.CreateTempSubdirectory("buddies-template-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, true);
        await using var store = await SqliteStore.OpenAsync(Path.Combine(directory, "buddies.db"));
        var world = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = Listeners, Tracks = 500, Artists = 60, Communities = 6, EventsPerListener = 50, Seed = 5, AsOf = AsOf,
        });
        await using (var session = await store.BeginImportAsync("synth", default))
        {
            world.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        var options = new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 6, Threads = 1 } };
        var trained = await ModelTrainer.TrainAsync(store, directory, options, null, TimeProvider.System, default);
        await ModelTrainer.PromoteAsync(store, trained.Model.Version, default);
        return directory;
    }
}
