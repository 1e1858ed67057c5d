using System.Collections.Concurrent;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Embedded.Tests;

/// <summary>More load than it can take, a store that is gone, and a server that stops.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task Ingest_MoreThanMayWait_IsRefusedWholeAndTakenLater()
    {
        await using var world = await TestWorld.StartAsync(directory => new EmbeddedOptions { DataDirectory = directory, Partitions = 2, MaxPendingEvents = 10 });
        var user = TestWorld.Listener(0);
        var before = await world.EventCountAsync(user);
        var goOn = new TaskCompletionSource();
        world.Store.BeforeAppend = () => goOn.Task;
        var taken = world.SendAsync(Likes(world, user, 8));
        var refused = Likes(world, user, 3);
        var busy = await Assert.ThrowsAsync<RecommenderBusyException>(() => world.SendAsync(refused));
        Assert.True(busy.RetryAfter > TimeSpan.Zero);
        var fits = world.SendAsync(Likes(world, user, 2));
        goOn.SetResult();
        await Task.WhenAll(taken, fits);
        Assert.Equal(before + 10, await world.EventCountAsync(user));
        Assert.Equal(0, world.Runtime.PendingEvents);
        var result = await world.Runtime.IngestAsync(refused, default);
        Assert.Equal((3, 0), (result.Accepted, result.Duplicates));
    }

    [Fact]
    public async Task Store_GoneForAWhile_ReadsGoOn_WritesAreRefused_AndLaterNothingIsMissing()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(1);
        var before = await world.EventCountAsync(user);
        var page = await world.HomeAsync(user);
        world.Store.BeforeAppend = world.Store.BeforeUpsert = HookedStore.Gone;
        var events = Likes(world, user, 5);
        var playlist = HomeTests.Of(world, HomeTests.Cards(page).First().Playlist, isPublic: false);
        await Assert.ThrowsAsync<RecommenderUnavailableException>(() => world.SendAsync(events));
        await Assert.ThrowsAsync<RecommenderUnavailableException>(async () => await world.Runtime.UpsertPlaylistsAsync([playlist], default));
        await Assert.ThrowsAsync<RecommenderUnavailableException>(async () => await world.Runtime.UpsertTracksAsync([new Track(TestWorld.Track(0), "", "", [])], default));
        Assert.True(page.ShowsTheSameAs(await world.HomeAsync(user)));
        Assert.Equal((before, 0), (await world.EventCountAsync(user), world.Runtime.PendingEvents));
        world.Store.BeforeAppend = world.Store.BeforeUpsert = null;
        var result = await world.Runtime.IngestAsync(events, default);
        Assert.Equal((5, 0), (result.Accepted, result.Duplicates));
        Assert.Equal(before + 5, await world.EventCountAsync(user));
    }

    [Fact]
    public async Task Stop_TheLastCheckpointFails_StillLetsGoOfEverything()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(2);
        await world.SendAsync(Likes(world, user, 4));
        var facts = await world.FactsAsync(user);
        world.Store.BeforeSave = HookedStore.Gone;
        await world.RestartAsync();
        Assert.Equal(facts, await world.FactsAsync(user));
    }

    [Fact]
    public async Task Ask_AfterTheStop_SaysUnavailable()
    {
        await using var world = await TestWorld.StartAsync();
        await world.Runtime.StopAsync();
        await Assert.ThrowsAsync<RecommenderUnavailableException>(async () => await world.HomeAsync(TestWorld.Listener(0)));

        // One that had passed the first check finds the inbox closed.
        await Assert.ThrowsAsync<RecommenderUnavailableException>(() => world.SettleAsync(TestWorld.Listener(0)));
    }

    [Fact]
    public async Task Stop_WhileEverybodyAsks_AnswersOrSaysUnavailable_AndKeepsWhatItAccepted()
    {
        await using var world = await TestWorld.StartAsync();
        var runtime = world.Runtime;
        var accepted = new ConcurrentDictionary<UserId, int>();
        var others = new ConcurrentQueue<Exception>();
        var before = new Dictionary<UserId, long>();
        for (var i = 0; i < 6; i++)
        {
            before[TestWorld.Listener(i)] = await world.EventCountAsync(TestWorld.Listener(i));
        }

        var (asked, playlist) = (0, HomeTests.Of(world, new PlaylistId("playlist-00001"), isPublic: true));
        var askers = Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            var user = TestWorld.Listener(i);
            for (var n = 0; ; n++)
            {
                try
                {
                    switch (i == 5 ? 5 + (n % 3) : n % 5)
                    {
                        case 0: await runtime.HomeAsync(user, TestWorld.Large, default); break;
                        case 1: await runtime.BuddiesAsync(user, 10, default); break;
                        case 2: await runtime.TasteAsync(user, default); break;
                        case 3: await runtime.PlaylistAsync(playlist.Id, user, default); break;
                        case 5: await runtime.UpsertPlaylistsAsync([playlist], default); break;
                        case 6: await runtime.EraseAsync(new UserId("nobody"), default); break;
                        case 7:
                            await foreach (var _ in runtime.HomeLiveAsync(user, TestWorld.Large, null, default))
                            {
                                break;
                            }

                            break;
                        default:
                            var result = await runtime.IngestAsync(Likes(world, user, 3), default);
                            accepted.AddOrUpdate(user, result.Accepted, (_, sum) => sum + result.Accepted);
                            break;
                    }

                    Interlocked.Increment(ref asked);
                }
                catch (RecommenderUnavailableException)
                {
                    return;
                }
                catch (Exception e)
                {
                    others.Enqueue(e);
                    return;
                }
            }
        })).ToArray();
        await LiveReader.UntilAsync(() => Volatile.Read(ref asked) > 100, "nobody was answered");
        await Task.WhenAll(Task.Run(runtime.StopAsync), Task.Run(() => runtime.DisposeAsync().AsTask()));
        await Task.WhenAll(askers).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(others.IsEmpty, $"expected answers or unavailable, got {others.FirstOrDefault()}");
        await world.RestartAsync();
        foreach (var (user, count) in accepted)
        {
            Assert.Equal(before[user] + count, await world.EventCountAsync(user));
        }
    }

    private static UserEvent[] Likes(TestWorld world, UserId user, int count) =>
        [.. Enumerable.Range(0, count).Select(i => world.Event(user, EventKind.Like, TestWorld.Track(i)))];
}
