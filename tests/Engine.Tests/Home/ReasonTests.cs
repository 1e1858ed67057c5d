using System.Globalization;
using System.Text.RegularExpressions;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Tests.Home;

/// <summary>Counts every number of every reason again, from the facts.</summary>
public sealed partial class ReasonTests
{
    [Fact]
    public void Reasons_AnyPlays_HoldWhenRecounted() => Property.ForSeeds(150, seed =>
    {
        var random = new Random(seed);
        var world = new HomeWorld();
        for (var i = random.Next(1, 12); i > 0; i--)
        {
            world.Apply(random.Next(5) switch { 0 => EventKind.Skip, 1 => EventKind.Like, _ => EventKind.Listen }, random.Next(HomeWorld.Tracks));
        }

        foreach (var card in world.Build().Shelves.SelectMany(shelf => shelf.Cards))
        {
            switch (card.Source)
            {
                case "buddies":
                    AssertBuddyReason(world, card);
                    break;
                case "taste":
                    AssertTasteReason(world, card);
                    break;
                default:
                    var followers = world.Catalogue.Describe(world.IndexOf(card.Playlist.Value))!.Followers;
                    Assert.StartsWith(
                        followers switch { 0 => "", 1 => "followed by 1 listener", _ => string.Create(CultureInfo.InvariantCulture, $"followed by {followers:N0} listeners") },
                        card.Reason,
                        StringComparison.Ordinal);
                    break;
            }
        }
    });

    [Fact]
    public void FromBuddy_PlantedFacts_SaysThemInWords()
    {
        var world = new HomeWorld();
        world.Apply(EventKind.Listen, 0, 1, 3, 6, 13, 30); // Of b's artists 0, 1, 2 and 3, u knows 0, 1 and 3.
        var card = world.Build().Shelves.First(shelf => shelf.Id == "buddies").Cards.First(card => card.Owner.Value == "b");
        Assert.Equal("from listener b, 0.83 taste match, 3 artists in common", card.Reason);
    }

    [Fact]
    public void FromBuddy_ArtistsUnknown_CountsTracks()
    {
        var world = new HomeWorld(describeTracks: false);
        world.Apply(EventKind.Listen, 0, 1, 3);
        var card = world.Build().Shelves.First(shelf => shelf.Id == "buddies").Cards.First(card => card.Owner.Value == "b");
        Assert.Equal("from listener b, 0.83 taste match, 2 tracks in common", card.Reason);
    }

    [Fact]
    public void FromTaste_PlaylistOfArtists_SaysArtists()
    {
        var world = new HomeWorld(describeTracks: false);
        world.Near.Clear();
        for (var i = 0; i < HomeWorld.Tracks; i++)
        {
            world.Catalogue.Upsert(new Track(new TrackId($"t{i}"), $"Band {i}", $"Band {i}", []));
        }

        world.Add("bands", "e", 0, HomeWorld.Range(0, 5));
        world.Apply(EventKind.Listen, 0, 1, 1);
        var card = world.Build().Shelves.First(shelf => shelf.Id == "taste").Cards.First(card => card.Playlist.Value == "bands");
        Assert.EndsWith(" taste match, 2 of its 5 artists are yours, Band 1 most of all", card.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void FromTaste_PlayedOnceAndSkippedOften_DoesNotDenyThePlay()
    {
        var world = new HomeWorld();
        world.Near.Clear();
        world.Apply(EventKind.Listen, 16, 17, 18, 19, 8, 9, 10, 11, 0);
        world.Apply(EventKind.Skip, 0, 0, 0);
        world.Add("one", "e", 0, [0, 1]);
        var card = world.Build().Shelves.First(shelf => shelf.Id == "taste").Cards.First(card => card.Playlist.Value == "one");
        Assert.EndsWith(" taste match, none of its 2 tracks are yours so far", card.Reason, StringComparison.Ordinal);
    }

    private static void AssertBuddyReason(HomeWorld world, Card card)
    {
        var said = BuddyReason().Match(card.Reason);
        Assert.True(said.Success, card.Reason);
        Assert.Equal(card.Owner.Value, said.Groups[1].Value);
        var near = world.Near.Single(near => near.User == card.Owner);
        Assert.Equal(near.Similarity.ToString("0.00", CultureInfo.InvariantCulture), said.Groups[2].Value);

        var (mine, theirs) = (KnownTracks(world), world.KnownOf(card.Owner));
        var artists = ArtistsOf(world, mine).Intersect(ArtistsOf(world, theirs)).Count();
        var tracks = mine.Intersect(theirs).Count();
        var (count, noun) = artists > 0 ? (artists, "artist") : (tracks, "track");
        Assert.Equal(count == 0 ? "" : count.ToString(CultureInfo.InvariantCulture), said.Groups[3].Value);
        Assert.Equal(count == 0 ? "" : count == 1 ? noun : noun + "s", said.Groups[4].Value);
    }

    private static void AssertTasteReason(HomeWorld world, Card card)
    {
        var tracks = world.Catalogue.Describe(world.IndexOf(card.Playlist.Value))!.InOrder;
        var known = tracks.Intersect(KnownTracks(world)).ToArray();
        var noun = tracks.Length == 1 ? "track" : "tracks";
        var expected = known.Length == 0
            ? $"none of its {tracks.Length} {noun} {(tracks.Length == 1 ? "is" : "are")} yours so far"
            : $"{known.Length} of its {tracks.Length} {noun} {(known.Length == 1 ? "is" : "are")} yours";
        Assert.Matches($@"^-?[01]\.\d\d taste match, {expected}(, Artist \d most of all)?$", card.Reason);
        if (card.Reason.Split(", ")[^1] is var last && last.EndsWith(" most of all", StringComparison.Ordinal))
        {
            var strongest = known.Where(track => world.Catalogue.Describe(new TrackIndex(track)) is not null).Max(track => ConfidenceOf(world, track));
            Assert.Contains(known, track =>
                world.Catalogue.Describe(new TrackIndex(track)) is { } described
                && described.Artist + " most of all" == last
                && Math.Abs(ConfidenceOf(world, track) - strongest) < 1e-9);
        }
    }

    private static double ConfidenceOf(HomeWorld world, int track) =>
        world.Facts.TryGetTrack(new TrackIndex(track), out var fact) ? world.Facts.Weigh(fact, world.Facts.ComputeMeanEvidence()).Confidence : 0;

    private static int[] KnownTracks(HomeWorld world) => [.. world.Facts.Tracks.ToArray()
        .Where(fact => (fact.Marks & FactMarks.Hidden) == 0 && ((fact.Marks & FactMarks.Liked) != 0 || fact.For > fact.Against))
        .Select(fact => fact.Track)];

    private static IEnumerable<string> ArtistsOf(HomeWorld world, int[] tracks) =>
        tracks.Select(track => world.Catalogue.Describe(new TrackIndex(track))?.Artist).OfType<string>().Distinct();

    [GeneratedRegex(@"^from listener (\S+), (-?[01]\.\d\d) taste match(?:, (\d+) (artists?|tracks?) in common)?$")]
    private static partial Regex BuddyReason();
}
