using System.Collections.Concurrent;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;

namespace Buddies.Embedded.Tests.Versions;

/// <summary>Versions side by side in one runtime: prepared while another serves, flipped at once, given up with the last reader.</summary>
public sealed class SwapTests
{
    private static readonly SnapshotVersion s_first = new(1);

    [Fact]
    public async Task Swap_ListensBeforeDuringAndAfterPreparing_AreAllInTheNewVersionsVectors()
    {
        await using var world = await TestWorld.StartAsync();
        await ListenAsync(world, 0, 60, seed: 1);
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await ListenAsync(world, 0, 60, seed: 2); // Newer than its watermark.
        var preparing = world.Runtime.PrepareAsync(second, default);
        await ListenAsync(world, 30, 60, seed: 3);
        await LiveReader.UntilAsync(
            () =>
            {
                world.Time.Advance(TimeSpan.FromSeconds(1)); // A slice of work that saw the clock move rests until it moves on.
                return preparing.IsCompleted;
            },
            "it was never prepared");
        await preparing;
        await ListenAsync(world, 60, 60, seed: 4);
        await world.Runtime.ServeAsync(second.Version, default, 0);
        await SwapWorld.AssertVectorsAsync(world, _ => second.Version);
        await ListenAsync(world, 0, 60, seed: 5);
        await world.SettleAsync();
        await SwapWorld.AssertVectorsAsync(world, _ => second.Version);
    }

    [Fact]
    public async Task Swap_ThoseWhoListenedMeanwhile_AreRightInEverybodysBuddies_WithoutBeingAskedFor()
    {
        await using var world = await TestWorld.StartAsync();
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await world.Runtime.PrepareAsync(second, default);
        await ListenAsync(world, 0, 100, seed: 1);
        await world.SettleAsync();
        Assert.True(world.Runtime.Plan.Waiting.Single().BehindCount > 0, "nobody was noted as behind");
        await world.Runtime.ServeAsync(second.Version, default, 0);
        await world.SettleAsync(); // The fold-in of those behind was posted with the flip.
        await world.SettleAsync();
        Assert.Equal(0, world.Runtime.Plan.Current!.BehindCount);
        await SwapWorld.AssertPlacesAsync(world, second.Version);
    }

