using System.Runtime.CompilerServices;
using Buddies.Engine.Bandits;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Bandits;

public sealed class RewardTests
{
    private static readonly UserId s_user = new("u");
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_EachPart_CountsAsDefined()
    {
        Assert.Equal(0, Rewards.Of(default));
        Assert.Equal(0, Rewards.Of(new CardOutcome { IsClicked = true }));
        Assert.Equal(0.45, Rewards.Of(new CardOutcome { IsClicked = true, Listens = 2, HeardShare = 0.5 }), 1e-12);
        Assert.Equal(1, Rewards.Of(new CardOutcome { Listens = 9, HeardShare = 1, Liked = 1, IsSaved = true, IsFollowed = true }), 1e-12);
        Assert.Equal(-0.3, Rewards.Of(new CardOutcome { IsClicked = true, FastSkips = 7 }), 1e-12);
        Assert.Equal(-1, Rewards.Of(new CardOutcome { IsHidden = true, FastSkips = 1 }), 1e-12);
    }

    [Fact]
    public void Join_EventsWithinTheWindow_GoToTheNewestPageThatShowsTheirPlaylist()
    {
        var join = new RewardJoin(TimeSpan.FromHours(1));
        join.OnShown(Page(0, "a", "b"));
        join.OnShown(Page(10, "b", "c"));
        Assert.True(join.OnEvent(Event(EventKind.Listen, 12, "b", track: "t1", playedMs: 60_000), 4));
        Assert.True(join.OnEvent(Event(EventKind.Listen, 13, "a", track: "t2", playedMs: 60_000), 4));
        Assert.True(join.OnEvent(Event(EventKind.Listen, 14, "b", track: "t1", playedMs: 60_000), 4));
        Assert.True(join.OnEvent(Event(EventKind.Skip, 15, "c", track: "t3", playedMs: 4_000), 4));
        Assert.False(join.OnEvent(Event(EventKind.Listen, 16, "elsewhere", track: "t4", playedMs: 60_000), 4));
        Assert.False(join.OnEvent(Event(EventKind.Listen, 61, "a", track: "t5", playedMs: 60_000), 4));
        Assert.Empty(join.Close(At(60)));

        var closed = join.Close(At(71));
        Assert.Equal(2, closed.Count);
        Assert.Equal([0.375, 0], closed[0].Rewards); // a: one of four tracks; b counted for the later page.
        Assert.Equal([0.375, -0.1], closed[1].Rewards); // The second play of the same track adds nothing to the share.
        Assert.Equal([true, true], closed[1].Clicked);
        Assert.Equal(0, join.WaitingCount);
        Assert.Empty(join.Close(At(999)));
    }

    [Fact]
    public void Join_PageReplacedWithinASecond_CountsOnlyIfSomethingCameOfIt()
    {
        var join = new RewardJoin(TimeSpan.FromHours(1));
        join.OnShown(Page(0, "a") with { Sequence = 1 });
        join.OnShown(Page(0, "b") with { Sequence = 2, AtMs = At(0) + 900 });
        join.OnEvent(Event(EventKind.Click, 1, "b"), 4);
        join.OnShown(Page(0, "c") with { Sequence = 3, AtMs = At(0) + 1_500 });
        Assert.Null(join.Find(s_user, 1));
        Assert.NotNull(join.Find(s_user, 2));
        Assert.Equal(2, join.WaitingCount);
        Assert.Equal([2L, 3L], join.Close(At(100)).Select(page => page.Page.Sequence));
        Assert.Equal(0, join.WaitingCount);
    }

    [Fact]
    public void Join_HideUndone_TakesThePenaltyBack()
    {
        var join = new RewardJoin(TimeSpan.FromHours(1));
        join.OnShown(Page(0, "a"));
        join.OnEvent(Event(EventKind.Hide, 1, "a"), 4);
        join.OnEvent(Event(EventKind.Unhide, 2, "a"), 4);
        Assert.Equal([0], join.Close(At(100))[0].Rewards);
    }

    [Fact]
    public void Join_OneOfTwoHidesUndone_KeepsThePenalty()
    {
        var join = new RewardJoin(TimeSpan.FromHours(1));
        join.OnShown(Page(0, "a"));
        join.OnEvent(Event(EventKind.Hide, 1, "a", track: "t"), 4);
        join.OnEvent(Event(EventKind.Hide, 1, "a"), 4);
        Assert.True(join.OnEvent(Event(EventKind.Unhide, 2, "a", track: "t"), 4));
        var closed = join.Close(At(100))[0];
        Assert.Equal([-1], closed.Rewards);
        var hidden = Assert.Single(closed.Hidden);
        Assert.Equal((0, 0, true, 0), (hidden.Card, hidden.Otherwise, hidden.IsItself, hidden.Tracks.Count));
    }

