using System.Numerics.Tensors;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Microsoft.Data.Sqlite;

namespace Buddies.Embedded.Tests;

public sealed class RestartTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_AfterEvents_GivesTheSameFactsAndPages(bool crash)
    {
        await using var world = await TestWorld.StartAsync();
        await ListenAsync(world, seed: 1);
        var before = await LookAsync(world);
        await (crash ? world.CrashAsync() : world.RestartAsync());
        await AssertSameAsync(world, before);
    }

    [Fact]
    public async Task Crash_WithCheckpointsOlderThanTheLog_LosesNothing()
    {
        await using var world = await TestWorld.StartAsync();
        await ListenAsync(world, seed: 2);
        await CheckpointAsync(world);
        await ListenAsync(world, seed: 3);
        var before = await LookAsync(world);
        await world.CrashAsync();
        await AssertSameAsync(world, before);
        await world.CrashAsync();
        await AssertSameAsync(world, before);
    }

    [Theory]
    [InlineData("UPDATE checkpoints SET state = zeroblob(20) WHERE user_no IN (SELECT user_no FROM checkpoints LIMIT 40)")]
    [InlineData("UPDATE checkpoints SET offset = offset + 7")]
    public async Task Restart_WithDamagedCheckpoints_ReplaysThoseListeners(string damage)
    {
        await using var world = await TestWorld.StartAsync();
        await ListenAsync(world, seed: 4);
        var before = await LookAsync(world);
        await world.RestartAsync(database => Assert.True(Execute(database, damage) > 0, "no checkpoint was damaged"));
        await AssertSameAsync(world, before);
    }

    [Fact]
    public async Task Start_WithAnotherTransform_RefusesTheSnapshotAndSaysWhy()
    {
        var transform = TasteTransform.Default;
        await using var world = await TestWorld.StartAsync(directory =>
            new EmbeddedOptions { DataDirectory = directory, Partitions = 2, Transform = transform });
        transform = transform with { LikeConfidence = 1 };
        var refused = await Assert.ThrowsAsync<SnapshotException>(() => world.RestartAsync());
        Assert.Contains("another taste transform", refused.Message, StringComparison.Ordinal);
        Assert.Contains(transform.Fingerprint[..12], refused.Message, StringComparison.Ordinal);
        transform = TasteTransform.Default;
        await world.RestartAsync();
        Assert.True(world.Runtime.Status.Ready);
    }

    [Fact]
    public async Task Start_OnADirectoryInUse_IsRefused()
    {
        await using var world = await TestWorld.StartAsync();
        await using var second = new EmbeddedRuntime(world.Store, TestWorld.DefaultOptions(world.Directory), world.Time);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => second.StartAsync(default));
        Assert.Contains(world.Directory, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkpoint_TheStoreFailsOnce_IsMadeUpForInTheNextRound()
    {
        await using var world = await TestWorld.StartAsync();
        await CheckpointAsync(world);
        var user = TestWorld.Listener(9);
        await world.SendAsync(world.Event(user, EventKind.Hide, TestWorld.Track(7)));
        var failed = new TaskCompletionSource();
        world.Store.BeforeSave = () =>
        {
            failed.TrySetResult();
            return HookedStore.Gone();
        };
        world.Time.Advance(TimeSpan.FromSeconds(31));
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        world.Store.BeforeSave = null;
        var facts = await world.FactsAsync(user);
        await CheckpointAsync(world);
        await world.CrashAsync();
        Assert.Equal(facts, await world.FactsAsync(user));
    }

    private static async Task CheckpointAsync(TestWorld world)
    {
        // Everybody is unsaved after the first start; the mark in the settings is the round's last write.
        var last = (await world.Store.LastOffsetAsync(default)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        for (var i = 0; await world.Store.Settings.GetAsync("checkpoints.through", default) != last; i++)
        {
            Assert.True(i < 200, "no checkpoint was finished");
            world.Time.Advance(TimeSpan.FromSeconds(31));
            await Task.Delay(50);
        }
    }

    private static async Task ListenAsync(TestWorld world, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20; i++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await world.SendAsync([.. Enumerable.Range(0, 10).Select(_ => world.Event(
                TestWorld.Listener(random.Next(30)),
                random.Next(4) switch { 0 => EventKind.Like, 1 => EventKind.Hide, 2 => EventKind.Skip, _ => EventKind.Listen },
                TestWorld.Track(random.Next(500))))]);
        }

        await world.SendAsync(
            world.Event(new UserId($"new-{seed}"), EventKind.Like, TestWorld.Track(seed)),
            world.Event(TestWorld.Listener(seed), EventKind.Follow, null, new PlaylistId("playlist-00005")));
    }

    /// <summary>A page made while its listener listens rests on the vector as it is, one after a start on the vector as the cells round it.</summary>
    private static async Task LetGoOfTheUnitAsync(TestWorld world, UserId user) => await world.Runtime.OwnerOf(user).AskAsync(
        _ =>
        {
            if (world.Runtime.Users.Find(user)?.Attention is { } attention)
            {
                attention.Unit = null;
            }

            return true;
        },
        default);

    private static async Task<Dictionary<UserId, (string Facts, float[] Unit, Engine.Home.HomePage Page)>> LookAsync(TestWorld world)
    {
        for (var i = 0; i < 40; i++)
        {
            await world.SettleAsync(TestWorld.Listener(i));
        }

        // Popularity is counted again once a second; a start counts it at once.
        world.Runtime.RefreshPopular();
        var seen = new Dictionary<UserId, (string, float[], Engine.Home.HomePage)>();
        for (var i = 0; i < 40; i++)
        {
            var user = TestWorld.Listener(i);
            var (facts, unit) = (await world.FactsAsync(user), await world.UnitAsync(user));
            await LetGoOfTheUnitAsync(world, user);
            seen[user] = (facts, unit, await world.HomeAsync(user));
        }

        return seen;
    }

    private static async Task AssertSameAsync(TestWorld world, Dictionary<UserId, (string Facts, float[] Unit, Engine.Home.HomePage Page)> before)
    {
        foreach (var (user, (facts, unit, page)) in before)
        {
            Assert.Equal(facts, await world.FactsAsync(user));
            var served = await world.UnitAsync(user);
            var away = TensorPrimitives.Distance<float>(unit, served);
            Assert.True(away <= TestWorld.RoundingOf(unit.Length) + 1e-5, $"{user}: {away} away");
            var now = await world.HomeAsync(user);
            Assert.True(page.ShowsTheSameAs(now), $"{user}: expected\n{Show(page)}\ngot\n{Show(now)}");
            Assert.True(now.Sequence > page.Sequence, $"{user}: page {now.Sequence} after {page.Sequence}");
        }
    }

    private static string Show(Engine.Home.HomePage page) => string.Join(
        '\n', page.Shelves.SelectMany(shelf => shelf.Cards.Select(card => $"{shelf.Id} {card.Playlist} {card.Reason}")));

    private static int Execute(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }
}
