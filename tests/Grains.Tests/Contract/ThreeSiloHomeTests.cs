using Buddies.Api;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Grains.Home;
using Buddies.Storage;

namespace Buddies.Grains.Tests.Contract;

/// <summary>What a cluster promises of Home beyond the contract: that what its silos learn adds up, whatever befalls a commit.</summary>
public sealed class ThreeSiloHomeTests() : HomeContract(new ClusterHarness(3))
{
    private ClusterHarness Silos => (ClusterHarness)Harness;

    protected override IRecommender Entrance(int number) => Silos.Through(number % 3);

    protected override IHomeDesk Desk(int number) => Silos.DeskThrough(number % 3);

    [Fact]
    public async Task Commits_OfAllAtOnce_AddUp_AndMakeOneStateOnAll()
    {
        await StartAsync();
        for (var round = 1; round <= 4; round++)
        {
            await VisitAsync(24);
            await Harness.LearnAsync();
            Assert.All(Enumerable.Range(0, 3), silo => Assert.Equal(_sent.Count, Silos.HomeOf(silo).Pages));
            Assert.InRange(_sent.Count, 24, 24 * round); // A page that shows the same as the last time is the same page.
        }

        Assert.True(_sent.Count > 48, $"only {_sent.Count} pages were learned from");

        var states = Enumerable.Range(0, 3).Select(silo => Silos.HomeOf(silo).State).ToArray();
        Assert.All(states, state => Assert.Equal(states[0].Version, state.Version));
        Assert.All(states, state => Assert.Equal(states[0].Cards.Mean.ToArray(), state.Cards.Mean.ToArray()));
        Assert.All(states, state => Assert.Equal(states[0].ShelfOf(4, "taste"), state.ShelfOf(4, "taste")));
    }

    [Fact]
    public async Task ACommit_OfWhichNobodyKnowsWhetherItTookEffect_CountsOnce()
    {
        await StartAsync();
        await VisitAsync(24);
        var lost = 0;
        for (var silo = 0; silo < 3; silo++)
        {
            var store = Silos.StoreOf(silo);
            store.AfterTrying = isSet =>
            {
                // The connection is gone before the answer; what then is asked is not answered either.
                store.AfterTrying = _ => { };
                Interlocked.Increment(ref lost);
                throw new StoreException("the connection was lost during a commit") { IsUncertain = true };
            };
            await Silos.HomeOf(silo).LearnAsync(long.MaxValue);
            Assert.True(await Silos.HomeOf(silo).CommitAsync());
        }

        Assert.Equal(3, lost);
        await Silos.HomeOf(0).PollAsync(default);
        Assert.Equal(24, Silos.HomeOf(0).Pages);
    }

    [Fact]
    public async Task WhatCouldNotBeCommitted_IsCommittedOnceTheStoreIsBack_WithWhatCameMeanwhile()
    {
        await StartAsync(new HomeOptions { Visit = TimeSpan.Zero, LearnInterval = TimeSpan.FromHours(10) });
        await VisitAsync(12);
        for (var silo = 0; silo < 3; silo++)
        {
            Silos.StoreOf(silo).BeforeSetting = () => throw new StoreException("the disk is full");
            await Silos.HomeOf(silo).LearnAsync(long.MaxValue);
            await Silos.HomeOf(silo).CommitAsync();
        }

        Assert.Equal(0, Silos.HomeOf(1).Pages);
        await VisitAsync(12);
        for (var silo = 0; silo < 3; silo++)
        {
            Silos.StoreOf(silo).BeforeSetting = () => { };
        }

        await Harness.LearnAsync(); // What was open.
        await Harness.LearnAsync(); // What came meanwhile.
        var sent = (await Harness.LogAsync("shown")).Count;
        Assert.InRange(sent, 20, 24); // A page that is drawn the same again is not sent again.
        Assert.All(Enumerable.Range(0, 3), silo => Assert.Equal(sent, Silos.HomeOf(silo).Pages));
    }

    [Fact]
    public async Task ASiloThatStops_LeavesWhatItHasLearned_AndItsListenersGoOnWithWhatTheyHaveSeen()
    {
        await StartAsync(new HomeOptions { Visit = TimeSpan.Zero, LearnInterval = TimeSpan.FromHours(10) });
        var users = Enumerable.Range(0, 24).Select(Listener).ToArray();
        var cards = new PlaylistId[users.Length];
        for (var i = 0; i < users.Length; i++)
        {
            cards[i] = (await Entrance(i).HomeAsync(users[i], All, default)).Shelves[0].Cards[0].Playlist;
            await SendAsync(i, [.. Enumerable.Range(0, 8).Select(_ => Event(users[i], EventKind.Impression, cards[i]))]);
        }

        await Silos.Cluster.StopSiloAsync(Silos.Cluster.Silos[2]);
        await Silos.Cluster.WaitForLivenessToStabilizeAsync();
        await Silos.HomeOf(0).PollAsync(default);
        var left = Silos.HomeOf(0).Pages;
        Assert.InRange(left, 1, users.Length - 1); // Those of the silo that has stopped, no others.
        for (var i = 0; i < users.Length; i++)
        {
            var page = await Silos.Through(0).HomeAsync(users[i], All, default);
            Assert.DoesNotContain(page.Shelves.SelectMany(shelf => shelf.Cards), card => card.Playlist == cards[i]);
        }
    }

    [Fact]
    public async Task AnErasureThatACrashHasCut_IsGoneOnWithByOneOfTheSilos()
    {
        await StartAsync();
        await VisitAsync(12);
        var maker = new PlaylistId("of-the-erased");
        await Entrance(0).UpsertPlaylistsAsync([new Playlist(maker, "t", Listener(3), true, [new TrackId("t1")], 0)], default);
        await Harness.LearnAsync();
        Assert.NotEmpty((await Desk(0).HoldingsAsync(Listener(3), default))!.Shown);
        Assert.Contains(maker.Value, await Harness.Store.Settings.GetAsync("home.fresh", default), StringComparison.Ordinal);

        await Silos.HomeOf(1).NoteErasureAsync(Listener(3), [maker]); // And whoever has noted it is lost.
        for (var silo = 0; silo < 3; silo++)
        {
            await Silos.Get<HomeEraser>(silo).LookAsync();
        }

        var held = await Desk(0).HoldingsAsync(Listener(3), default);
        Assert.Equal((0, 0), (held!.Shown.Count, held.Rewarded.Count));
        Assert.Equal(11, (await Harness.LogAsync("shown")).Count);
        Assert.DoesNotContain(maker.Value, await Harness.Store.Settings.GetAsync("home.fresh", default), StringComparison.Ordinal);
        Assert.Empty((await Silos.HomeOf(2).ErasingAsync(default)).Users);
    }

    private readonly HashSet<(int Listener, long Page)> _sent = [];

    private async Task VisitAsync(int listeners)
    {
        for (var i = 0; i < listeners; i++)
        {
            var page = await Entrance(i).HomeAsync(Listener(i), All, default);
            _sent.Add((i, page.Sequence));
            await SendAsync(i, Event(Listener(i), EventKind.Click, page.Shelves[0].Cards[0].Playlist));
        }
    }
}