    [Fact]
    public async Task Swap_LiveStream_GetsThePageAndTheBuddiesOfTheNewVersion_WithHigherNumbers()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(12);
        await using var reader = await LiveReader.SubscribedAsync(world, user);
        var (page, list) = (await reader.NextAsync(), await reader.NextBuddiesAsync());
        Assert.Equal((s_first, s_first), (page.Page.Version, list.Buddies.Version));
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await SwapWorld.SwapAsync(world, second);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await world.TickAsync();
        var (newPage, newList) = (await reader.NextAsync(), await reader.NextBuddiesAsync());
        Assert.Equal((second.Version, second.Version), (newPage.Page.Version, newList.Buddies.Version));
        Assert.True(newPage.Sequence > list.Sequence && newList.Sequence > newPage.Sequence, $"{page.Sequence} {list.Sequence} {newPage.Sequence} {newList.Sequence}");
    }

    [Fact]
    public async Task Swap_UnderReads_NoAnswerFails_AndNoListenerSeesAnOlderVersionOrNumberAgain()
    {
        await using var world = await TestWorld.StartAsync();
        var models = new List<Storage.RegisteredModel>();
        for (var i = 0; i < 4; i++)
        {
            models.Add(await SwapWorld.TrainAsync(world, seed: 10 + i));
        }

        using var ending = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<int, byte>();
        var readers = Enumerable.Range(0, 4).Select(reader => Task.Run(async () =>
        {
            var newest = new Dictionary<UserId, (int Version, long Sequence)>();
            for (var i = 0; !ending.IsCancellationRequested || i < 50; i++)
            {
                // Each listener is asked for by one reader alone, so that before and after are known.
                var user = TestWorld.Listener((i * 4 % 100) + reader);
                var page = await world.HomeAsync(user);
                var list = await world.Runtime.BuddiesAsync(user, 10, default);
                var (version, sequence) = newest.GetValueOrDefault(user);
                Assert.True(page.Version.Value >= version && page.Sequence >= sequence, $"{user}: {page.Version} {page.Sequence} after {version} {sequence}");
                Assert.True(list.Version.Value >= page.Version.Value, $"{user}: a list of {list.Version} after a page of {page.Version}");
                newest[user] = (list.Version.Value, page.Sequence);
                seen.TryAdd(list.Version.Value, 0);
            }
        })).ToArray();
        foreach (var model in models)
        {
            await SwapWorld.SwapAsync(world, model);
            await ListenAsync(world, 100, 20, seed: model.Version.Value);
            foreach (var waiting in world.Runtime.Plan.Waiting.Select(version => version.Number).ToArray())
            {
                await world.Runtime.DropAsync(waiting);
            }
        }

        await ending.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Contains(models[^1].Version.Value, seen.Keys);
        await SwapWorld.AssertVectorsAsync(world, _ => models[^1].Version);
    }

    [Fact]
    public async Task Drop_VersionThatServedNobodyAnyMore_IsUnmappedWithItsLastReader()
    {
        await using var world = await TestWorld.StartAsync();
        var old = world.Runtime.Plan.Current!;
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await SwapWorld.SwapAsync(world, second);
        Assert.True(old.References > 0, "it is kept for a rollback");
        Assert.True(old.TryAcquire());
        await world.Runtime.DropAsync(s_first);
        Assert.Equal(1, old.References);
        Assert.Equal(WorldTemplate.Listeners * 16, old.Snapshot.UserVectors.Length); // A reader is still there.
        old.Release();
        Assert.False(old.TryAcquire());
        Assert.Throws<ObjectDisposedException>(() => old.Snapshot.UserVectors.Length);
    }

    [Fact]
    public async Task Rollback_ToTheKeptVersion_HoldsWhatWasHeardSince()
    {
        await using var world = await TestWorld.StartAsync();
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await SwapWorld.SwapAsync(world, second);
        await ListenAsync(world, 0, 80, seed: 7);
        await world.Runtime.WarmAsync(s_first, default);
        await world.Runtime.ServeAsync(s_first, default, 0);
        await SwapWorld.AssertVectorsAsync(world, _ => s_first);
        await SwapWorld.AssertPlacesAsync(world, s_first);
    }

    [Fact]
    public async Task Canary_ServesItsBucketAlone_AndBothVersionsHearOfEverybody()
    {
        const double Percent = 30;
        await using var world = await TestWorld.StartAsync();
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await world.Runtime.PrepareAsync(second, default);
        await world.Runtime.ServeAsync(s_first, second.Version, Percent);
        SnapshotVersion Expected(UserId user) => Engine.Doorman.CanaryBucket.Holds(user, Percent) ? second.Version : s_first;
        var onCanary = 0;
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            var user = TestWorld.Listener(i);
            Assert.Equal(Expected(user), (await world.HomeAsync(user)).Version);
            Assert.Equal(Expected(user), (await world.Runtime.BuddiesAsync(user, 5, default)).Version);
            onCanary += Expected(user) == second.Version ? 1 : 0;
        }

        Assert.InRange(onCanary, 0.15 * WorldTemplate.Listeners, 0.45 * WorldTemplate.Listeners);
        await ListenAsync(world, 0, 200, seed: 3);
        await world.Runtime.WarmAsync(s_first, default);
        await world.Runtime.WarmAsync(second.Version, default);
        await SwapWorld.AssertVectorsAsync(world, Expected);
        await SwapWorld.AssertPlacesAsync(world, s_first);
        await SwapWorld.AssertPlacesAsync(world, second.Version);
    }

    [Fact]
    public async Task Prepare_DamagedFiles_IsRefused_AndTheCurrentVersionServesOn()
    {
        await using var world = await TestWorld.StartAsync();
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        SwapWorld.Damage(world, second, "user-vectors.f32");
        var refusal = await Assert.ThrowsAsync<SnapshotException>(() => world.Runtime.PrepareAsync(second, default));
        Assert.Contains("user-vectors", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(s_first, (await world.HomeAsync(TestWorld.Listener(3))).Version);
        Assert.Equal([s_first], world.Runtime.Plan.All.Select(version => version.Number));
    }

    [Fact]
    public async Task Prepare_GivenUp_LeavesNothing_AndCanBeAskedForAgain()
    {
        await using var world = await TestWorld.StartAsync();
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Runtime.PrepareAsync(second, given.Token));
        Assert.Equal([s_first], world.Runtime.Plan.All.Select(version => version.Number));
        await SwapWorld.SwapAsync(world, second);
        Assert.Equal(second.Version, (await world.HomeAsync(TestWorld.Listener(3))).Version);
    }

    [Fact]
    public async Task Playlist_AddedWhileAVersionWaits_IsPlacedInItToo()
    {
        await using var world = await TestWorld.StartAsync();
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await world.Runtime.PrepareAsync(second, default);
        var user = TestWorld.Listener(20);
        var playlist = new Playlist(new PlaylistId("brand-new"), "Brand new", new UserId("a stranger"), true, await world.KnownTracksAsync(user, 10), 0);
        await world.Runtime.UpsertPlaylistsAsync([playlist], default);
        await world.Runtime.ServeAsync(second.Version, default, 0);
        var taste = (await world.HomeAsync(user)).Shelves.Single(shelf => shelf.Id == "taste");
        Assert.Contains(taste.Cards, card => card.Playlist == playlist.Id);
    }

    [Fact]
    public async Task Erase_BesideAWaitingVersion_TakesTheListenerOutOfBoth()
    {
        await using var world = await TestWorld.StartAsync();
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await world.Runtime.PrepareAsync(second, default);
        var user = TestWorld.Listener(7);
        var index = world.Runtime.Users.Find(user)!.Index.Value;
        await world.SendAsync(world.Event(user, EventKind.Listen, TestWorld.Track(1)));
        var receipt = await world.Runtime.EraseAsync(user, default);
        Assert.Equal(2, receipt.Pending.Count); // The files of both versions.
        await world.Runtime.ServeAsync(second.Version, default, 0);
        await world.SettleAsync();
        await world.SettleAsync();
        Assert.All(world.Runtime.Plan.All, version => Assert.False(version.Cells.IsResident(index), $"still in version {version.Number}"));
    }

    [Fact]
    public async Task Start_WithoutAModel_TheFirstOneServesWithoutARestart()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(4);
        var directory = Directory.CreateTempSubdirectory("buddies-no-model-").FullName;
        try
        {
            await using var store = await Storage.Sqlite.SqliteStore.OpenAsync(Path.Combine(directory, "buddies.db"));
            await store.Catalogue.UpsertTracksAsync([.. Enumerable.Range(0, 20).Select(n => new Track(TestWorld.Track(n), $"Title {n}", "Artist", []))], default);
            await using var runtime = new EmbeddedRuntime(store, TestWorld.DefaultOptions(directory), world.Time);
            await runtime.StartAsync(default);
            for (var i = 0; i < 40; i++)
            {
                await runtime.IngestAsync([world.Event(TestWorld.Listener(i % 8), EventKind.Listen, TestWorld.Track(i % 20))], default);
            }

            Assert.Equal(0, (await runtime.HomeAsync(user, TestWorld.Large, default)).Version.Value);
            var options = new Training.TrainOptions { Als = new Training.Als.AlsOptions { Dimension = 8, Epochs = 2, Threads = 1 } };
            var trained = await Training.ModelTrainer.TrainAsync(store, directory, options, null, TimeProvider.System, default);
            await runtime.PrepareAsync(trained.Model, default);
            await runtime.ServeAsync(trained.Model.Version, default, 0);
            var list = await runtime.BuddiesAsync(user, 5, default);
            Assert.Equal(1, list.Version.Value);
            Assert.NotEmpty(list.Buddies);
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    private static async Task ListenAsync(TestWorld world, int from, int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(20));
            var user = TestWorld.Listener((from + i) % WorldTemplate.Listeners);
            await world.SendAsync(world.Event(user, random.Next(4) == 0 ? EventKind.Like : EventKind.Listen, TestWorld.Track(random.Next(300))));
        }
    }
}
