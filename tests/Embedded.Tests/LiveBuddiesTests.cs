using Buddies.Engine.Buddies;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Embedded.Tests;

/// <summary>The live stream carries the buddies, whoever moved.</summary>
public sealed class LiveBuddiesTests
{
    private const int Shown = 20;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(600);

    [Fact]
    public async Task Live_Opened_SendsPageAndBuddiesInTheOrderOfTheirNumbers()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(5);
        await using var reader = new LiveReader(world, user);
        var page = Assert.IsType<HomeUpdate>(await reader.NextUpdateAsync());
        var list = Assert.IsType<BuddiesUpdate>(await reader.NextUpdateAsync());
        Assert.True(list.Sequence > page.Sequence, $"{list.Sequence} after {page.Sequence}");
        Assert.Equal(Shown, list.Buddies.Buddies.Count);
        Assert.Equal((await world.Runtime.BuddiesAsync(user, Shown, default)).Buddies, list.Buddies.Buddies);
        await reader.AssertSilentAsync();
    }

    [Fact]
    public async Task Live_Resumed_SendsOnlyWhatTheClientLacks()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(6);
        long page, list;
        await using (var first = new LiveReader(world, user))
        {
            page = (await first.NextUpdateAsync()).Sequence;
            list = (await first.NextUpdateAsync()).Sequence;
        }

        await using (var hasAll = await LiveReader.SubscribedAsync(world, user, list))
        {
            await hasAll.AssertSilentAsync();
        }

        await using (var lacksList = await LiveReader.SubscribedAsync(world, user, page))
        {
            Assert.Equal(list, Assert.IsType<BuddiesUpdate>(await lacksList.NextUpdateAsync()).Sequence);
            await lacksList.AssertSilentAsync();
        }

        // A number that was never given says nothing.
        await using var foreign = new LiveReader(world, user, list + 1_000_000);
        Assert.Equal(page, Assert.IsType<HomeUpdate>(await foreign.NextUpdateAsync()).Sequence);
        Assert.Equal(list, Assert.IsType<BuddiesUpdate>(await foreign.NextUpdateAsync()).Sequence);
    }

    [Fact]
    public async Task Live_AnotherListenerBecomesABuddy_IsToldAfterTheInterval_AndGoneWhenErased()
    {
        await using var world = await TestWorld.StartAsync();
        var (user, mover) = (TestWorld.Listener(7), new UserId("mover"));
        await using var reader = await LiveReader.SubscribedAsync(world, user);
        var first = await reader.NextBuddiesAsync();
        await world.SendAsync([.. (await world.KnownTracksAsync(user, 40)).Select(track => world.Event(mover, EventKind.Like, track))]);
        await world.SettleAsync(mover);
        await reader.AssertSilentAsync();
        world.Time.Advance(s_interval);
        var joined = await reader.NextBuddiesAsync();
        Assert.Null(joined.Latency);
        Assert.True(joined.Sequence > first.Sequence);
        Assert.Contains(joined.Buddies.Buddies, buddy => buddy.User == mover);
        await world.Runtime.EraseAsync(mover, default);
        world.Time.Advance(s_interval);
        Assert.DoesNotContain((await reader.NextBuddiesAsync()).Buddies.Buddies, buddy => buddy.User == mover);
    }

    [Fact]
    public async Task Live_OwnListens_TellTheBuddiesAtOnce_ToEverySubscriber()
    {
        await using var world = await TestWorld.StartAsync();
        var (user, other) = (TestWorld.Listener(8), TestWorld.Listener(100));
        await using var reader = await LiveReader.SubscribedAsync(world, user);
        await using var second = new LiveReader(world, user);
        await reader.NextBuddiesAsync();
        await second.NextBuddiesAsync();
        await world.SendAsync([.. (await world.KnownTracksAsync(other, 40)).Select(track => world.Event(user, EventKind.Like, track))]);
        var told = await reader.NextBuddiesAsync();
        Assert.NotNull(told.Latency);
        Assert.Equal((await world.Runtime.BuddiesAsync(user, Shown, default)).Buddies, told.Buddies.Buddies);
        Assert.Equal(told.Sequence, (await second.NextBuddiesAsync()).Sequence);
    }

    [Fact]
    public async Task Live_SlowReader_GetsTheLatestListOnly()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(9);
        await using var reader = await LiveReader.SubscribedAsync(world, user);
        var before = await reader.NextBuddiesAsync();
        for (var i = 0; i < 5; i++)
        {
            var tracks = await world.KnownTracksAsync(TestWorld.Listener(60 + (20 * i)), 30);
            await world.SendAsync([.. tracks.Select(track => world.Event(user, EventKind.Like, track))]);
        }

        // One page or list had been taken for the reader before the changes; of the rest there is one of each.
        var latest = (await world.Runtime.BuddiesAsync(user, Shown, default)).Buddies;
        var told = new List<BuddyList>();
        for (var i = 0; i < 3 && (told.Count == 0 || !told[^1].Buddies.SequenceEqual(latest)); i++)
        {
            told.Add((await reader.NextBuddiesAsync()).Buddies);
        }

        Assert.True(told.Count <= 2, $"expected the latest of 5 lists, got {told.Count}");
        Assert.Equal(latest, told[^1].Buddies);
        Assert.NotEqual(before.Buddies.Buddies, latest);
    }

    /// <summary>Whatever happens, and however often a client goes away, what it has been told is what a fresh question gives.</summary>
    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task Live_AnySequenceOfMovesAndReconnections_EndsWithTheTruth(int seed)
    {
        await using var world = await TestWorld.StartAsync();
        var random = new Random(seed);
        var user = TestWorld.Listener(3);
        HomePage? page = null;
        BuddyList? list = null;
        long last = -1;
        for (var visit = 0; visit < 12; visit++)
        {
            await using var reader = await LiveReader.SubscribedAsync(world, user, last < 0 ? null : last);
            for (var round = 0; round < random.Next(1, 4); round++)
            {
                await MoveSomebodyAsync(world, random, user);
                world.Time.Advance(s_interval);
                await world.TickAsync();
                if (random.Next(3) == 0)
                {
                    // A page that a question finds changed is one that the watcher must hear of too.
                    await world.HomeAsync(user);
                }
            }

            var isCutOff = random.Next(3) == 0;
            var latest = await LatestAsync(world, user);
            while (last < latest)
            {
                var update = await reader.NextUpdateAsync();
                Assert.True(update.Sequence > last, $"seed {seed}, visit {visit}: {update.Sequence} after {last}");
                last = update.Sequence;
                page = (update as HomeUpdate)?.Page ?? page;
                list = (update as BuddiesUpdate)?.Buddies ?? list;
                if (isCutOff)
                {
                    break;
                }
            }

            if (!isCutOff)
            {
                Assert.True(page!.ShowsTheSameAs(await world.HomeAsync(user)), $"seed {seed}, visit {visit}: an old page");
                var truth = await world.Runtime.BuddiesAsync(user, Shown, default);
                Assert.True(list!.ShowsTheSameAs(truth), $"seed {seed}, visit {visit}: expected {string.Join(' ', truth.Buddies)}, told {string.Join(' ', list.Buddies)}");
            }
        }
    }

    /// <summary>The number that a client has who has everything.</summary>
    private static async Task<long> LatestAsync(TestWorld world, UserId user) => await world.Runtime.OwnerOf(user).AskAsync(
        _ =>
        {
            var attention = world.Runtime.Users.Find(user)!.Attention!;
            return Math.Max(attention.Buddies!.Value.Sequence, attention.Pages.Max(kept => kept.Page.Sequence));
        },
        default);

    private static async Task MoveSomebodyAsync(TestWorld world, Random random, UserId user)
    {
        var mover = random.Next(4) == 0 ? user : TestWorld.Listener(random.Next(40));
        var events = Enumerable.Range(0, random.Next(1, 6)).Select(_ => world.Event(
            mover, random.Next(3) == 0 ? EventKind.Hide : EventKind.Like, TestWorld.Track(random.Next(500))));
        await world.SendAsync([.. events]);
        if (random.Next(20) == 0)
        {
            await world.Runtime.EraseAsync(TestWorld.Listener(100 + random.Next(100)), default);
        }
    }
}
