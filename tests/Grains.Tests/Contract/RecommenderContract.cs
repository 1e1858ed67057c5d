using System.Globalization;
using Buddies.Api;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Contract;

/// <summary>What every runtime promises behind the port, whether one process or a cluster.</summary>
public abstract partial class RecommenderContract(RuntimeHarness harness) : IAsyncLifetime
{
    private int _eventNumber;

    protected static HomeRequest Large { get; } = new(6, 50, []);

    protected RuntimeHarness Harness => harness;

    protected IRecommender Recommender => harness.Recommender;

    /// <summary>One of the ways in; the same one wherever there is only one.</summary>
    protected virtual IRecommender Entrance(int number) => Recommender;

    public Task InitializeAsync() => harness.StartAsync();

    public async Task DisposeAsync() => await harness.DisposeAsync();

    [Fact]
    public async Task Status_Started_IsReadyWithTheWholeWorld()
    {
        var status = Recommender.Status;
        Assert.True(status.Ready, status.Stage);
        Assert.Equal((Embedded.Tests.WorldTemplate.Listeners, 1, 500), (status.Listeners, status.Version.Value, status.Tracks));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Ingest_ThenRead_SeesWhatWasAcknowledged()
    {
        var user = Listener(3);
        var before = (await Recommender.TasteAsync(user, default)).Counts;
        var card = Cards(await Recommender.HomeAsync(user, Large, default)).First(c => c.Source == "taste");

        var result = await Recommender.IngestAsync(
            [Event(user, EventKind.Hide, playlist: card.Playlist), Event(user, EventKind.Like, track: Track(4)), Event(Listener(4), EventKind.Listen, track: Track(5))], new IngestTerms("p"), default);

        Assert.Equal((3, 0), (result.Accepted, result.Duplicates));
        var taste = await Recommender.TasteAsync(user, default);
        Assert.Equal(before.Events + 2, taste.Counts.Events);
        Assert.Contains(card.Playlist, taste.HiddenPlaylists);
        Assert.DoesNotContain(Cards(await Recommender.HomeAsync(user, Large, default)), c => c.Playlist == card.Playlist);
    }

    [Fact]
    public async Task Ingest_AnEventSeenBefore_HasNoFurtherEffect()
    {
        var user = Listener(7);
        var before = (await Recommender.TasteAsync(user, default)).Counts.Events;
        var @event = Event(user, EventKind.Listen, track: Track(1));
        await Recommender.IngestAsync([@event], new IngestTerms("p"), default);
        var result = await Recommender.IngestAsync([@event, Event(user, EventKind.Listen, track: Track(2)), @event], new IngestTerms("p"), default);
        Assert.Equal((1, 2), (result.Accepted, result.Duplicates));
        Assert.Equal(before + 2, (await Recommender.TasteAsync(user, default)).Counts.Events);
    }

    [Fact]
    public async Task Ingest_ManyBatchesAtOnce_CountsEveryEventOnce()
    {
        var users = Enumerable.Range(0, 40).Select(Listener).ToArray();
        var before = await CountAsync(users);
        var batches = Enumerable.Range(0, 12).Select(b => users.Select(u => Event(u, EventKind.Listen, track: Track(b))).ToArray()).ToArray();
        var results = await Task.WhenAll(batches.Select(batch => Recommender.IngestAsync(batch, new IngestTerms("p"), default).AsTask()));
        Assert.Equal(12 * 40, results.Sum(r => r.Accepted));
        Assert.Equal(before.Select(count => count + 12), await CountAsync(users));
    }

    [Fact]
    public async Task Ingest_OneListenersEventsInTurn_AreInTheLogInThatOrder_WhicheverWayTheyCome()
    {
        var users = Enumerable.Range(0, 12).Select(Listener).ToArray();
        var sent = await Task.WhenAll(users.Select(user => Task.Run(async () =>
        {
            var ids = new List<EventId>();
            for (var i = 0; i < 30; i++)
            {
                UserEvent[] batch = [Event(user, i % 2 == 0 ? EventKind.Like : EventKind.Unlike, track: Track(7)), Event(user, EventKind.Listen, track: Track(i))];
                await Entrance(i).IngestAsync(batch, new IngestTerms("p"), default);
                ids.AddRange(batch.Select(e => e.Id));
            }

            return ids;
        })));
        foreach (var (user, ids) in users.Zip(sent))
        {
            var logged = await Harness.Store.Events.ReadUserAsync(user, 0, default);
            Assert.Equal(ids, logged.Select(entry => entry.Event.Id).TakeLast(ids.Count));
            Assert.DoesNotContain((await Recommender.TasteAsync(user, default)).TopTracks, track => track.Track == Track(7) && track.Liked);
        }
    }

    [Fact]
    public async Task Ingest_TheSameBatchByTwoWaysAtOnce_CountsOnce()
    {
        var users = Enumerable.Range(0, 12).Select(Listener).ToArray();
        var before = await CountAsync(users);
        for (var round = 0; round < 20; round++)
        {
            var batch = users.Select(user => Event(user, EventKind.Listen, track: Track(round))).ToArray();
            var results = await Task.WhenAll(
                Entrance(round).IngestAsync(batch, new IngestTerms("p"), default).AsTask(),
                Entrance(round + 1).IngestAsync(batch, new IngestTerms("q"), default).AsTask());
            Assert.Equal((users.Length, users.Length), (results.Sum(r => r.Accepted), results.Sum(r => r.Duplicates)));
        }

        Assert.Equal(before.Select(count => count + 20), await CountAsync(users));
    }

    [Fact]
    public async Task Home_AStranger_GetsPopularAndSaysSo()
    {
        var page = await Recommender.HomeAsync(new UserId("nobody-yet"), Large, default);
        Assert.NotEmpty(page.Shelves);
        Assert.All(Cards(page), card => Assert.Equal("popular", card.Source));
        Assert.Empty((await Recommender.BuddiesAsync(new UserId("nobody-yet"), 10, default)).Buddies);
    }

    [Fact]
    public async Task Home_AStrangersFirstLikes_BringBuddies()
    {
        var user = new UserId("newcomer");
        var liked = (await Recommender.TasteAsync(Listener(0), default)).TopTracks.Take(5).Select(t => t.Track).ToArray();
        await Recommender.IngestAsync([.. liked.Select(track => Event(user, EventKind.Like, track: track))], new IngestTerms("p"), default);
        var buddies = await Recommender.BuddiesAsync(user, 10, default);
        Assert.Equal(10, buddies.Buddies.Count);
        Assert.Contains(buddies.Buddies, buddy => buddy.SharedTracks > 0);
        Assert.Contains(Cards(await Recommender.HomeAsync(user, Large, default)), card => card.Source == "taste");
    }

    [Fact]
    public async Task Buddies_AreNearestFirstAndNeverOneself()
    {
        var list = await Recommender.BuddiesAsync(Listener(11), 30, default);
        Assert.Equal(30, list.Buddies.Count);
        Assert.DoesNotContain(list.Buddies, buddy => buddy.User == Listener(11));
        Assert.Equal(list.Buddies.OrderByDescending(buddy => buddy.Similarity).Select(b => b.User), list.Buddies.Select(b => b.User));
        Assert.Equal(30, list.Buddies.Select(buddy => buddy.User).Distinct().Count());
    }

    [Fact]
    public async Task Live_OnesOwnEvent_PushesANewPageWithAHigherNumber()
    {
        var user = Listener(5);
        await using var live = LiveReader.Open(Recommender, user, Large, null);
        var first = await live.NextPageAsync(_ => true);
        var hidden = Cards(first).First().Playlist;
        await Recommender.IngestAsync([Event(user, EventKind.Hide, playlist: hidden)], new IngestTerms("p"), default);
        var next = await live.NextPageAsync(page => Cards(page).All(card => card.Playlist != hidden));
        Assert.True(next.Sequence > first.Sequence, $"{next.Sequence} after {first.Sequence}");
        Assert.Equal(live.Sequences.Order(), live.Sequences);
    }

    [Fact]
    public async Task Live_ResumedWithTheLastNumber_SendsOnlyWhatIsNewer()
    {
        var user = Listener(6);
        long last;
        PlaylistId hidden;
        await using (var live = LiveReader.Open(Recommender, user, Large, null))
        {
            var page = await live.NextPageAsync(_ => true);
            await live.NextListAsync();
            (last, hidden) = (live.Sequences[^1], Cards(page).First().Playlist);
        }

        await using var resumed = LiveReader.Open(Recommender, user, Large, last);
        await Recommender.IngestAsync([Event(user, EventKind.Hide, playlist: hidden)], new IngestTerms("p"), default);
        var next = await resumed.NextPageAsync(page => Cards(page).All(card => card.Playlist != hidden));
        Assert.All(resumed.Sequences, sequence => Assert.True(sequence > last, $"{sequence} after {last}"));
        Assert.True(next.Sequence > last);
    }

    [Fact]
    public async Task Live_ABuddysMove_PushesANewList()
    {
        var user = Listener(9);
        await using var live = LiveReader.Open(Recommender, user, Large, null);
        var first = await live.NextListAsync();
        var buddy = first.Buddies[0].User;
        var others = (await Recommender.TasteAsync(Listener(100), default)).TopTracks.Select(t => t.Track).ToArray();
        await Recommender.IngestAsync([.. others.Select(track => Event(buddy, EventKind.Like, track: track))], new IngestTerms("p"), default);
        var next = await live.NextListAsync();
        Assert.False(next.ShowsTheSameAs(first));
    }

    [Fact]
    public async Task Playlist_TurnedPrivate_IsGoneFromPagesAndForOthers()
    {
        var user = Listener(2);
        var card = Cards(await Recommender.HomeAsync(user, Large, default)).First(c => c.Owner != user);
        var view = await Recommender.PlaylistAsync(card.Playlist, user, default);
        Assert.NotNull(view);
        await Recommender.UpsertPlaylistsAsync([new Playlist(card.Playlist, card.Title, card.Owner, false, [.. view.Entries.Select(e => e.Track)], 0)], default);
        Assert.DoesNotContain(Cards(await Recommender.HomeAsync(user, Large, default)), c => c.Playlist == card.Playlist);
        Assert.Null(await Recommender.PlaylistAsync(card.Playlist, user, default));
        Assert.NotNull(await Recommender.PlaylistAsync(card.Playlist, card.Owner, default));
    }

    [Fact]
    public async Task FindListeners_ByPartOfTheId_GivesTheExactOneFirst()
    {
        var user = Listener(12);
        var found = await Recommender.FindListenersAsync(user.Value, 5, default);
        Assert.Equal(user, found[0].User);
        Assert.Equal((await Recommender.TasteAsync(user, default)).Counts.Tracks, found[0].Tracks);
        Assert.Equal(7, (await Recommender.FindListenersAsync("", 7, default)).Count);
    }

    protected static UserId Listener(int number) => SyntheticWorld.ListenerId(number);

    protected static TrackId Track(int number) => SyntheticWorld.TrackId(number);

    protected static IEnumerable<Card> Cards(HomePage page) => page.Shelves.SelectMany(shelf => shelf.Cards);

    protected UserEvent Event(UserId user, EventKind kind, TrackId? track = null, PlaylistId? playlist = null) => new(
        new EventId(string.Create(CultureInfo.InvariantCulture, $"e{Interlocked.Increment(ref _eventNumber)}")),
        user,
        kind,
        track,
        playlist,
        kind == EventKind.Listen ? 200_000 : null,
        kind == EventKind.Listen ? 200_000 : null,
        DateTimeOffset.UtcNow);

    protected async Task<long[]> CountAsync(UserId[] users)
    {
        var counts = new long[users.Length];
        for (var i = 0; i < users.Length; i++)
        {
            counts[i] = (await Recommender.TasteAsync(users[i], default)).Counts.Events;
        }

        return counts;
    }
}
