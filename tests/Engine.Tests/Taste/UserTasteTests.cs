using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using static Buddies.Engine.Tests.Taste.TasteWorld;

namespace Buddies.Engine.Tests.Taste;

public sealed class UserTasteTests
{
    private readonly UserTaste _taste = new(TasteTransform.Default);

    [Theory]
    [InlineData(EventKind.Listen, null, null, 1, 1, 0)] // Heard in full, as nobody said otherwise.
    [InlineData(EventKind.Listen, 200_000, 200_000, 1, 1, 0)]
    [InlineData(EventKind.Listen, 999_999, 200_000, 1, 1, 0)]
    [InlineData(EventKind.Listen, 150_000, 200_000, 1, 0.75, 0)]
    [InlineData(EventKind.Listen, 40_000, 200_000, 1, 0.5, 0)] // Past the shortest listen: half a play at least.
    [InlineData(EventKind.Listen, 20_000, 200_000, 1, 0, 0.45)] // Too short, and less than half: a skip.
    [InlineData(EventKind.Listen, 20_000, 30_000, 1, 2 / 3.0, 0)] // Short, but most of the track.
    [InlineData(EventKind.Listen, null, null, 40, 40, 0)]
    [InlineData(EventKind.Skip, null, null, 1, 0, 0.5)]
    [InlineData(EventKind.Skip, 0, 200_000, 1, 0, 0.5)]
    [InlineData(EventKind.Skip, 100_000, 200_000, 1, 0, 0.25)]
    [InlineData(EventKind.Skip, 15_000, null, 1, 0, 0.375)] // Without a length a minute stands for it.
    [InlineData(EventKind.Save, null, null, 1, 3, 0)]
    [InlineData(EventKind.Like, null, null, 1, 0, 0)]
    [InlineData(EventKind.Hide, null, null, 1, 0, 0)]
    public void Apply_TrackEvent_AddsItsEvidence(EventKind kind, int? playedMs, int? durationMs, int plays, double forIt, double against)
    {
        var change = _taste.Apply(TrackEvent(kind, 3, TimeSpan.Zero, playedMs, durationMs, plays), new TrackIndex(3), null);

        Assert.True(change is { TrackChanged: true, Track: 3, Evicted: false, PlaylistChanged: false });
        var fact = FactOf(3);
        Assert.Equal(forIt, fact.For, 5);
        Assert.Equal(against, fact.Against, 5);
        Assert.Equal(kind == EventKind.Like ? 1 : forIt, fact.Session, 5);
        Assert.Equal(Start.ToUnixTimeMilliseconds(), fact.LastAtMs);
        Assert.Equal((1L, Start.ToUnixTimeMilliseconds()), (_taste.EventCount, _taste.NewestAtMs));
    }

    [Theory]
    [InlineData(EventKind.Unlike)]
    [InlineData(EventKind.Unhide)]
    [InlineData(EventKind.Follow)]
    [InlineData(EventKind.Unfollow)]
    [InlineData(EventKind.Impression)]
    [InlineData(EventKind.Click)]
    public void Apply_KindThatSaysNothingOfTheTrack_MakesNoFact(EventKind kind)
    {
        var change = _taste.Apply(TrackEvent(kind, 3, TimeSpan.Zero), new TrackIndex(3), null);

        Assert.False(change.TrackChanged);
        Assert.Equal((0, 1L), (_taste.TrackCount, _taste.EventCount));
    }

    [Fact]
    public void Apply_PlayAHalfLifeLater_FindsTheFormerOneHalved()
    {
        Play(3, TimeSpan.Zero);
        Play(3, TimeSpan.FromDays(180));
        Assert.Equal(1.5, FactOf(3).For, 5);
        Assert.Equal(1, FactOf(3).Session, 5);

        Play(4, TimeSpan.Zero);
        Play(4, TimeSpan.FromMinutes(30));
        Assert.Equal(2, FactOf(4).For, 3);
        Assert.Equal(1.5, FactOf(4).Session, 5);
    }

    [Fact]
    public void EvidenceOf_AnotherTime_DecaysOrGrowsByHalfLives()
    {
        Play(3, TimeSpan.Zero);
        var later = (Start + TimeSpan.FromDays(360)).ToUnixTimeMilliseconds();
        var earlier = (Start - TimeSpan.FromDays(180)).ToUnixTimeMilliseconds();
        Assert.Equal(0.25, _taste.EvidenceOf(FactOf(3), later).Total, 9);
        Assert.Equal(2, _taste.EvidenceOf(FactOf(3), earlier).Total, 9);
        Assert.Equal(0.5, _taste.SessionEvidenceOf(FactOf(3), (Start + TimeSpan.FromMinutes(30)).ToUnixTimeMilliseconds()), 9);
        Assert.Equal(1, _taste.SessionEvidenceOf(FactOf(3), earlier), 9);
    }

