using Buddies.Cli.Bench.Serving;
using Buddies.Cli.Precompute;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage.Sqlite;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Facts;
using Buddies.Training.Synth;

namespace Buddies.Cli.Tests.Train;

/// <summary>The ways to serve that are compared all serve, and the same.</summary>
public sealed class ServingBenchTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-serving-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Ways_OnOneWorld_AllMakePages()
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        var synthetic = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = 120, Tracks = 200, Artists = 20, Communities = 4, EventsPerListener = 20, Seed = 5, AsOf = DateTimeOffset.UnixEpoch.AddYears(50),
        });
        await using (var session = await store.BeginImportAsync("synth", default))
        {
            synthetic.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        var trained = await ModelTrainer.TrainAsync(
            store, _directory, new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 2 } }, null, TimeProvider.System, default);
        using var snapshot = Snapshot.Open(Path.Combine(SnapshotFolders.In(_directory), trained.Model.Folder), trained.Model.ManifestSha256);
        var facts = await FactReader.ReadAsync(store, TasteTransform.Default, default);
        var job = new PrecomputeJob(1, facts.Watermark, DateTimeOffset.UnixEpoch.AddYears(50), 6, 10, 20);
        using var world = new PrecomputeWorld(facts, snapshot, job.Buddies, default);

        int[] users = [3, 7, 11, 90];
        var together = world.FindBuddies(users);
        for (var i = 0; i < users.Length; i++)
        {
            Assert.Equal(20, together[i].Count);
            Assert.Equal(world.FindBuddies([users[i]])[0], together[i]);
        }

        var rows = ServingBench.Run(world, job, new ServingBenchOptions(facts.Users.Count, [1, 4], 0.2, 1, 1), default);
        Assert.Equal(9, rows.Count);
        Assert.All(rows, row => Assert.True(row is { Pages: > 0, PagesPerSecond: > 0, CpuMsPerPage: > 0, CostPerMillion: > 0 }, $"{row}"));
        Assert.All(rows.Where(row => row.Mode != "scheduled"), row => Assert.True(row.P50Ms > 0 && row.P99Ms >= row.P50Ms, $"{row}"));
    }

    [Fact]
    public async Task Precompute_OfAListenerWhoseVectorIsZero_HasNoBuddiesAndAPage()
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "zero.db"));
        var synthetic = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = 60, Tracks = 100, Artists = 10, Communities = 4, EventsPerListener = 10, Seed = 5, AsOf = DateTimeOffset.UnixEpoch.AddYears(50),
        });
        await using (var session = await store.BeginImportAsync("synth", default))
        {
            synthetic.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        var trained = await ModelTrainer.TrainAsync(
            store, _directory, new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 2 } }, null, TimeProvider.System, default);
        var stranger = new Engine.Events.UserEvent(
            new("x"), new("stranger"), Engine.Events.EventKind.Listen, new("no such track"), null, null, null, DateTimeOffset.UnixEpoch.AddYears(50));
        await store.Events.AppendAsync([stranger], default);
        using var snapshot = Snapshot.Open(Path.Combine(SnapshotFolders.In(_directory), trained.Model.Folder), trained.Model.ManifestSha256);
        var facts = await FactReader.ReadAsync(store, TasteTransform.Default, default);
        var job = new PrecomputeJob(1, facts.Watermark, DateTimeOffset.UnixEpoch.AddYears(50), 6, 10, 20);
        using var world = new PrecomputeWorld(facts, snapshot, job.Buddies, default);
        var last = facts.Users.Count - 1;
        Assert.Equal("stranger", facts.Users[last].Value);
        var found = world.FindBuddies([0, last]);
        Assert.NotEmpty(found[0]);
        Assert.Empty(found[1]);
        Assert.Equal(["popular"], new PageMaker(world, job).Make(last, found[1]).Shelves.Select(shelf => shelf.Id));
    }
}
