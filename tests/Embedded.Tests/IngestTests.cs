using Buddies.Engine.Events;
using Buddies.Engine.Taste;

namespace Buddies.Embedded.Tests;

public sealed class IngestTests
{
    [Fact]
    public async Task Ingest_Acknowledged_IsInTheNextReadAndInTheLog()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(3);
        for (var i = 0; i < 50; i++)
        {
            var before = await world.EventCountAsync(user);
            var logged = await world.Store.CountAsync(default);
            var track = TestWorld.Track(i);
            var hide = world.Event(user, EventKind.Hide, track);
            var result = await world.Runtime.IngestAsync([hide], default);
            Assert.Equal((1, 0), (result.Accepted, result.Duplicates));
            var taste = await world.Runtime.TasteAsync(user, default);
            Assert.Equal(before + 1, taste.Counts.Events);
            Assert.Contains(track, taste.HiddenTracks);
            Assert.Equal(logged + 1, await world.Store.CountAsync(default));
        }
    }

    [Fact]
    public async Task Ingest_TheSameEventAgain_CountsOnce()
    {
        await using var world = await TestWorld.StartAsync();
        var (user, other) = (TestWorld.Listener(0), TestWorld.Listener(1));
        var (before, otherBefore) = (await world.EventCountAsync(user), await world.EventCountAsync(other));
        var twice = world.Event(user, EventKind.Listen, TestWorld.Track(1), id: "same");
        var inOneBatch = await world.Runtime.IngestAsync([twice, twice, twice with { User = other }], default);
        Assert.Equal((2, 1), (inOneBatch.Accepted, inOneBatch.Duplicates));
        var again = await world.Runtime.IngestAsync([twice], default);
        Assert.Equal((0, 1), (again.Accepted, again.Duplicates));
        await world.RestartAsync();
        var afterRestart = await world.Runtime.IngestAsync([twice with { Kind = EventKind.Hide }], default);
        Assert.Equal((0, 1), (afterRestart.Accepted, afterRestart.Duplicates));
        await world.CrashAsync();
        Assert.Equal(before + 1, await world.EventCountAsync(user));
        Assert.Equal(otherBefore + 1, await world.EventCountAsync(other));
    }

    [Fact]
    public async Task Ingest_ManyProducersAtOnce_AppliesEachListenersEventsInTheOrderOfTheLog()
    {
        await using var world = await TestWorld.StartAsync();
        const int seed = 11, producers = 8, batches = 25, events = 12;
        await Task.WhenAll(Enumerable.Range(0, producers).Select(producer => Task.Run(async () =>
        {
            var random = new Random(seed + producer);
            for (var batch = 0; batch < batches; batch++)
            {
                await world.SendAsync([.. Enumerable.Range(0, events).Select(_ => world.Event(
                    TestWorld.Listener(random.Next(4)),
                    random.Next(3) switch { 0 => EventKind.Like, 1 => EventKind.Hide, _ => EventKind.Listen },
                    TestWorld.Track(random.Next(5))))]);
            }
        })));

        // The log is the truth: facts made from it in its order must be the served ones.
        var replayed = new Dictionary<string, UserTaste>();
        await foreach (var logged in world.Store.ReadAsync(0, default))
        {
            var e = logged.Event;
            if (!replayed.TryGetValue(e.User.Value, out var facts))
            {
                replayed[e.User.Value] = facts = new UserTaste(TasteTransform.Default);
            }

            facts.Apply(
                e,
                e.Track is { } track ? world.Runtime.Catalogue.Intern(track) : null,
                e.Playlist is { } playlist ? world.Runtime.Catalogue.Intern(playlist) : null);
        }

        for (var i = 0; i < 4; i++)
        {
            var user = TestWorld.Listener(i);
            var expected = TestWorld.Describe(replayed[user.Value], world.Runtime.Catalogue);
            Assert.True(expected == await world.FactsAsync(user), $"seed {seed}: {user} was served other facts than the log gives");
        }
    }

    [Fact]
    public async Task Ingest_AfterAnotherProcessWroteIntoTheLog_AppliesItsEventsToo()
    {
        await using var world = await TestWorld.StartAsync();
        var (user, quiet) = (TestWorld.Listener(5), TestWorld.Listener(6));
        await world.SendAsync(world.Event(user, EventKind.Like, TestWorld.Track(1), id: "mine"));
        await using (var tool = await Storage.Sqlite.SqliteStore.OpenAsync(Path.Combine(world.Directory, "buddies.db")))
        {
            await tool.Events.AppendAsync(
                [world.Event(user, EventKind.Hide, TestWorld.Track(1)), world.Event(quiet, EventKind.Hide, TestWorld.Track(2))], default);
        }

        var again = world.Event(user, EventKind.Like, TestWorld.Track(1), id: "mine");
        await world.SendAsync(again, again, world.Event(user, EventKind.Like, TestWorld.Track(3)));
        Assert.Contains(TestWorld.Track(1), (await world.Runtime.TasteAsync(user, default)).HiddenTracks);
        Assert.Contains(TestWorld.Track(2), (await world.Runtime.TasteAsync(quiet, default)).HiddenTracks);
        var facts = await world.FactsAsync(user);
        await world.RestartAsync();
        Assert.Equal(facts, await world.FactsAsync(user));
        Assert.Contains(TestWorld.Track(2), (await world.Runtime.TasteAsync(quiet, default)).HiddenTracks);
    }
}