    [Fact]
    public void Weigh_PlaysSkipsAndMarks_FollowsTheFormula()
    {
        Play(0, TimeSpan.Zero);
        Play(0, TimeSpan.Zero);
        Play(1, TimeSpan.Zero);
        Apply(EventKind.Skip, 1, TimeSpan.Zero);
        Apply(EventKind.Like, 2, TimeSpan.Zero);
        Play(3, TimeSpan.Zero);
        Apply(EventKind.Hide, 3, TimeSpan.Zero);
        Play(4, TimeSpan.Zero);
        Apply(EventKind.Like, 4, TimeSpan.Zero);

        // Tracks 0, 1 and 4 carry 2, 1.5 and 1; a hidden one carries none, whatever was played.
        var mean = _taste.ComputeMeanEvidence();
        Assert.Equal(1.5, mean, 6);
        AssertWeight(0, 3.7 * Math.Sqrt(2 / 1.5), 1);
        AssertWeight(1, 3.7, 1 / 3.0);
        AssertWeight(2, 7.4, 1);
        AssertWeight(3, 7.4, -1);
        AssertWeight(4, (3.7 * Math.Sqrt(1 / 1.5)) + 7.4, 1);

        void AssertWeight(int track, double confidence, double preference)
        {
            var actual = _taste.Weigh(FactOf(track), mean);
            Assert.Equal(confidence, actual.Confidence, 5);
            Assert.Equal(preference, actual.Preference, 5);
        }
    }

    [Theory]
    [InlineData(new[] { EventKind.Like, EventKind.Hide }, FactMarks.Hidden)]
    [InlineData(new[] { EventKind.Hide, EventKind.Like }, FactMarks.Liked)]
    [InlineData(new[] { EventKind.Hide, EventKind.Unhide }, FactMarks.None)]
    [InlineData(new[] { EventKind.Like, EventKind.Unlike }, FactMarks.None)]
    [InlineData(new[] { EventKind.Like, EventKind.Unhide }, FactMarks.Liked)]
    [InlineData(new[] { EventKind.Hide, EventKind.Unlike }, FactMarks.Hidden)]
    [InlineData(new[] { EventKind.Hide, EventKind.Listen, EventKind.Save }, FactMarks.Hidden)]
    [InlineData(new[] { EventKind.Hide, EventKind.Unhide, EventKind.Hide }, FactMarks.Hidden)]
    public void Apply_MarksInAnyOrderOfTime_LastOfTheLogWins(EventKind[] kinds, FactMarks expected)
    {
        foreach (var direction in (int[])[1, -1])
        {
            var taste = new UserTaste(TasteTransform.Default);
            for (var i = 0; i < kinds.Length; i++)
            {
                var at = TimeSpan.FromHours(direction * i);
                taste.Apply(TrackEvent(kinds[i], 0, at), new TrackIndex(0), null);
                taste.Apply(PlaylistEvent(kinds[i] == EventKind.Save ? EventKind.Click : kinds[i], 0, at), null, new PlaylistIndex(0));
            }

            taste.TryGetTrack(new TrackIndex(0), out var fact);
            Assert.Equal((expected, expected), (fact.Marks, taste.MarksOf(new PlaylistIndex(0))));
        }
    }

    [Fact]
    public void Apply_UnhiddenTrack_CarriesWhatWasPlayedBefore()
    {
        Play(3, TimeSpan.Zero);
        Apply(EventKind.Hide, 3, TimeSpan.Zero);
        Assert.False(UserTaste.IsKnown(FactOf(3)));
        Assert.Equal(0, _taste.SessionEvidenceOf(FactOf(3), _taste.NewestAtMs));
        Apply(EventKind.Unhide, 3, TimeSpan.Zero);
        Assert.True(UserTaste.IsKnown(FactOf(3)));
        Assert.Equal((1, 1), _taste.EvidenceOf(FactOf(3), _taste.NewestAtMs));
    }

    [Fact]
    public void Apply_HideOfAnUnheardTrackTakenBack_LeavesItUnheard()
    {
        Play(3, TimeSpan.Zero);
        Apply(EventKind.Hide, 4, TimeSpan.Zero);
        Assert.Equal(2, _taste.TrackCount);
        Apply(EventKind.Unhide, 4, TimeSpan.Zero);
        Assert.Equal(1, _taste.TrackCount);
        Assert.False(_taste.TryGetTrack(new TrackIndex(4), out _));
        Assert.True(_taste.TryGetTrack(new TrackIndex(3), out _));
    }

    [Fact]
    public void CopyKnownTracks_SkippedHiddenAndLiked_CopiesWhatSpeaksForTheListener()
    {
        Play(7, TimeSpan.Zero);
        Apply(EventKind.Skip, 1, TimeSpan.Zero);
        Apply(EventKind.Like, 5, TimeSpan.Zero);
        Play(2, TimeSpan.Zero);
        Apply(EventKind.Hide, 2, TimeSpan.Zero);
        var tracks = new int[9];
        Assert.Equal(2, _taste.CopyKnownTracks(tracks));
        Assert.Equal([5, 7], tracks[..2]);
        Assert.Equal(1, _taste.CopyKnownTracks(tracks.AsSpan(0, 1)));
    }

    private void Play(int track, TimeSpan at) => Apply(EventKind.Listen, track, at);

    private void Apply(EventKind kind, int track, TimeSpan at) => _taste.Apply(TrackEvent(kind, track, at), new TrackIndex(track), null);

    private TrackFact FactOf(int track)
    {
        Assert.True(_taste.TryGetTrack(new TrackIndex(track), out var fact), $"No fact about track {track}.");
        return fact;
    }
}
