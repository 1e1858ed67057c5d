using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;

namespace Buddies.Grains.Tests.Contract;

/// <summary>Who may be seen by whom, and who is to be forgotten: in force behind every entrance once it is answered.</summary>
public abstract partial class RecommenderContract
{
    /// <summary>Entrances to try.</summary>
    private const int Entrances = 3;

    [Fact]
    public async Task Invisible_IsShownToNobody_AndServedAsBefore()
    {
        var (viewer, hidden) = await OwnerOnAPageAsync();
        var own = Cards(await Recommender.HomeAsync(hidden, Large, default)).Select(card => card.Playlist).ToArray();
        await Recommender.SetPrivacyAsync(hidden, new ListenerPrivacy(true, []), default);
        for (var entrance = 0; entrance < Entrances; entrance++)
        {
            var port = Entrance(entrance);
            Assert.True((await port.PrivacyAsync(hidden, default)).IsInvisible);
            for (var i = 0; i < Embedded.Tests.WorldTemplate.Listeners; i++)
            {
                Assert.DoesNotContain((await port.BuddiesAsync(Listener(i), 50, default)).Buddies, buddy => buddy.User == hidden);
                Assert.DoesNotContain(Cards(await port.HomeAsync(Listener(i), Large, default)), card => card.Owner == hidden);
            }

            Assert.DoesNotContain(await port.FindListenersAsync("", 1000, default), found => found.User == hidden);
            Assert.Contains(await port.FindListenersAsync(hidden.Value, 5, default), found => found.User == hidden);
        }

        Assert.Equal(own, Cards(await Recommender.HomeAsync(hidden, Large, default)).Select(card => card.Playlist));
        Assert.NotEmpty((await Recommender.BuddiesAsync(hidden, 10, default)).Buddies);
        await Recommender.SetPrivacyAsync(hidden, ListenerPrivacy.Default, default);
        Assert.Contains((await Entrance(1).BuddiesAsync(viewer, 50, default)).Buddies, buddy => buddy.User == hidden);
    }

    [Fact]
    public async Task Block_BetweenTwo_HidesBothFromEachOther_AndFromNobodyElse()
    {
        var (viewer, owner) = await OwnerOnAPageAsync();
        var playlist = Cards(await Recommender.HomeAsync(viewer, Large, default)).First(card => card.Owner == owner).Playlist;
        await Recommender.SetPrivacyAsync(owner, new ListenerPrivacy(false, [viewer]), default);
        for (var entrance = 0; entrance < Entrances; entrance++)
        {
            foreach (var (one, other) in new[] { (viewer, owner), (owner, viewer) })
            {
                Assert.DoesNotContain((await Entrance(entrance).BuddiesAsync(one, 50, default)).Buddies, buddy => buddy.User == other);
                Assert.DoesNotContain(Cards(await Entrance(entrance).HomeAsync(one, Large, default)), card => card.Owner == other);
            }

            Assert.Null(await Entrance(entrance).PlaylistAsync(playlist, viewer, default));
            Assert.NotNull(await Entrance(entrance).PlaylistAsync(playlist, null, default));
        }

        await Recommender.SetPrivacyAsync(owner, ListenerPrivacy.Default, default);
        Assert.NotNull(await Entrance(2).PlaylistAsync(playlist, viewer, default));
    }

    [Fact]
    public async Task Live_ABuddyTurnsInvisible_LeavesTheListWithoutAnythingElseHappening()
    {
        var (viewer, hidden) = await OwnerOnAPageAsync();
        await using var live = LiveReader.Open(Recommender, viewer, Large, null);
        Assert.Contains((await live.NextListAsync()).Buddies, buddy => buddy.User == hidden);
        await Entrance(1).SetPrivacyAsync(hidden, new ListenerPrivacy(true, []), default);
        Assert.DoesNotContain((await live.NextListAsync()).Buddies, buddy => buddy.User == hidden);
    }

    [Fact]
    public async Task Holdings_OfAListener_AreAllOfThem()
    {
        var user = Listener(13);
        await Recommender.IngestAsync([Event(user, EventKind.Like, track: Track(7)) with { Context = "\"from the kitchen\"" }], new IngestTerms("p"), default);
        await Recommender.UpsertPlaylistsAsync([new Playlist(new("private-one"), "t", user, false, [Track(1), Track(2)], 3)], default);
        await Recommender.SetPrivacyAsync(user, new ListenerPrivacy(false, [Listener(14)]), default);
        var held = await Entrance(1).HoldingsAsync(user, default);
        Assert.Equal((await Recommender.TasteAsync(user, default)).Counts.Events, held.Events.Count);
        Assert.Equal("\"from the kitchen\"", held.Events[^1].Event.Context);
        Assert.Contains(held.Tracks, track => track.Track == Track(7) && track.Marks.Contains("Liked", StringComparison.Ordinal));
        var playlist = Assert.Single(held.Playlists, playlist => playlist.Id == new PlaylistId("private-one"));
        Assert.Equal((false, 3), (playlist.IsPublic, playlist.Followers));
        Assert.Equal([Track(1), Track(2)], playlist.Tracks);
        Assert.Equal([Listener(14)], held.Privacy.Blocked);
        Assert.Equal(1, held.Version.Value);
        Assert.Equal(16, held.Vector.Count);
        Assert.Single(held.Snapshots);
    }

