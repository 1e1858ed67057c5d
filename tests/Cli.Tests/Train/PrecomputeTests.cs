using System.Text.Json;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Sqlite;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Cli.Tests.Train;

/// <summary><c>buddies precompute</c>, killed with SIGKILL in the middle.</summary>
public sealed class PrecomputeTests : IDisposable
{
    private const int Listeners = 3000;

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-precompute-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SignalsFact]
    public async Task Precompute_KilledAndGoneOnWithAfterMoreEvents_WritesTheSameBytes()
    {
        await MakeWorldAsync();
        var (killed, whole) = (Path.Combine(_directory, "killed.ndjson"), Path.Combine(_directory, "whole.ndjson"));
        using (var process = new ToolProcess("precompute", killed, "--data", _directory))
        {
            while (!File.Exists(killed) || new FileInfo(killed).Length == 0)
            {
                Assert.False(process.HasExited, "it ended too soon");
                await Task.Delay(2); // Another process decides when; there is nothing to await.
            }

            await process.KillAsync();
        }

        // The cut may be anywhere; and the other run is of the same moment.
        Assert.True(File.Exists(killed + ".job"), "it had ended before it was killed");
        File.Copy(killed + ".job", whole + ".job");
        var length = new FileInfo(killed).Length;
        using (var stream = new FileStream(killed, FileMode.Open))
        {
            stream.SetLength(length - 7);
        }

        await using (var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db")))
        {
            await store.Events.AppendAsync(
                [new UserEvent(new EventId("late"), SyntheticWorld.ListenerId(1), EventKind.Like, SyntheticWorld.TrackId(1), null, null, null, DateTimeOffset.UtcNow)], default);
        }

        Assert.Equal(0, await Program.Main(["precompute", killed, "--data", _directory]));
        Assert.Equal(0, await Program.Main(["precompute", whole, "--data", _directory]));
        Assert.Equal(await File.ReadAllLinesAsync(whole), await File.ReadAllLinesAsync(killed));
        Assert.Equal(new FileInfo(whole).Length, new FileInfo(killed).Length);
        Assert.False(File.Exists(killed + ".job"));

        var users = new List<string>();
        await foreach (var line in File.ReadLinesAsync(killed))
        {
            using var page = JsonDocument.Parse(line);
            users.Add(page.RootElement.GetProperty("userId").GetString()!);
            Assert.Equal(1, page.RootElement.GetProperty("snapshotVersion").GetInt32());
            Assert.NotEqual(0, page.RootElement.GetProperty("shelves").GetArrayLength());
        }

        Assert.Equal(Listeners, users.Count);
        Assert.Equal(users.Order(StringComparer.Ordinal).Distinct(), users);
        Assert.Equal(2, await Program.Main(["precompute", killed, "--data", _directory]));
    }

    private async Task MakeWorldAsync()
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        var world = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = Listeners, Tracks = 800, Artists = 80, Communities = 8, EventsPerListener = 20, Seed = 5, AsOf = DateTimeOffset.UtcNow,
        });
        await using (var session = await store.BeginImportAsync("synth", default))
        {
            world.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        var trained = await ModelTrainer.TrainAsync(
            store, _directory, new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 3 } }, null, TimeProvider.System, default);
        await ModelTrainer.PromoteAsync(store, trained.Model.Version, default);
    }
}
