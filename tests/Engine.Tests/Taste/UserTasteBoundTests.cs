using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using static Buddies.Engine.Tests.Taste.TasteWorld;

namespace Buddies.Engine.Tests.Taste;

public sealed class UserTasteBoundTests
{
    [Fact]
    public void Apply_PlaysInAnyOrder_LeavesTheSameFacts() => Property.ForSeeds(100, seed =>
    {
        var random = new Random(seed);
        var plays = Enumerable.Range(0, random.Next(1, 40))
            .Select(_ => TrackEvent(EventKind.Listen, random.Next(6), TimeSpan.FromMinutes(random.Next(400 * 24 * 60)), random.Next(250_000), 200_000))
            .ToArray();
        var (inOrder, shuffled) = (new UserTaste(TasteTransform.Default), new UserTaste(TasteTransform.Default));
        ApplyAll(inOrder, plays);
        random.Shuffle(plays);
        ApplyAll(shuffled, plays);

        Assert.Equal((inOrder.NewestAtMs, inOrder.TrackCount, inOrder.EventCount), (shuffled.NewestAtMs, shuffled.TrackCount, shuffled.EventCount));
        for (var i = 0; i < inOrder.TrackCount; i++)
        {
            var (one, other) = (inOrder.Tracks[i], shuffled.Tracks[i]);
            Assert.Equal((one.Track, one.LastAtMs), (other.Track, other.LastAtMs));
            AssertClose(one.For, other.For);
            AssertClose(one.Against, other.Against);
        }
    });

    [Fact]
    public void Apply_FiveThousandTracks_KeepsTheBoundAndEveryHide()
    {
        var taste = new UserTaste(TasteTransform.Default);
        var (hidden, liked) = (new List<int>(), new List<int>());
        for (var track = 0; track < 5000; track++)
        {
            var kind = (track % 10) switch { 3 => EventKind.Hide, 7 => EventKind.Like, _ => EventKind.Listen };
            (kind == EventKind.Hide ? hidden : kind == EventKind.Like ? liked : []).Add(track);
            var change = taste.Apply(TrackEvent(kind, track, TimeSpan.FromMinutes(track)), new TrackIndex(track), null);
            Assert.Equal(track >= UserTaste.MaxTracks, change.Evicted);
            Assert.True(taste.TrackCount <= UserTaste.MaxTracks);
        }

        Assert.Equal(UserTaste.MaxTracks, taste.TrackCount);
        Assert.All(hidden, track => Assert.Equal(FactMarks.Hidden, MarksOf(taste, track)));
        Assert.All(liked, track => Assert.Equal(FactMarks.Liked, MarksOf(taste, track)));

        // Among the unpinned, the oldest plays were the weakest.
        var unpinned = taste.Tracks.ToArray().Where(fact => !fact.IsPinned).Select(fact => fact.Track).ToArray();
        Assert.Equal(Enumerable.Range(0, 5000).Where(track => track % 10 is not (3 or 7)).TakeLast(unpinned.Length), unpinned);
    }

    [Fact]
    public void Apply_OnlyPinnedFacts_LikesGiveWayBeforeHides()
    {
        var taste = new UserTaste(TasteTransform.Default);
        taste.Apply(TrackEvent(EventKind.Hide, 0, TimeSpan.Zero), new TrackIndex(0), null);
        for (var track = 1; track <= UserTaste.MaxTracks; track++)
        {
            taste.Apply(TrackEvent(EventKind.Like, track, TimeSpan.FromMinutes(track)), new TrackIndex(track), null);
        }

        Assert.Equal(FactMarks.Hidden, MarksOf(taste, 0));
        Assert.False(taste.TryGetTrack(new TrackIndex(1), out _), "Expected the oldest like to give way.");
        Assert.Equal(FactMarks.Liked, MarksOf(taste, 2));
    }

    [Fact]
    public void Apply_ManyPlaylists_KeepsTheBoundAndEveryHide()
    {
        var taste = new UserTaste(TasteTransform.Default);
        for (var playlist = 0; playlist < 2000; playlist++)
        {
            taste.Apply(PlaylistEvent(playlist % 10 == 3 ? EventKind.Hide : EventKind.Follow, playlist, TimeSpan.FromMinutes(playlist)), null, new PlaylistIndex(playlist));
        }

        Assert.Equal(UserTaste.MaxPlaylists, taste.PlaylistCount);
        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal(FactMarks.Hidden, taste.MarksOf(new PlaylistIndex((10 * i) + 3))));
        Assert.Equal(FactMarks.Followed, taste.MarksOf(new PlaylistIndex(1999)));
        Assert.Equal(FactMarks.None, taste.MarksOf(new PlaylistIndex(0)));
    }

    [Theory]
    [InlineData(EventKind.Follow, EventKind.Unfollow, FactMarks.Followed)]
    [InlineData(EventKind.Like, EventKind.Unlike, FactMarks.Liked)]
    [InlineData(EventKind.Hide, EventKind.Unhide, FactMarks.Hidden)]
    public void Apply_PlaylistMarkTakenBack_LeavesNoFact(EventKind set, EventKind clear, FactMarks mark)
    {
        var taste = new UserTaste(TasteTransform.Default);
        Assert.True(Apply(set).PlaylistChanged);
        Assert.Equal(mark, taste.MarksOf(new PlaylistIndex(1)));
        Assert.False(Apply(set).PlaylistChanged);
        Assert.False(Apply(EventKind.Impression).PlaylistChanged);
        Assert.True(Apply(clear).PlaylistChanged);
        Assert.False(Apply(clear).PlaylistChanged);
        Assert.Equal((0, 5L), (taste.PlaylistCount, taste.EventCount));

        TasteChange Apply(EventKind kind) => taste.Apply(PlaylistEvent(kind, 1, TimeSpan.Zero), null, new PlaylistIndex(1));
    }

    private static void ApplyAll(UserTaste taste, UserEvent[] events)
    {
        foreach (var e in events)
        {
            taste.Apply(e, new TrackIndex(int.Parse(e.Track!.Value.Value[1..], System.Globalization.CultureInfo.InvariantCulture)), null);
        }
    }

    private static FactMarks MarksOf(UserTaste taste, int track) =>
        taste.TryGetTrack(new TrackIndex(track), out var fact) ? fact.Marks : FactMarks.None;

    private static void AssertClose(float expected, float actual) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-5 * Math.Abs(expected), $"Expected {expected:R}, got {actual:R}.");
}
