using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Buddies.Engine.Home;
using Buddies.Embedded.Tests.Versions;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Doorman;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Snapshots;
using Buddies.Storage.Doorman;
using Buddies.Training;
using Buddies.Training.Als;

namespace Buddies.Embedded.Tests;

public sealed class PrivacyTests
{
    private static readonly ListenerPrivacy s_invisible = new(true, []);

    [Fact]
    public async Task Invisible_Listener_IsShownToNobodyAndServedAsBefore()
    {
        await using var world = await TestWorld.StartAsync();
        var (viewer, hidden) = await OwnerOnAPageAsync(world);
        var own = await world.HomeAsync(hidden);
        await world.Runtime.SetPrivacyAsync(hidden, s_invisible, default);
        await AssertShownToNobodyAsync(world, hidden);
        Assert.Equal(HomeTests.Cards(own).Select(card => card.Playlist), HomeTests.Cards(await world.HomeAsync(hidden)).Select(card => card.Playlist));
        Assert.NotEmpty((await world.Runtime.BuddiesAsync(hidden, 10, default)).Buddies);

        await world.CrashAsync();
        await AssertShownToNobodyAsync(world, hidden);
        await world.Runtime.SetPrivacyAsync(hidden, ListenerPrivacy.Default, default);
        Assert.Contains((await world.Runtime.BuddiesAsync(viewer, 50, default)).Buddies, buddy => buddy.User == hidden);
    }

    [Fact]
    public async Task Block_BetweenTwo_HidesBothFromEachOtherAndFromNobodyElse()
    {
        await using var world = await TestWorld.StartAsync();
        var (viewer, owner) = await OwnerOnAPageAsync(world);
        var playlist = HomeTests.Cards(await world.HomeAsync(viewer)).First(card => card.Owner == owner).Playlist;
        await world.Runtime.SetPrivacyAsync(owner, new ListenerPrivacy(false, [viewer]), default);
        foreach (var (one, other) in new[] { (viewer, owner), (owner, viewer) })
        {
            Assert.DoesNotContain((await world.Runtime.BuddiesAsync(one, 50, default)).Buddies, buddy => buddy.User == other);
            Assert.DoesNotContain(HomeTests.Cards(await world.HomeAsync(one)), card => card.Owner == other);
        }

        Assert.Null(await world.Runtime.PlaylistAsync(playlist, viewer, default));
        Assert.NotNull(await world.Runtime.PlaylistAsync(playlist, null, default));
        await world.Runtime.SetPrivacyAsync(viewer, new ListenerPrivacy(false, [owner]), default);
        await world.Runtime.SetPrivacyAsync(owner, ListenerPrivacy.Default, default);
        Assert.Null(await world.Runtime.PlaylistAsync(playlist, viewer, default));
        await world.Runtime.SetPrivacyAsync(viewer, ListenerPrivacy.Default, default);
        Assert.NotNull(await world.Runtime.PlaylistAsync(playlist, viewer, default));
    }

    [Fact]
    public async Task Invisible_WhileSomebodyWatches_LeavesTheirStream()
    {
        await using var world = await TestWorld.StartAsync();
        var (viewer, hidden) = await OwnerOnAPageAsync(world);
        await using var reader = new LiveReader(world, viewer);
        var first = await reader.NextBuddiesAsync();
        Assert.Contains(first.Buddies.Buddies, buddy => buddy.User == hidden);
        await world.Runtime.SetPrivacyAsync(hidden, s_invisible, default);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await world.TickAsync();
        Assert.DoesNotContain((await reader.NextBuddiesAsync()).Buddies.Buddies, buddy => buddy.User == hidden);
    }

    [Fact]
    public async Task PrivatePlaylist_OfABuddy_IsOnNobodysPageAndShownToItsOwnerAlone()
    {
        await using var world = await TestWorld.StartAsync();
        var (viewer, owner) = await OwnerOnAPageAsync(world);
        var id = HomeTests.Cards(await world.HomeAsync(viewer)).First(card => card.Owner == owner).Playlist;
        var contents = world.Contents(id);
        await world.Runtime.UpsertPlaylistsAsync([new Playlist(id, contents.Title, owner, false, [TestWorld.Track(1)], 1_000_000)], default);
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            var other = TestWorld.Listener(i);
            Assert.DoesNotContain(HomeTests.Cards(await world.HomeAsync(other)), card => card.Playlist == id);
            Assert.Equal(other == owner, await world.Runtime.PlaylistAsync(id, other, default) is not null);
        }

