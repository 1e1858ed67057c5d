using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Tests.Taste;

public sealed class UserTasteCheckpointTests
{
    private const int Tracks = 30;

    [Fact]
    public void Load_WhatSaveWrote_GivesBackTheFacts() => Property.ForSequences(TasteStep.Among(Tracks), 60, 150, steps =>
    {
        var catalogue = TasteWorld.MakeCatalogue(Tracks);
        var taste = TasteAfter(steps);
        var state = taste.Save(catalogue);
        AssertSame(taste, UserTaste.Load(state, catalogue, TasteTransform.Default));
        Assert.Equal(state, UserTaste.Load(state, catalogue, TasteTransform.Default).Save(catalogue));
    });

    [Fact]
    public void Load_IntoAnotherCatalogue_FollowsTheIds() => Property.ForSequences(TasteStep.Among(Tracks), 60, 100, steps =>
    {
        var (here, there) = (TasteWorld.MakeCatalogue(Tracks), new MusicCatalogue());
        for (var i = Tracks - 1; i >= 0; i -= 3)
        {
            there.Intern(new TrackId($"t{i}"));
            there.Intern(new PlaylistId($"p{i % 8}"));
        }

        var taste = TasteAfter(steps);
        var moved = UserTaste.Load(taste.Save(here), there, TasteTransform.Default);
        Assert.Equal(taste.TrackCount, moved.TrackCount);
        foreach (var fact in taste.Tracks.ToArray())
        {
            Assert.True(moved.TryGetTrack(there.Intern(here.IdOf(new TrackIndex(fact.Track))), out var found));
            found.Track = fact.Track;
            Assert.Equal(fact, found);
        }

        Assert.Equal(
            taste.Playlists.ToArray().Select(fact => here.IdOf(new PlaylistIndex(fact.Playlist))),
            moved.Playlists.ToArray().Select(fact => there.IdOf(new PlaylistIndex(fact.Playlist))));
    });

    [Fact]
    public void Load_FactsThatGoOn_EqualFactsThatNeverStopped() => Property.ForSequences(TasteStep.Among(Tracks), 60, 100, steps =>
    {
        var catalogue = TasteWorld.MakeCatalogue(Tracks);
        var first = TasteAfter(steps[..(steps.Length / 2)]);
        var resumed = UserTaste.Load(first.Save(catalogue), catalogue, TasteTransform.Default);
        Apply(first, steps[(steps.Length / 2)..]);
        Apply(resumed, steps[(steps.Length / 2)..]);
        AssertSame(first, resumed);
    });

    [Fact]
    public void Load_CutAnywhere_ThrowsInvalidData()
    {
        var catalogue = TasteWorld.MakeCatalogue(Tracks);
        var taste = new UserTaste(TasteTransform.Default);
        taste.Apply(TasteWorld.TrackEvent(EventKind.Listen, 3, TimeSpan.Zero), new TrackIndex(3), null);
        taste.Apply(TasteWorld.TrackEvent(EventKind.Hide, 12, TimeSpan.Zero), new TrackIndex(12), null);
        taste.Apply(TasteWorld.PlaylistEvent(EventKind.Follow, 1, TimeSpan.Zero), null, new PlaylistIndex(1));
        var state = taste.Save(catalogue);
        for (var length = 0; length < state.Length; length++)
        {
            var cut = state[..length];
            var thrown = Record.Exception(() => UserTaste.Load(cut, catalogue, TasteTransform.Default));
            Assert.True(thrown is InvalidDataException, $"{length} of {state.Length} bytes: expected InvalidDataException, got {thrown?.GetType().Name ?? "none"}.");
        }
    }

    [Fact]
    public void Load_AnotherFormatOrAbsurdCounts_ThrowsInvalidData()
    {
        var catalogue = TasteWorld.MakeCatalogue(Tracks);
        var state = new UserTaste(TasteTransform.Default).Save(catalogue);
        AssertRefused(0, 9);
        AssertRefused(20, 0x7f); // The track count's highest byte.
        AssertRefused(20, 0xff);
        AssertRefused(24, 0x7f); // The playlist count's.

        void AssertRefused(int at, byte value)
        {
            byte[] broken = [.. state];
            broken[at] = value;
            Assert.Throws<InvalidDataException>(() => UserTaste.Load(broken, catalogue, TasteTransform.Default));
        }
    }

    private static UserTaste TasteAfter(TasteStep[] steps)
    {
        var taste = new UserTaste(TasteTransform.Default);
        Apply(taste, steps);
        return taste;
    }

    private static void Apply(UserTaste taste, TasteStep[] steps)
    {
        var at = TimeSpan.Zero;
        foreach (var step in steps)
        {
            var (e, track, playlist) = step.At(at += step.Gap);
            taste.Apply(e, track, playlist);
        }
    }

    private static void AssertSame(UserTaste expected, UserTaste actual)
    {
        Assert.Equal((expected.EventCount, expected.NewestAtMs), (actual.EventCount, actual.NewestAtMs));
        Assert.Equal(expected.Tracks.ToArray(), actual.Tracks.ToArray());
        Assert.Equal(expected.Playlists.ToArray(), actual.Playlists.ToArray());
    }
}
