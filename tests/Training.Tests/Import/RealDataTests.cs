using Buddies.Engine.Events;
using Buddies.Training.Import;

namespace Buddies.Training.Tests.Import;

/// <summary>The counts that the datasets' publishers, and the data README, state.</summary>
public sealed class RealDataTests : ImportTest
{
    [DataFact]
    public async Task HetRec_Real_CountsEqualThePublished()
    {
        var report = await ImportAsync(new HetRecImporter(), DataFolder.Of("hetrec-lastfm-2k"), new ImportOptions { Strict = true });

        Assert.Equal(
            [("artists.dat", 17_632L, 0L), ("tags.dat", 11_946, 0), ("user_taggedartists.dat", 186_479, 1_538), ("user_artists.dat", 92_834, 0), ("user_friends.dat", 25_434, 0)],
            report.Files.Select(file => (file.Name, file.RowsRead, file.RowsSkipped)));
        Assert.Equal((1_892, 92_834L, 0L), (report.Users, report.Events, report.Duplicates));
        Assert.Equal((12_717, 12_717), (report.Friendships, Session.Friendships.Count));
        Assert.Equal(69_183_975L, Session.Events.Sum(e => (long)e.Plays));
        Assert.Equal(352_698, Session.Events.Max(e => e.Plays));
        Assert.Equal(5, report.Notes.Single(note => note.What.Contains("impossible year", StringComparison.Ordinal)).Count);
        var merged = report.Notes.Single(note => note.What.Contains("key of an earlier one", StringComparison.Ordinal)).Count;
        Assert.Equal(17_632, report.Items + merged);
        Assert.All(Session.Tracks, track => Assert.InRange(track.Tags.Count, 0, 8));
        Assert.Contains("electronic", Session.Tracks.Single(track => track.Id.Value == "artist:daftpunk").Tags);
        Assert.True(Session.IsCommitted && Session.IsDisposed);
    }

    [DataFact]
    public async Task Mpd_RealSample_CountsEqualTheReadme()
    {
        var report = await ImportAsync(new MpdImporter(), DataFolder.Of("mpd-sample", "mpd.slice.0-999.json"), new ImportOptions { Strict = true });

        Assert.Equal((37, 2_023L, 1_907, 37), (report.Playlists, report.RowsImported, report.Items, report.Users));
        Assert.Equal(2_023, Session.Events.Sum(e => e.Plays));
        var first = Session.Playlists[0];
        Assert.Equal(("mpd-0-999-0", "Throwbacks", "mpd-0-999-0-maker", 52, 1), (first.Id.Value, first.Title, first.Owner.Value, first.Tracks.Count, first.Followers));
        var save = Session.Events[0];
        Assert.Equal((EventKind.Save, first.Id, 1_493_424_000L), (save.Kind, save.Playlist!.Value, save.OccurredAt.ToUnixTimeSeconds()));
    }

    [DataFact]
    public async Task Mpd_RealPopular_CountsEqualTheReadme()
    {
        var report = await ImportAsync(new MpdImporter(), DataFolder.Of("mpd-popular"), new ImportOptions { Strict = true });

        Assert.Equal((3_500, 344_654L, 125_677), (report.Playlists, report.RowsImported, report.Items));
        Assert.Equal(344_654, Session.Events.Sum(e => e.Plays));
        Assert.Equal(1_290, Session.Playlists.Count(list => list.Tracks.Distinct().Count() < list.Tracks.Count));
        Assert.Equal((10, 71_643), (Session.Playlists.Min(list => list.Followers), Session.Playlists.Max(list => list.Followers)));
    }

    [DataFact]
    public async Task Mpd_RealPopularByArtistAfterHetRec_JoinsByName()
    {
        await ImportAsync(new HetRecImporter(), DataFolder.Of("hetrec-lastfm-2k"));
        var known = Session.Tracks.Select(track => track.Id).ToHashSet();

        var report = await ImportAsync(new MpdImporter(), DataFolder.Of("mpd-popular"), new ImportOptions { By = ItemLevel.Artist, KnownTracks = known });

        var match = Assert.IsType<MatchRate>(report.MatchRate);
        Assert.Equal((report.Items, 344_654L, known.Count), (match.Artists, match.Entries, match.CatalogueArtists));
        Assert.Equal(match.MatchedArtists, Session.Tracks.Count(track => known.Contains(track.Id)));
        Assert.True(match.OfArtists > 0.1 && match.OfEntries > 0.4, $"expected most entries to join, got {match.OfArtists:P1} of artists, {match.OfEntries:P1} of entries");
    }

    [DataFact]
    public async Task Mpd_RealTruncatedStrict_ImportsNothing()
    {
        var refusal = await RefusedAsync(new MpdImporter(), DataFolder.Of("mpd-sample", "mpd.slice.0-999.TRUNCATED-INVALID.json"), new ImportOptions { Strict = true });

        Assert.NotNull(refusal.BadLine);
        Assert.InRange(refusal.BadLine.ByteOffset, 1_048_000, 1_048_576);
        Assert.Contains("expected whole JSON", refusal.Message, StringComparison.Ordinal);
    }

    [DataFact]
    public async Task Mpd_RealTruncatedLenient_ImportsThePlaylistsBeforeTheCut()
    {
        var report = await ImportAsync(new MpdImporter(), DataFolder.Of("mpd-sample", "mpd.slice.0-999.TRUNCATED-INVALID.json"));

        Assert.Equal((37, 2_023L), (report.Playlists, report.RowsImported));
        Assert.NotNull(report.FirstBadLine);
        var lines = File.ReadLines(DataFolder.Of("mpd-sample", "mpd.slice.0-999.TRUNCATED-INVALID.json")).Count();
        Assert.Equal(lines, report.FirstBadLine.Line);
    }

    [DataFact]
    public async Task TasteProfile_Real_CountsEqualTheReadme()
    {
        var report = await ImportAsync(new TasteProfileImporter(), DataFolder.Of("taste-profile-sample", "train_triplets.sample.txt"), new ImportOptions { Strict = true });

        Assert.Equal((42_739L, 1_630, 9_071, 0L), (report.Events, report.Users, report.Items, report.Duplicates));
        Assert.Equal((129_149, 796), (Session.Events.Sum(e => e.Plays), Session.Events.Max(e => e.Plays)));
    }

    [DataFact]
    public async Task LastFm1k_Real_CountsEqualTheReadme()
    {
        var report = await ImportAsync(new LastFm1kImporter(), DataFolder.Of("lastfm-1k-sample"), new ImportOptions { Strict = true });

        Assert.Equal((5_000L, 2, 1_192, 0L), (report.Events, report.Users, report.Items, report.Duplicates));
        Assert.Equal(992, report.Files.Single(file => file.Name == "userid-profile.tsv").RowsRead);
        Assert.Equal(992, report.Notes.Single(note => note.What.Contains("not stored", StringComparison.Ordinal)).Count);
        Assert.Equal(1_396, Session.Events.Count(e => e.Track!.Value.Value.StartsWith("lfm:", StringComparison.Ordinal)));
        Assert.Equal(4_997, Session.Events.Count(e => e.User.Value == "user_000001"));

        var byArtist = await ImportAsync(new LastFm1kImporter(), DataFolder.Of("lastfm-1k-sample"), new ImportOptions { By = ItemLevel.Artist });
        Assert.InRange(byArtist.Items, 230, 235);
    }
}
