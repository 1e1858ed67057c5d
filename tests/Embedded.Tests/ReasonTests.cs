using System.Globalization;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Tests;

/// <summary>What a card says is recounted from the facts.</summary>
public sealed class ReasonTests
{
    [Fact]
    public async Task Reasons_OnEveryBuddiesCard_AreTrue()
    {
        await using var world = await TestWorld.StartAsync();
        var checkedCards = 0;
        for (var i = 0; i < 60; i++)
        {
            var user = world.Runtime.Users.Find(TestWorld.Listener(i))!;
            foreach (var card in HomeTests.Cards(await world.HomeAsync(user.Id)).Where(card => card.Source == "buddies"))
            {
                var buddy = world.Runtime.Users.Find(card.Owner)!;
                var similarity = (await world.UnitAsync(user.Id)).Zip(await world.UnitAsync(buddy.Id), (x, y) => (double)x * y).Sum();
                var common = ArtistsOf(world, user).Intersect(ArtistsOf(world, buddy)).Count();
                var words = card.Reason.Split(", ");
                Assert.Equal($"from listener {card.Owner}", words[0]);
                var told = double.Parse(words[1].Split(' ')[0], CultureInfo.InvariantCulture);
                Assert.True(Math.Abs(told - similarity) < 0.00502, $"{user.Id}: '{card.Reason}', but the cosine is {similarity}");
                Assert.Equal(common == 0 ? [] : [$"{common} {(common == 1 ? "artist" : "artists")} in common"], words[2..]);
                checkedCards++;
            }
        }

        Assert.True(checkedCards > 200, $"only {checkedCards} cards came from buddies");
    }

    [Fact]
    public async Task Reasons_OnEveryPopularCard_CountTheFollowers()
    {
        await using var world = await TestWorld.StartAsync();
        var followers = new Dictionary<PlaylistId, HashSet<UserId>>();
        await foreach (var logged in world.Store.ReadAsync(0, default))
        {
            if (logged.Event is { Kind: EventKind.Follow, Playlist: { } playlist })
            {
                followers.TryAdd(playlist, []);
                followers[playlist].Add(logged.Event.User);
            }
        }

        var page = await world.HomeAsync(new UserId("nobody yet"));
        Assert.NotEmpty(HomeTests.Cards(page));
        foreach (var card in HomeTests.Cards(page))
        {
            var count = followers.TryGetValue(card.Playlist, out var set) ? set.Count : 0;
            var expected = count switch { 0 => "no followers yet", 1 => "followed by 1 listener", _ => $"followed by {count} listeners" };
            Assert.EndsWith(expected, card.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Follow_NamingATrackToo_CountsNowAndAfterARestart()
    {
        await using var world = await TestWorld.StartAsync();
        var playlist = new PlaylistId("playlist-00001");
        var before = await FollowersAsync();
        var user = new UserId("follower");
        await world.SendAsync(world.Event(user, EventKind.Follow, TestWorld.Track(1), playlist), world.Event(user, EventKind.Follow, null, playlist));
        await world.SettleAsync(user);
        Assert.Equal(before + 1, await FollowersAsync());
        await world.RestartAsync();
        Assert.Equal(before + 1, await FollowersAsync());
        await world.SendAsync(world.Event(user, EventKind.Unfollow, TestWorld.Track(1), playlist));
        await world.SettleAsync(user);
        Assert.Equal(before, await FollowersAsync());

        async Task<int> FollowersAsync() => (await world.Runtime.PlaylistAsync(playlist, world.Contents(playlist).Owner, default))!.Followers;
    }

    /// <summary>Counted from the facts by the rule in words: played more than skipped or liked, and not hidden.</summary>
    private static HashSet<string> ArtistsOf(TestWorld world, UserState user)
    {
        var artists = new HashSet<string>(StringComparer.Ordinal);
        foreach (var fact in user.Facts.Tracks)
        {
            var isHidden = fact.Marks.HasFlag(Engine.Taste.FactMarks.Hidden);
            var isLiked = fact.Marks.HasFlag(Engine.Taste.FactMarks.Liked);
            if (!isHidden && (isLiked || fact.For > fact.Against))
            {
                artists.Add(world.Runtime.Catalogue.Describe(new TrackIndex(fact.Track))!.Artist);
            }
        }

        return artists;
    }
}
