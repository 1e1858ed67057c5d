using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Training.Facts;

namespace Buddies.Training.Tests.Playlists;

public sealed class PlaylistInteractionTests
{
    [Fact]
    public void Apply_EachKind_CountsAsItSays()
    {
        Assert.Equal(PlaylistSigns.Followed, After(Event(EventKind.Follow)));
        Assert.Equal(PlaylistSigns.None, After(Event(EventKind.Follow), Event(EventKind.Unfollow)));
        Assert.Equal(PlaylistSigns.Liked, After(Event(EventKind.Like)));
        Assert.Equal(PlaylistSigns.Saved, After(Event(EventKind.Save, "t")));
        Assert.Equal(PlaylistSigns.None, After(Event(EventKind.Follow), Event(EventKind.Like), Event(EventKind.Hide)));
        Assert.Equal(PlaylistSigns.None, After(Event(EventKind.Impression), Event(EventKind.Click)));

        // A like or a hide of a track says nothing of the playlist that it was played from.
        Assert.Equal(PlaylistSigns.None, After(Event(EventKind.Like, "t")));
        Assert.Equal(PlaylistSigns.Followed, After(Event(EventKind.Follow), Event(EventKind.Hide, "t")));
    }

    [Theory]
    [InlineData(29_999, PlaylistSigns.None)]
    [InlineData(30_000, PlaylistSigns.Played)]
    [InlineData(null, PlaylistSigns.Played)]
    public void Apply_Play_CountsFromThirtySeconds(int? playedMs, PlaylistSigns expected)
    {
        Assert.Equal(expected, After(Event(EventKind.Listen, "t") with { PlayedMs = playedMs }));
        Assert.Equal(PlaylistSigns.None, After(Event(EventKind.Skip, "t") with { PlayedMs = playedMs }));
    }

    [Fact]
    public void HeldOut_WhatIsHidden_LeavesNothingInTheFacts()
    {
        var catalogue = new MusicCatalogue();
        catalogue.Upsert(new Playlist(new PlaylistId("own"), "own", new UserId("u0"), true, [new TrackId("t0")], 0));
        var heldOut = new HeldOutPlaylists(catalogue);
        var wholes = new List<UserTaste>();
        for (var user = 0; user < 60; user++)
        {
            var whole = new UserTaste(TasteTransform.Default);
            wholes.Add(whole);
            for (var i = 0; i < 8; i++)
            {
                Apply(Event(EventKind.Listen, $"own-{i}") with { Playlist = null });
                Apply(Event(EventKind.Listen, $"p{i}-track") with { Playlist = new PlaylistId($"p{i}") });
                Apply(Event(EventKind.Follow) with { Playlist = new PlaylistId($"p{i}") });
            }

            void Apply(UserEvent @event)
            {
                var mine = @event with { User = new UserId($"u{user}") };
                TrackIndex? track = mine.Track is { } t ? catalogue.Intern(t) : null;
                PlaylistIndex? playlist = mine.Playlist is { } p ? catalogue.Intern(p) : null;
                heldOut.Apply(user, mine, whole, track, playlist);
                whole.Apply(mine, track, playlist);
            }
        }

        Assert.InRange(heldOut.Tastes.Count, 15, 45);
        foreach (var (user, taste) in heldOut.Tastes)
        {
            for (var i = 0; i < 8; i++)
            {
                var isHidden = heldOut.Hides(user, new UserId($"u{user}"), new PlaylistId($"p{i}"));
                Assert.True(taste.TryGetTrack(catalogue.Intern(new TrackId($"own-{i}")), out _));
                Assert.Equal(!isHidden, taste.TryGetTrack(catalogue.Intern(new TrackId($"p{i}-track")), out _));
                Assert.Equal(isHidden ? FactMarks.None : FactMarks.Followed, taste.MarksOf(catalogue.Intern(new PlaylistId($"p{i}"))));
            }

            Assert.Equal(16, wholes[user].TrackCount);
        }
    }

    private static PlaylistSigns After(params UserEvent[] events)
    {
        var interactions = new PlaylistInteractions();
        foreach (var @event in events)
        {
            interactions.Apply(3, @event, new PlaylistIndex(5));
        }

        Assert.Equal(interactions[3, 5] == PlaylistSigns.None ? 0 : 1, interactions.Count);
        return interactions[3, 5];
    }

    private static UserEvent Event(EventKind kind, string? track = null) => new(
        new EventId("e"), new UserId("u"), kind, track is null ? null : new TrackId(track), new PlaylistId("p"), null, null, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
}