    [Fact]
    public async Task Erase_IsGoneFromEveryAnswer()
    {
        var (viewer, erased) = await OwnerOnAPageAsync();
        var own = Cards(await Recommender.HomeAsync(viewer, Large, default)).First(card => card.Owner == erased).Playlist;
        await Recommender.SetPrivacyAsync(Listener(30), new ListenerPrivacy(false, [erased]), default);
        Assert.Null(await Recommender.ErasureAsync(erased, default));
        await using var watching = LiveReader.Open(Entrance(2), viewer, Large, null);
        Assert.Contains((await watching.NextListAsync()).Buddies, buddy => buddy.User == erased);
        await using var live = LiveReader.Open(Entrance(1), erased, Large, null);
        await live.NextPageAsync(_ => true);

        var receipt = await Recommender.EraseAsync(erased, default);

        Assert.Contains("snapshot 1", Assert.Single(receipt.Pending), StringComparison.Ordinal);
        for (var entrance = 0; entrance < Entrances; entrance++)
        {
            var port = Entrance(entrance);
            for (var i = 0; i < Embedded.Tests.WorldTemplate.Listeners; i++)
            {
                Assert.DoesNotContain((await port.BuddiesAsync(Listener(i), 50, default)).Buddies, buddy => buddy.User == erased);
                Assert.DoesNotContain(Cards(await port.HomeAsync(Listener(i), Large, default)), card => card.Owner == erased);
            }

            Assert.Empty(await port.FindListenersAsync(erased.Value, 10, default));
            Assert.Null(await port.PlaylistAsync(own, null, default));
            Assert.Equal(0, (await port.TasteAsync(erased, default)).Counts.Events);
            Assert.Empty((await port.PrivacyAsync(Listener(30), default)).Blocked);
            Assert.Equal(receipt.Pending, (await port.ErasureAsync(erased, default))?.Pending);
            Assert.Empty((await port.HoldingsAsync(erased, default)).Events);
        }

        Assert.True(await Harness.Store.WasErasedAsync(erased, default));
        Assert.DoesNotContain((await watching.NextListAsync()).Buddies, buddy => buddy.User == erased);
        await live.EndAsync();
    }

    [Fact]
    public async Task Erase_EventsAcceptedAfterwards_StartAnew()
    {
        var user = Listener(31);
        await Recommender.EraseAsync(user, default);
        UserEvent[] events = [Event(user, EventKind.Like, track: Track(1)), Event(user, EventKind.Like, track: Track(2))];
        await Entrance(1).IngestAsync(events, new IngestTerms("p"), default);
        Assert.Equal(2, (await Entrance(2).TasteAsync(user, default)).Counts.Events);
        Assert.NotEmpty((await Recommender.BuddiesAsync(user, 10, default)).Buddies);
        Assert.Null(await Recommender.ErasureAsync(user, default));
    }

    [Fact]
    public async Task Erase_SomebodyUnknown_IsRemembered()
    {
        var receipt = await Recommender.EraseAsync(new UserId("never seen"), default);
        Assert.Empty(receipt.Pending);
        Assert.Empty((await Entrance(1).ErasureAsync(new UserId("never seen"), default))!.Pending);
    }

    /// <summary>A listener, and one of its buddies who owns a playlist on its page.</summary>
    private async Task<(UserId Viewer, UserId Owner)> OwnerOnAPageAsync()
    {
        for (var i = 0; i < Embedded.Tests.WorldTemplate.Listeners; i++)
        {
            var viewer = Listener(i);
            var buddies = (await Recommender.BuddiesAsync(viewer, 20, default)).Buddies.Select(buddy => buddy.User).ToHashSet();
            if (Cards(await Recommender.HomeAsync(viewer, Large, default)).FirstOrDefault(card => buddies.Contains(card.Owner)) is { } card)
            {
                return (viewer, card.Owner);
            }
        }

        throw new InvalidOperationException("Nobody has a playlist of a buddy on their page.");
    }
}