        Assert.Contains((await world.Runtime.HoldingsAsync(owner, default)).Playlists, playlist => playlist.Id == id && !playlist.IsPublic);
    }

    [Fact]
    public async Task Holdings_OfAListener_AreAllOfThem()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(3);
        await world.SendAsync(world.Event(user, EventKind.Like, TestWorld.Track(7), id: "the-like") with { Context = "\"from the kitchen\"" });
        await world.Runtime.SetPrivacyAsync(user, new ListenerPrivacy(false, [TestWorld.Listener(4)]), default);
        var held = await world.Runtime.HoldingsAsync(user, default);
        Assert.Equal(await world.EventCountAsync(user), held.Events.Count);
        Assert.Equal("\"from the kitchen\"", held.Events[^1].Event.Context);
        Assert.Contains(held.Tracks, track => track.Track == TestWorld.Track(7) && track.Marks.Contains("Liked", StringComparison.Ordinal));
        Assert.Equal([TestWorld.Listener(4)], held.Privacy.Blocked);
        Assert.Equal(16, held.Vector.Count);
        Assert.Single(held.Snapshots);
    }

    [Fact]
    public async Task HomeHoldings_OfAListener_AreTheChoiceAndEveryPage()
    {
        await using var world = await LearningWorld.StartAsync();
        var (user, other) = (TestWorld.Listener(3), TestWorld.Listener(4));
        _ = await world.Runtime.ChooseAsync(user, new ListenerChoice(0.75), default);
        var page = await world.VisitAsync(user);
        _ = await world.VisitAsync(other);
        await world.LearnAsync();
        var held = (await world.Runtime.HomeHoldingsAsync(user, default))!;
        Assert.Equal(0.75, held.Choice.Discovery);
        Assert.Contains(HomeTests.Cards(page).First().Playlist.Value, Assert.Single(held.Shown), StringComparison.Ordinal);
        Assert.NotEmpty(held.Rewarded);
        Assert.All(held.Shown.Concat(held.Rewarded), line => Assert.Equal(user.Value, JsonDocument.Parse(line).RootElement.GetProperty("user").GetString()));
        _ = await world.Runtime.EraseAsync(user, default);
        var left = (await world.Runtime.HomeHoldingsAsync(user, default))!;
        Assert.Equal((ListenerChoice.Default, 0, 0), (left.Choice, left.Shown.Count, left.Rewarded.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_PendingReportedDone_NoFileHoldsTheIdOrTheVector(bool isLearning)
    {
        await using var world = isLearning
            ? await LearningWorld.StartAsync(new HomeOptions { Experiments = [new("narrow", [new("control"), new("narrow", 1, Window: 1, Epsilon: 0)])] })
            : await TestWorld.StartAsync();
        var user = new UserId("trace-of-\u00e9lise-77");
        var other = TestWorld.Listener(0);
        await world.SendAsync([.. Enumerable.Range(0, 12).Select(i => world.Event(user, EventKind.Listen, TestWorld.Track(i)))]);
        await world.Runtime.UpsertPlaylistsAsync([new Playlist(new("list-of-" + user.Value), "t", user, true, [TestWorld.Track(1)], 0)], default);
        await world.Runtime.SetPrivacyAsync(user, s_invisible, default);
        await world.Runtime.SetPrivacyAsync(other, new ListenerPrivacy(false, [user]), default);
        if (isLearning)
        {
            _ = await world.Runtime.ChooseAsync(user, new ListenerChoice(1), default);
            var card = HomeTests.Cards(await world.VisitAsync(user)).First();
            await world.PlayAsync(user, card);
            await world.LearnAsync();
            _ = await world.VisitAgainAsync(user); // Still waits for its rewards when the listener is erased.
        }

        var second = await SwapWorld.TrainAsync(world, 2);
        await ModelTrainer.PromoteAsync(world.Store, second.Version, default);
        world.Time.Advance(TimeSpan.FromSeconds(31)); // Checkpoints.
        await world.RestartAsync();
        byte[][] traces = [Encoding.UTF8.GetBytes(user.Value), .. VectorsOf(world, user)];
        Assert.Equal(2, traces.Length);
        Assert.All(traces, trace => Assert.NotEmpty(FilesWith(world.Directory, trace)));
        Assert.Null(await world.Runtime.ErasureAsync(user, default));
        var escaped = Encoding.UTF8.GetBytes(JsonEncodedText.Encode(user.Value).ToString()); // As the logs of impressions have it.
        if (isLearning)
        {
            _ = await world.VisitAgainAsync(user);
            await world.Runtime.Learning!.Log.SettleAsync();
            var written = FilesWith(world.Directory, escaped);
            Assert.Contains(written, file => file.Contains("impressions", StringComparison.Ordinal));
            Assert.Contains(written, file => file.Contains("experiments", StringComparison.Ordinal));
        }

        var receipt = await world.Runtime.EraseAsync(user, default);
        Assert.Contains("snapshot 2", Assert.Single(receipt.Pending), StringComparison.Ordinal);
        Assert.Equal(receipt.Pending, (await world.Runtime.ErasureAsync(user, default))!.Pending);
        Assert.Empty((await world.Runtime.HoldingsAsync(user, default)).Events);
        Assert.Empty((await world.Runtime.PrivacyAsync(other, default)).Blocked);

        // Everything but the snapshot is done with the answer, without a restart.
        traces = [.. traces, escaped];
        Assert.All(traces, trace => Assert.All(FilesWith(world.Directory, trace), file => Assert.Contains("snapshots", file, StringComparison.Ordinal)));

        var third = await SwapWorld.TrainAsync(world, 3);
        await ModelTrainer.PromoteAsync(world.Store, third.Version, default);
        await world.RestartAsync();
        Directory.Delete(Path.Combine(world.Directory, "snapshots", second.Folder), recursive: true); // As buddies snapshots gc does.
        Assert.Empty((await world.Runtime.ErasureAsync(user, default))!.Pending);
        Assert.All(traces, trace => Assert.Empty(FilesWith(world.Directory, trace)));
    }

    [Fact]
    public async Task CollectErased_AfterThePromisedTime_RemovesWhatDoesNotServe()
    {
        await using var world = await TestWorld.StartAsync();
        var (user, within) = (TestWorld.Listener(5), TimeSpan.FromDays(30));
        var clock = new FakeTime(TimeProvider.System.GetUtcNow()); // The template's model was trained by the system's.
        _ = await world.Runtime.EraseAsync(user, default);
        clock.Advance(TimeSpan.FromDays(29));
        var early = await CollectAsync();
        Assert.Equal((0, 0), (early.Removed.Count, early.Left.Count));
        clock.Advance(TimeSpan.FromDays(2));
        var serving = await CollectAsync();
        Assert.Equal((0, 1), (serving.Removed.Count, Assert.Single(serving.Left).Value));

        var second = await SwapWorld.TrainAsync(world, 2);
        await ModelTrainer.PromoteAsync(world.Store, second.Version, default);
        await world.RestartAsync();
        var replaced = await CollectAsync();
        Assert.Equal((1, 0), (Assert.Single(replaced.Removed).Value, replaced.Left.Count));
        Assert.Empty((await world.Runtime.ErasureAsync(user, default))!.Pending);
        Assert.Contains(
            await world.Store.Doorman.ReadJournalAsync(0, 100, default),
            entry => entry is { Action: JournalAction.Collected, Version.Value: 1, Who: "test" });

        // One who came back is in a version that was trained since; that one stays.
        await world.SendAsync([.. Enumerable.Range(0, 12).Select(i => world.Event(user, EventKind.Listen, TestWorld.Track(i)))]);
        var third = (await ModelTrainer.TrainAsync(
            world.Store, world.Directory, new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 4, Threads = 1, Seed = 3 } }, null, clock, default)).Model;
        Assert.True(SnapshotTraces.HoldsAny(Path.Combine(world.Directory, "snapshots", third.Folder), id => id == user));
        var back = await CollectAsync();
        Assert.Equal((0, 0), (back.Removed.Count, back.Left.Count));

        Task<CollectedSnapshots> CollectAsync() =>
            new SnapshotCollector(world.Store, Path.Combine(world.Directory, "snapshots"), clock).CollectErasedAsync(within, "test", default);
    }

    private static async Task<(UserId Viewer, UserId Owner)> OwnerOnAPageAsync(TestWorld world)
    {
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            var viewer = TestWorld.Listener(i);
            var buddies = (await world.Runtime.BuddiesAsync(viewer, 20, default)).Buddies.Select(buddy => buddy.User).ToHashSet();
            if (HomeTests.Cards(await world.HomeAsync(viewer)).FirstOrDefault(card => buddies.Contains(card.Owner)) is { } card)
            {
                return (viewer, card.Owner);
            }
        }

        throw new InvalidOperationException("Nobody has a playlist of a buddy on their page.");
    }

    private static async Task AssertShownToNobodyAsync(TestWorld world, UserId hidden)
    {
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            var viewer = TestWorld.Listener(i);
            Assert.DoesNotContain((await world.Runtime.BuddiesAsync(viewer, 50, default)).Buddies, buddy => buddy.User == hidden);
            Assert.DoesNotContain(HomeTests.Cards(await world.HomeAsync(viewer)), card => card.Owner == hidden);
        }

        Assert.DoesNotContain(await world.Runtime.FindListenersAsync("", 1000, default), found => found.User == hidden);
    }

    private static IEnumerable<byte[]> VectorsOf(TestWorld world, UserId user)
    {
        var snapshot = world.Runtime.Plan.All.Single().Snapshot;
        var row = Enumerable.Range(0, snapshot.UserCount).Single(row => snapshot.UserId(row) == user);
        yield return MemoryMarshal.AsBytes(snapshot.UserVector(row)).ToArray();
    }

    private static List<string> FilesWith(string folder, byte[] bytes) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => ReadShared(file).AsSpan().IndexOf(bytes) >= 0)];

    private static byte[] ReadShared(string path)
    {
        if (Path.GetFileName(path) == "server.lock")
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