    [Fact]
    public void Join_HideUndoneFromThePlayer_FindsTheCardByItsTrack()
    {
        var join = new RewardJoin(TimeSpan.FromHours(1));
        join.OnShown(Page(0, "a", "b"));
        join.OnEvent(Event(EventKind.Hide, 1, "b", track: "t"), 4);
        Assert.True(join.OnEvent(Event(EventKind.Unhide, 2, "b", track: "t") with { Playlist = null }, 0));
        Assert.Empty(join.TakeUndone());
        var closed = join.Close(At(100))[0];
        Assert.Equal([0, 0], closed.Rewards);
        Assert.Empty(closed.Hidden);
    }

    [Fact]
    public void Join_HideUndoneAfterThePageWasClosed_IsHandedOnOnce()
    {
        var join = new RewardJoin(TimeSpan.FromHours(1));
        join.OnShown(Page(0, "a"));
        join.OnEvent(Event(EventKind.Hide, 1, "a"), 4);
        Assert.Single(join.Close(At(100))[0].Hidden);
        Assert.False(join.OnEvent(Event(EventKind.Unhide, 200, "a"), 4));
        Assert.Equal([new HideUndone(s_user, new PlaylistId("a"), null)], join.TakeUndone());
        Assert.Empty(join.TakeUndone());
        join.OnEvent(Event(EventKind.Unhide, 201, "a"), 4);
        join.Forget(s_user);
        Assert.Empty(join.TakeUndone());
    }

    [Fact]
    public void Join_TooManyPages_ClosesTheOldestEarlyAndForgetsTheErased()
    {
        var join = new RewardJoin(TimeSpan.FromHours(1), maxPages: 3);
        for (var i = 0; i < 5; i++)
        {
            join.OnShown(Page(i, "a") with { User = new UserId($"u{i}") });
        }

        Assert.Equal(3, join.WaitingCount);
        join.Forget(new UserId("u0"));
        join.Forget(new UserId("u4"));
        Assert.Equal(["u1", "u2", "u3"], join.Close(At(200)).Select(page => page.Page.User.Value));
        Assert.Equal(0, join.WaitingCount);
    }

    /// <summary>Every swap of the model shows everybody new pages: half an hour of those that were replaced would fill the memory.</summary>
    [Fact]
    public void Join_PagesThatWereReplaced_AreKeptByNobody()
    {
        var join = new RewardJoin(TimeSpan.FromHours(1));
        var pages = ShowMany(join, RewardJoin.MaxPagesPerUser + 20);
        Assert.Equal(RewardJoin.MaxPagesPerUser, join.WaitingCount);
        Assert.Equal(20, CountClosed(join)); // Before their time.
        GC.Collect();
        Assert.Equal(RewardJoin.MaxPagesPerUser, pages.Count(page => page.TryGetTarget(out _)));
        GC.KeepAlive(join);
    }

    [Fact]
    public void Mark_ClickFarDown_SeesWhatIsBeforeItAndNothingBehind()
    {
        var cards = new[] { (0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (3, 0) }
            .Select(place => Card($"p{place}", place.Item1, place.Item2)).ToArray();
        var clicked = new bool[cards.Length];
        clicked[8] = true; // Shelf 2, place 3.
        var seen = new bool[cards.Length];
        Examination.Mark(cards, clicked, seen);
        Assert.Equal([true, true, true, false, true, true, true, true, true, false, false], seen);

        Examination.Mark(cards, new bool[cards.Length], seen);
        Assert.Equal([true, true, true, false, true, false, false, false, false, false, false], seen);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CountClosed(RewardJoin join) => join.Close(At(0)).Count;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference<ShownPage>> ShowMany(RewardJoin join, int count)
    {
        var shown = new List<WeakReference<ShownPage>>();
        for (var minute = 0; minute < count; minute++)
        {
            var page = Page(minute, "a").Pack();
            join.OnShown(page);
            shown.Add(new WeakReference<ShownPage>(page));
        }

        return shown;
    }

    internal static ShownPage Page(int minute, params string[] playlists) => new(
        s_user, minute, At(minute), "test", 1, new SnapshotVersion(1), 0, PageSlice.Policy, [.. playlists.Select((playlist, i) => Card(playlist, 0, i))]);

    internal static Impression Card(string playlist, int shelf, int place) =>
        new($"shelf{shelf}", shelf, 1, place, 1, 0, new PlaylistId(playlist), 0, [new float[CardFeatures.Count]]);

    private static long At(int minute) => s_start.AddMinutes(minute).ToUnixTimeMilliseconds();

    private static UserEvent Event(EventKind kind, int minute, string playlist, string? track = null, int? playedMs = null) => new(
        new EventId($"{minute}"), s_user, kind, track is null ? null : new TrackId(track), new PlaylistId(playlist), playedMs, null, s_start.AddMinutes(minute));
}
