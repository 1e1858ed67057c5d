using Buddies.Training.Import;

namespace Buddies.Training.Tests.Import;

public sealed class TsvImportTests : ImportTest
{
    private static readonly byte[] s_withBadBytes = [.. "u1\ts1\t1\nu1\t"u8, 0xC3, 0x28, .. "\t1\nu2\ts1\t2\n"u8];

    [Fact]
    public async Task TasteProfile_BadRows_AreCountedAndTheFirstIsShown()
    {
        var path = Write("t.txt", "u1\ts1\t3\nu1\ts2\nu1\ts3\tmany\nu2\ts1\t0\nu2\ts1\t1\n");

        var report = await ImportAsync(new TasteProfileImporter(), path);

        Assert.Equal((5L, 2L, 3L, 3L), (report.RowsRead, report.RowsImported, report.RowsSkipped, report.Files[0].BadRows));
        Assert.Equal(("t.txt", 2L, 8L, "u1 s2"), (report.FirstBadLine!.File, report.FirstBadLine.Line, report.FirstBadLine.ByteOffset, report.FirstBadLine.Excerpt));
        Assert.Contains("expected 3 tab-separated fields (user, song, play count), got 2", report.FirstBadLine.Problem, StringComparison.Ordinal);
        Assert.True(Session.IsCommitted);
    }

    [Fact]
    public async Task TasteProfile_BadRowUnderStrict_IsRefused()
    {
        var refusal = await RefusedAsync(new TasteProfileImporter(), Write("t.txt", "u1\ts1\t3\nu1\ts2\tx\n"), new ImportOptions { Strict = true });

        Assert.Equal(2, refusal.BadLine!.Line);
        Assert.Contains("play count: expected a whole number from 1, got 'x'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TasteProfile_BytesThatAreNotUtf8_AreBadRowsAndNotReplaced()
    {
        var report = await ImportAsync(new TasteProfileImporter(), Write("t.txt", s_withBadBytes));

        Assert.Equal((2L, 1L), (report.RowsImported, report.Files[0].BadRows));
        Assert.DoesNotContain(Session.Tracks, track => track.Id.Value.Contains('\uFFFD', StringComparison.Ordinal));
    }

    [Fact]
    public async Task TasteProfile_SameRowTwice_IsADuplicate()
    {
        var report = await ImportAsync(new TasteProfileImporter(), Write("t.txt", "u1\ts1\t3\r\nu1\ts1\t3"));

        Assert.Equal((1L, 1L, 1), (report.Events, report.Duplicates, report.Items));
    }

    [Fact]
    public async Task TasteProfile_OtherFiles_AreRefused()
    {
        Assert.Contains("there is no file", (await RefusedAsync(new TasteProfileImporter(), Path.Combine(Folder, "none"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", (await RefusedAsync(new TasteProfileImporter(), Folder)).Message, StringComparison.Ordinal);
        Assert.Contains("has no rows", (await RefusedAsync(new TasteProfileImporter(), Write("empty", ""))).Message, StringComparison.Ordinal);
        Assert.Contains("does not have the expected format", (await RefusedAsync(new TasteProfileImporter(), Write("json", "{\n \"info\": {}\n}\n"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HetRec_OtherThings_AreRefused()
    {
        Assert.Contains("is a file", (await RefusedAsync(new HetRecImporter(), Write("mpd.json", "{}"))).Message, StringComparison.Ordinal);
        Assert.Contains("lacks", (await RefusedAsync(new HetRecImporter(), Folder)).Message, StringComparison.Ordinal);
        WriteHetRec();
        Write("artists.dat", "number\tname\n1\tA\n");
        Assert.Contains("expected the header 'id name url pictureURL', got 'number name'", (await RefusedAsync(new HetRecImporter(), Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HetRec_ArtistsUnderOneKey_AreOneItemAndKeepTheirListens()
    {
        WriteHetRec();

        var report = await ImportAsync(new HetRecImporter(), Folder);

        Assert.Equal((2, 3L, 1), (report.Items, report.Events, report.Friendships));
        Assert.Equal(["artist:beatles", "artist:beatles", "artist:sigurros"], Session.Events.Select(e => e.Track!.Value.Value));
        Assert.Equal(["hetrec:7:1", "hetrec:7:2", "hetrec:9:3"], Session.Events.Select(e => e.Id.Value));
        Assert.Equal(["sixties", "caf\u00e9"], Session.Tracks[0].Tags);
        Assert.Equal("The Beatles", Session.Tracks[0].Title);
    }

    [Fact]
    public async Task HetRec_PlaysThatWereOnlyCounted_AreOfTheDayBefore_OrOfTheMomentThatWasTold()
    {
        WriteHetRec();
        var now = DateTimeOffset.UtcNow;
        await ImportAsync(new HetRecImporter(), Folder);
        Assert.All(Session.Events, e => Assert.InRange(e.OccurredAt, now.AddDays(-1), now.AddHours(-23)));
        Session.Events.Clear();
        var asOf = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await ImportAsync(new HetRecImporter(), Folder, new ImportOptions { AsOf = asOf });
        Assert.All(Session.Events, e => Assert.Equal(asOf, e.OccurredAt));
    }

    [Fact]
    public async Task LastFm1k_ShiftToNow_MovesAllTimesByOneConstant()
    {
        var path = Write(LastFm1kImporter.PlaysFile, "u\t2009-05-04T23:00:00Z\t\tA\tm1\tx\nu\t2009-05-04T22:00:00Z\t\tA\t\ty\nu\t2009-05-04T21:00:00Z\t\t\tm3\tz\nu\t2009-05-04\t\tA\tm4\tz\n");
        var asOf = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

        var report = await ImportAsync(new LastFm1kImporter(), path, new ImportOptions { ShiftToNow = true, AsOf = asOf });

        Assert.Equal([asOf, asOf.AddHours(-1)], Session.Events.Select(e => e.OccurredAt));
        Assert.Equal((2L, 2L), (report.RowsImported, report.RowsSkipped));
        Assert.Equal("lfm1k:u:1241478000:m1", Session.Events[0].Id.Value);
    }

    private void WriteHetRec()
    {
        Write("artists.dat", "id\tname\turl\tpictureURL\n1\tThe Beatles\tx\t\n2\tBeatles\tx\t\n3\tSigur Rós\tx\t\n");
        Write("tags.dat", [.. "tagID\ttagValue\r\n1\tcaf"u8, 0xE9, .. "\r\n2\tsixties\r\n"u8]);
        Write("user_taggedartists.dat", "userID\tartistID\ttagID\tday\tmonth\tyear\r\n7\t1\t1\t1\t1\t2009\r\n7\t1\t2\t1\t1\t2009\r\n9\t2\t2\t1\t1\t1956\r\n9\t99\t2\t1\t1\t2009\r\n");
        Write("user_artists.dat", "userID\tartistID\tweight\r\n7\t1\t10\r\n7\t2\t5\r\n9\t3\t1\r\n");
        Write("user_friends.dat", "userID\tfriendID\r\n7\t9\r\n9\t7\r\n");
    }
}
