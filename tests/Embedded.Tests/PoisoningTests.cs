using System.Globalization;
using Buddies.Embedded.Tests.Versions;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Training;

namespace Buddies.Embedded.Tests;

/// <summary>A thousand fake listeners push one playlist among two hundred real ones.</summary>
public sealed class PoisoningTests
{
    /// <summary>Of the real listeners, at most so many may find the playlist on their page (docs/security.md).</summary>
    private const double MostReached = 0.05;

    private const int Fakes = 1000;
    private const int PlaysOfEach = 10;
    private static readonly PlaylistId s_pushed = new("pushed");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Drill_TenThousandPlaysAndAThousandFollows_ReachFewPages(bool isCamouflaged)
    {
        await using var world = await TestWorld.StartAsync();
        var tracks = Enumerable.Range(0, PlaysOfEach).Select(i => new TrackId($"pushed-{i}")).ToArray();
        await world.Runtime.UpsertTracksAsync([.. tracks.Select(track => new Track(track, track.Value, "Nobody", []))], default);
        await world.Runtime.UpsertPlaylistsAsync([new Playlist(s_pushed, "Pushed", new UserId("attacker"), true, tracks, 0)], default);
        for (var i = 0; i < Fakes; i++)
        {
            var fake = new UserId(string.Create(CultureInfo.InvariantCulture, $"fake-{i}"));
            var events = tracks.Select(track => world.Event(fake, EventKind.Listen, track, s_pushed)).ToList();
            if (isCamouflaged)
            {
                // What a real listener knows, so that the fake becomes a buddy of such listeners.
                var known = await world.KnownTracksAsync(TestWorld.Listener(i % WorldTemplate.Listeners), 20);
                events.AddRange(known.Select(track => world.Event(fake, EventKind.Listen, track)));
            }

            events.Add(world.Event(fake, EventKind.Follow, playlist: s_pushed));
            await world.SendAsync([.. events]);
        }

        await AssertReachAsync(world, "before a training");
        var trained = await SwapWorld.TrainAsync(world, 3);
        await ModelTrainer.PromoteAsync(world.Store, trained.Version, default);
        await world.RestartAsync();
        await AssertReachAsync(world, "after a training and a restart");

        // What holds it back is the bound: believed, the follows would have it on every page.
        var anomaly = Assert.Single(world.Runtime.Anomalies);
        Assert.Equal((s_pushed, Fakes - 3), (anomaly.Playlist, anomaly.Uncounted));
        Assert.True(await world.Runtime.BelieveFollowsAsync(s_pushed, default));
        Assert.True(await ReachAsync(world) > 0.9, "believed, the follows should reach everybody; the drill proves nothing");
    }

    [Fact]
    public async Task Follows_OfManyOverTime_AreCountedAndSoIsLeaving()
    {
        await using var world = await TestWorld.StartAsync();
        await world.Runtime.UpsertPlaylistsAsync([new Playlist(s_pushed, "Liked", new UserId("maker"), true, [TestWorld.Track(1)], 0)], default);
        for (var i = 0; i < 35; i++)
        {
            await world.SendAsync(world.Event(new UserId($"fan-{i}"), EventKind.Follow, playlist: s_pushed));
            world.Time.Advance(TimeSpan.FromMinutes(21)); // Not three an hour.
        }

        Assert.Empty(world.Runtime.Anomalies);
        await world.SendAsync(world.Event(new UserId("fan-0"), EventKind.Unfollow, playlist: s_pushed));
        await world.SettleAsync();
        Assert.Equal(34, (await world.Runtime.PlaylistAsync(s_pushed, null, default))!.Followers);
    }

    private static async Task AssertReachAsync(TestWorld world, string when)
    {
        var reach = await ReachAsync(world);
        var card = reach == 0 ? null : HomeTests.Cards(await world.HomeAsync(TestWorld.Listener(0), HomeRequest.Default)).FirstOrDefault(card => card.Playlist == s_pushed);
        Assert.True(
            reach <= MostReached,
            string.Create(CultureInfo.InvariantCulture, $"{when}: on the pages of {reach:P1} of the real listeners, at most {MostReached:P0} allowed, such as {card}; {string.Join(", ", world.Runtime.Anomalies)}; top {string.Join(", ", world.Runtime.Popular.Top.Take(5))}"));
    }

    private static async Task<double> ReachAsync(TestWorld world)
    {
        var reached = 0;
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            reached += HomeTests.Cards(await world.HomeAsync(TestWorld.Listener(i), HomeRequest.Default)).Any(card => card.Playlist == s_pushed) ? 1 : 0;
        }

        return (double)reached / WorldTemplate.Listeners;
    }
}
