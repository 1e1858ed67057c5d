using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;

namespace Buddies.Engine.Tests.Snapshots;

public sealed class SnapshotWriterTests : IDisposable
{
    private readonly SnapshotSample _sample = new();

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void Write_Succeeds_LeavesTheSnapshotAlone()
    {
        var written = _sample.Write();
        Assert.Equal([written.Folder], Directory.GetFileSystemEntries(_sample.Parent));
    }

    [Fact]
    public void Write_SameContentsTwice_GivesTheSameBytes()
    {
        var first = _sample.Write();
        var second = SnapshotWriter.Write(_sample.Parent, "other", SnapshotSample.MakeContents(), SnapshotSample.MakeTemplate());
        Assert.Equal(first.ManifestSha256, second.ManifestSha256);
    }

    [Fact]
    public void Write_FolderExists_ThrowsAndLeavesItAlone()
    {
        var written = _sample.Write();
        Assert.Throws<IOException>(() => _sample.Write());
        using var snapshot = Snapshot.Open(written.Folder);
    }

    [Fact]
    public void Write_FailsHalfway_LeavesNothing()
    {
        var template = SnapshotSample.MakeTemplate() with { Metrics = new Dictionary<string, double> { ["auc"] = double.NaN } };
        Assert.ThrowsAny<Exception>(() => SnapshotWriter.Write(_sample.Parent, "000003", SnapshotSample.MakeContents(), template));
        Assert.Empty(Directory.GetFileSystemEntries(_sample.Parent));
    }

    [Theory]
    [InlineData("../out")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    public void Write_NotAPlainName_Throws(string name) => Assert.Throws<ArgumentException>(
        () => SnapshotWriter.Write(_sample.Parent, name, SnapshotSample.MakeContents(), SnapshotSample.MakeTemplate()));

    [Fact]
    public void Write_ContentsContradictThemselves_Throws()
    {
        var contents = SnapshotSample.MakeContents();
        SnapshotContents[] wrong =
        [
            Copy(contents, trackFactors: contents.TrackFactors[1..]),
            Copy(contents, trackFactors: [float.NaN, .. contents.TrackFactors[1..]]),
            Copy(contents, trackIds: [contents.TrackIds[1], .. contents.TrackIds.Skip(1)]),
            Copy(contents, trackIds: [new TrackId(""), .. contents.TrackIds.Skip(1)]),
            Copy(contents, trackIds: [new TrackId("\ud800"), .. contents.TrackIds.Skip(1)]),
            Copy(contents, playlistTracks: [99, .. contents.PlaylistTracks.Skip(1)]),
            Copy(contents, cells: CellMap.OneCell(SnapshotSample.Dimension + 1)),
            Copy(contents, cells: new CellMap([float.NaN, 0, 0, 0, 0], SnapshotSample.Dimension, [[0]])),
        ];

        foreach (var one in wrong)
        {
            Assert.ThrowsAny<ArgumentException>(() => _sample.Write(one));
            Assert.Empty(Directory.GetFileSystemEntries(_sample.Parent));
        }
    }

    [Fact]
    public void RemoveLeftovers_AfterACrash_RemovesPartialFoldersOnly()
    {
        var written = _sample.Write();
        var leftover = Directory.CreateDirectory(Path.Combine(_sample.Parent, ".000007.partial"));
        File.WriteAllText(Path.Combine(leftover.FullName, "track-ids.bin"), "half");
        File.WriteAllText(leftover.FullName + ".lock", "");
        File.WriteAllText(Path.Combine(_sample.Parent, ".000008.partial.lock"), "");

        Assert.Equal([".000007.partial"], SnapshotWriter.RemoveLeftovers(_sample.Parent));

        Assert.Equal([written.Folder], Directory.GetFileSystemEntries(_sample.Parent));
        Assert.Empty(SnapshotWriter.RemoveLeftovers(Path.Combine(_sample.Parent, "missing")));
    }

    [Fact]
    public void RemoveLeftovers_WhileItsWriterLives_LeavesItAlone()
    {
        var partial = Directory.CreateDirectory(Path.Combine(_sample.Parent, ".000007.partial"));
        using (new FileStream(partial.FullName + ".lock", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Empty(SnapshotWriter.RemoveLeftovers(_sample.Parent));
            Assert.True(partial.Exists);
        }

        Assert.Single(SnapshotWriter.RemoveLeftovers(_sample.Parent));
    }

    [Fact]
    public void Write_OverALeftoverOfTheSameName_Succeeds()
    {
        var leftover = Directory.CreateDirectory(Path.Combine(_sample.Parent, ".000003.partial"));
        File.WriteAllText(Path.Combine(leftover.FullName, "track-ids.bin"), "half");
        using var snapshot = Snapshot.Open(_sample.Write().Folder);
        Assert.Equal(7, snapshot.TrackCount);
    }

    private static SnapshotContents Copy(
        SnapshotContents contents, float[]? trackFactors = null, TrackId[]? trackIds = null, int[]? playlistTracks = null,
        CellMap? cells = null) => new()
        {
            Dimension = contents.Dimension,
            TrackIds = trackIds ?? contents.TrackIds,
            TrackFactors = trackFactors ?? contents.TrackFactors,
            TrackPopularity = contents.TrackPopularity,
            TrackWeights = contents.TrackWeights,
            PlaylistIds = contents.PlaylistIds,
            PlaylistFactors = contents.PlaylistFactors,
            PlaylistOffsets = contents.PlaylistOffsets,
            PlaylistTracks = playlistTracks ?? contents.PlaylistTracks,
            PlaylistTimes = contents.PlaylistTimes,
            UserIds = contents.UserIds,
            UserVectors = contents.UserVectors,
            Cells = cells ?? contents.Cells,
        };
}
