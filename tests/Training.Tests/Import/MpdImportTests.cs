using System.IO.Compression;
using System.Text;
using Buddies.Engine.Identifiers;
using Buddies.Training.Import;

namespace Buddies.Training.Tests.Import;

public sealed class MpdImportTests : ImportTest
{
    private const string Slice = """
        {"info": {"generated_on": "x", "slice": "7-8"},
         "playlists": [
          {"name": "One", "pid": 7, "num_followers": 3, "tracks": [
            {"pos": 0, "artist_name": "The Beatles", "track_uri": "t:1", "track_name": "Help!"},
            {"pos": 1, "artist_name": "Björk", "track_uri": "t:2", "track_name": "Jóga"},
            {"pos": 2, "artist_name": "Beatles", "track_uri": "t:1", "track_name": "Help!"}]},
          {"name": "Two", "pid": 8, "modified_at": 1493424000, "tracks": [], "unknown": {"deep": [1, {"pid": 5}]}}
         ]}
        """;

    [Fact]
    public async Task Mpd_ByTrack_KeepsOrderRepeatsAndCounts()
    {
        var report = await ImportAsync(new MpdImporter(), Write("s.json", Slice));

        Assert.Equal((2, 3L, 2, 2L, 1), (report.Playlists, report.RowsImported, report.Items, report.Events, report.Users));
        Assert.Equal(["t:1", "t:2", "t:1"], Session.Playlists[0].Tracks.Select(track => track.Value));
        Assert.Equal([("t:1", 2), ("t:2", 1)], Session.Events.Select(e => (e.Track!.Value.Value, e.Plays)));
        Assert.Equal("mpd:mpd-7-8-7:t:1", Session.Events[0].Id.Value);
        Assert.Null(report.MatchRate);
    }

    [Fact]
    public async Task Mpd_OfNoKnownTime_IsOfTheDayBefore_SoThatItIsNobodysSession()
    {
        var now = DateTimeOffset.UtcNow;
        await ImportAsync(new MpdImporter(), Write("s.json", Slice));
        Assert.All(Session.Events, e => Assert.InRange(e.OccurredAt, now.AddDays(-1), now.AddHours(-23)));
    }

    [Fact]
    public async Task Mpd_ByArtist_JoinsWithTheCatalogue()
    {
        var known = new HashSet<TrackId> { new("artist:beatles"), new("artist:abba") };

        var report = await ImportAsync(new MpdImporter(), Write("s.json", Slice), new ImportOptions { By = ItemLevel.Artist, KnownTracks = known });

        Assert.Equal(["artist:beatles", "artist:bjork", "artist:beatles"], Session.Playlists[0].Tracks.Select(track => track.Value));
        Assert.Equal(new MatchRate(2, 1, 3, 2, 2), report.MatchRate);
    }

    [Fact]
    public async Task Mpd_Gzip_EqualsPlain()
    {
        await ImportAsync(new MpdImporter(), Write("s.json", Slice), Frozen());
        var plain = Session;
        await ImportAsync(new MpdImporter(), Write("s.json.gz", Gzip(Slice)), Frozen());

        Assert.Equal(plain.Events, Session.Events);
        Assert.Equal(plain.Playlists.SelectMany(list => list.Tracks), Session.Playlists.SelectMany(list => list.Tracks));
        Assert.Equal(plain.Playlists.Select(list => list.Id), Session.Playlists.Select(list => list.Id));
    }

    [Fact]
    public async Task Mpd_EveryCut_IsRefusedUnderStrictAndReportedElse()
    {
        var bytes = Encoding.UTF8.GetBytes(Slice);
        for (var length = 0; length < bytes.Length; length += 7)
        {
            var path = Write("cut.json", bytes[..length]);
            await RefusedAsync(new MpdImporter(), path, new ImportOptions { Strict = true });
            if (Slice[..length].Contains("\"playlists\": [", StringComparison.Ordinal))
            {
                var report = await ImportAsync(new MpdImporter(), path);
                Assert.NotNull(report.FirstBadLine);
                Assert.InRange(report.FirstBadLine.ByteOffset, 0, length);
            }
        }
    }

    [Fact]
    public async Task Mpd_CutGzip_KeepsWhatCameBefore()
    {
        var report = await ImportAsync(new MpdImporter(), Write("s.json.gz", Gzip(LongSlice(400))[..^2000]));

        Assert.NotNull(report.FirstBadLine);
        Assert.InRange(report.Playlists, 1, 399);
    }

    [Fact]
    public async Task Mpd_PlaylistLargerThanTheWindow_IsRead()
    {
        var report = await ImportAsync(new MpdImporter(), Write("s.json", LongSlice(3, entries: 20_000)), new ImportOptions { Strict = true });

        Assert.Equal((3, 60_000L), (report.Playlists, report.RowsImported));
    }

    [Fact]
    public async Task Mpd_InfoBehindThePlaylists_TakesTheFilesName()
    {
        await ImportAsync(new MpdImporter(), Write("mpd.slice.5-6.json", """{"playlists":[{"pid":5,"name":"x","tracks":[]}],"info":{"slice":"no"}}"""));

        Assert.Equal("mpd-5-6-5", Session.Playlists.Single().Id.Value);
    }

    [Fact]
    public async Task Mpd_BadPlaylistsAndEntries_AreCountedWithTheirLine()
    {
        var path = Write("s.json", """
            {"info":{"slice":"x"},"playlists":[
            {"pid":1,"name":"a","tracks":[{"track_name":"no uri"},{"track_uri":"t:1"}]},
            {"pid":"two","name":"b","tracks":[{"track_uri":"t:1"}]},
            3,
            {"pid":4,"name":"c","tracks":[{"track_uri":"t:2"}]}]}
            """);

        var report = await ImportAsync(new MpdImporter(), path);

        Assert.Equal((2, 2L, 3L), (report.Playlists, report.RowsImported, report.RowsSkipped));
        Assert.Equal(2, report.FirstBadLine!.Line);
        Assert.StartsWith("{\"track_name\":\"no uri\"}", report.FirstBadLine.Excerpt, StringComparison.Ordinal);
        Assert.Contains("track_uri", report.FirstBadLine.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("userID\tartistID\tweight\n2\t51\t1\n")]
    [InlineData("""{"info":{"slice":"x"}}""")]
    [InlineData("[1,2]")]
    [InlineData("")]
    public async Task Mpd_OtherFormat_IsRefused(string text) =>
        Assert.Contains("expected an MPD slice", (await RefusedAsync(new MpdImporter(), Write("s.json", text))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Mpd_FolderWithoutSlices_IsRefused() =>
        Assert.Contains("no .json", (await RefusedAsync(new MpdImporter(), Folder)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Import_Cancelled_CommitsNothing()
    {
        var session = new FakeImportSession();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DatasetImport.RunAsync(new MpdImporter(), Write("s.json", Slice), session, new ImportOptions(), null, cancelled.Token));
        Assert.True(session.IsDisposed && !session.IsCommitted);
    }

    private static ImportOptions Frozen() => new() { AsOf = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero) };

    private static string LongSlice(int playlists, int entries = 50)
    {
        var lists = Enumerable.Range(0, playlists).Select(pid =>
            $$"""{"pid":{{pid}},"name":"n","tracks":[{{string.Join(",\n", Enumerable.Range(0, entries).Select(i => $$"""{"track_uri":"t:{{(pid * 7919) + i}}"}"""))}}]}""");
        return $$"""{"info":{"slice":"long"},"playlists":[{{string.Join(",", lists)}}]}""";
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
