using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using static Buddies.Engine.Tests.Taste.TasteWorld;

namespace Buddies.Engine.Tests.Taste;

public sealed class TasteDescriberTests
{
    private const int Tracks = 80;

    private readonly MusicCatalogue _catalogue = MakeCatalogue(Tracks);
    private readonly UserTaste _facts = new(TasteTransform.Default);

    public TasteDescriberTests()
    {
        for (var i = 0; i < 75; i++)
        {
            _catalogue.Upsert(new Track(new TrackId($"t{i}"), $"Track {i}", $"Artist {i / 3}", i % 7 == 0 ? [] : [$"tag {i % 5}", $"tag {5 + (i % 4)}"]));
        }
    }

    [Fact]
    public void Describe_AnyFacts_AddsUpWhenRecounted() => Property.ForSequences(TasteStep.Among(Tracks), 150, 60, steps =>
    {
        var (facts, at) = (new UserTaste(TasteTransform.Default), TimeSpan.Zero);
        foreach (var step in steps)
        {
            var (e, track, playlist) = step.At(at += step.Gap);
            facts.Apply(e, track, playlist);
        }

        var summary = TasteDescriber.Describe(new UserId("u"), new SnapshotVersion(3), facts, _catalogue);
        var (mean, all) = (facts.ComputeMeanEvidence(), facts.Tracks.ToArray());
        var known = all.Where(fact => UserTaste.IsKnown(fact))
            .Select(fact => (Id: new TrackId($"t{fact.Track}"), Weight: (float)facts.Weigh(fact, mean).Confidence, Track: _catalogue.Describe(new TrackIndex(fact.Track))))
            .OrderByDescending(pair => pair.Weight).ThenBy(pair => pair.Id.Value, StringComparer.Ordinal).ToArray();
        var hidden = all.Where(fact => (fact.Marks & FactMarks.Hidden) != 0).Select(fact => new TrackId($"t{fact.Track}")).ToArray();
        var marks = all.Select(fact => fact.Marks).Concat(facts.Playlists.ToArray().Select(fact => fact.Marks)).ToArray();

        Assert.Equal(known.Take(50).Select(pair => (pair.Id, pair.Weight)), summary.TopTracks.Select(track => (track.Track, track.Weight)));
        Assert.Equal(hidden, summary.HiddenTracks);
        Assert.DoesNotContain(summary.TopTracks, track => hidden.Contains(track.Track));
        AssertShares(known.Where(pair => pair.Track is not null).Select(pair => (pair.Track!.Artist, pair.Weight)), summary.TopArtists);
        AssertShares(
            known.Where(pair => pair.Track?.Tags.Count > 0).SelectMany(pair => new[] { (pair.Track!.Tags[0], pair.Weight * 2 / 3), (pair.Track.Tags[1], pair.Weight / 3) }),
            summary.TopTags);
        Assert.Equal(
            new TasteCounts(
                all.Length,
                known.Select(pair => pair.Track?.Artist).OfType<string>().Distinct().Count(),
                steps.Length,
                marks.Count(mark => (mark & FactMarks.Liked) != 0),
                marks.Count(mark => (mark & FactMarks.Hidden) != 0),
                marks.Count(mark => (mark & FactMarks.Followed) != 0)),
            summary.Counts);
    });

    [Fact]
    public void Describe_OneTrack_SharesItsWeightAmongItsTags()
    {
        Apply(EventKind.Listen, 3);
        var summary = Describe();
        Assert.Equal([new TasteTrack(new TrackId("t3"), "Track 3", "Artist 1", (float)3.7, false)], summary.TopTracks);
        Assert.Equal([new TasteShare("Artist 1", 1)], summary.TopArtists);
        Assert.Equal(["tag 3", "tag 8"], summary.TopTags.Select(tag => tag.Name));
        Assert.Equal(2 / 3f, summary.TopTags[0].Share, 5);
        Assert.Equal(1 / 3f, summary.TopTags[1].Share, 5);
    }

    [Fact]
    public void Describe_UndescribedTrackAndPlaylists_ListsThemByTheirIds()
    {
        Apply(EventKind.Like, 78);
        _facts.Apply(PlaylistEvent(EventKind.Hide, 4, TimeSpan.Zero), null, new PlaylistIndex(4));
        _facts.Apply(PlaylistEvent(EventKind.Follow, 2, TimeSpan.Zero), null, new PlaylistIndex(2));
        var summary = Describe();
        Assert.Equal([new TasteTrack(new TrackId("t78"), "t78", "", (float)7.4, true)], summary.TopTracks);
        Assert.Empty(summary.TopArtists);
        Assert.Equal([new PlaylistId("p4")], summary.HiddenPlaylists);
        Assert.Equal([new PlaylistId("p2")], summary.FollowedPlaylists);
        Assert.Equal(new TasteCounts(1, 0, 3, 1, 1, 1), summary.Counts);
    }

    private TasteSummary Describe() => TasteDescriber.Describe(new UserId("u"), new SnapshotVersion(3), _facts, _catalogue);

    private void Apply(EventKind kind, int track) => _facts.Apply(TrackEvent(kind, track, TimeSpan.Zero), new TrackIndex(track), null);

    /// <summary>Shares are of all names, before the list is cut at 20.</summary>
    private static void AssertShares(IEnumerable<(string Name, float Weight)> weights, IReadOnlyList<TasteShare> actual)
    {
        var sums = weights.GroupBy(pair => pair.Name).ToDictionary(group => group.Key, group => group.Sum(pair => (double)pair.Weight));
        var total = sums.Values.Sum();
        Assert.Equal(Math.Min(20, sums.Count), actual.Count);
        Assert.Equal(actual.OrderByDescending(share => share.Share).Select(share => share.Share), actual.Select(share => share.Share));
        Assert.Equal(actual.Count, actual.DistinctBy(share => share.Name).Count());
        Assert.All(actual, share => Assert.Equal(sums[share.Name] / total, (double)share.Share, tolerance: 1e-5));
        var leastListed = actual.Count > 0 ? actual[^1].Share : 0;
        Assert.All(sums.Where(pair => actual.All(share => share.Name != pair.Key)), pair => Assert.True(pair.Value / total <= leastListed + 1e-5));
    }
}
