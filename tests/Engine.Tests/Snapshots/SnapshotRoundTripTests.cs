using System.Text.Json;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Snapshots;

public sealed class SnapshotRoundTripTests : IDisposable
{
    private readonly SnapshotSample _sample = new();

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void Open_WrittenSnapshot_GivesBackEveryNumberAndId()
    {
        var contents = SnapshotGrouping.ByCell(SnapshotSample.MakeContents());
        var written = _sample.Write(contents);

        using var snapshot = Snapshot.Open(written.Folder, written.ManifestSha256);

        Assert.Equal(new SnapshotVersion(3), snapshot.Version);
        Assert.Equal(1234, snapshot.Manifest.Watermark);
        Assert.Equal(0.33, snapshot.Manifest.Metrics["recall"]);
        Assert.Equal(SnapshotSample.MakeTemplate().CreatedAt, snapshot.Manifest.CreatedAt);
        Assert.Equal(new FoldInParameters(0.1, 0.003, 1), snapshot.FoldInParameters);
        Assert.Equal((7, 3, 4, 5), (snapshot.TrackCount, snapshot.PlaylistCount, snapshot.UserCount, snapshot.Dimension));
        Assert.Equal(contents.TrackFactors, snapshot.TrackFactors.ToArray());
        Assert.Equal(contents.TrackPopularity, snapshot.TrackPopularity.ToArray());
        Assert.Equal(contents.TrackWeights, snapshot.TrackWeights.ToArray());
        Assert.Equal(contents.PlaylistFactors, snapshot.PlaylistFactors.ToArray());
        Assert.Equal(contents.UserVectors, snapshot.UserVectors.ToArray());
        Assert.Equal(contents.TrackFactors[10..15], snapshot.TrackFactor(2).ToArray());
        Assert.Equal(contents.PlaylistFactors[5..10], snapshot.PlaylistFactor(1).ToArray());
        Assert.Equal(contents.UserVectors[15..20], snapshot.UserVector(3).ToArray());
        Assert.Equal(contents.TrackIds, Enumerable.Range(0, 7).Select(snapshot.TrackId));
        Assert.Equal(contents.PlaylistIds, Enumerable.Range(0, 3).Select(snapshot.PlaylistId));
        Assert.Equal(contents.UserIds, Enumerable.Range(0, 4).Select(snapshot.UserId));
    }

    [Fact]
    public void UsersOf_EachCell_AreThoseNearestToItAndTheOthersComeLast()
    {
        var contents = SnapshotSample.MakeContents(users: 60);
        contents.UserVectors.AsSpan(3 * SnapshotSample.Dimension, SnapshotSample.Dimension).Clear();
        using var snapshot = Snapshot.Open(_sample.Write(contents).Folder);
        var map = snapshot.MakeCellMap();
        var grouped = new List<UserId>();
        for (var cell = 0; cell < map.CellCount; cell++)
        {
            foreach (var row in Enumerable.Range(0, 60).Take(snapshot.UsersOf(cell)!.Value))
            {
                var unit = snapshot.UserVector(row).ToArray();
                VectorKernels.Normalize(unit);
                Assert.Equal(cell, map.FindNearest(unit));
                grouped.Add(snapshot.UserId(row));
            }
        }

        Assert.Equal(59, grouped.Distinct().Count());
        Assert.Equal(contents.UserIds[3], snapshot.UserId(59));
        for (var user = 0; user < 60; user++)
        {
            var row = Enumerable.Range(0, 60).Single(row => snapshot.UserId(row) == contents.UserIds[user]);
            Assert.Equal(contents.UserVectors.AsSpan(user * 5, 5), snapshot.UserVector(row));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.UsersOf(map.CellCount));
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.UsersOf(-1));
    }

    [Fact]
    public void UsersOf_AVectorWhoseLengthUnderflows_IsNone()
    {
        var contents = SnapshotSample.MakeContents(users: 6);
        contents.UserVectors.AsSpan(2 * SnapshotSample.Dimension, SnapshotSample.Dimension).Fill(2e-24f);
        using var snapshot = Snapshot.Open(_sample.Write(contents).Folder);
        Assert.Equal(contents.UserIds[2], snapshot.UserId(5));
        Assert.Equal(new float[SnapshotSample.Dimension], snapshot.UserVector(5).ToArray());
    }

    [Fact]
    public void PlaylistTracks_EachRow_GivesItsEntries()
    {
        var contents = SnapshotSample.MakeContents();
        using var snapshot = Snapshot.Open(_sample.Write(contents).Folder);

        for (var row = 0; row < 3; row++)
        {
            var (from, to) = ((int)contents.PlaylistOffsets[row], (int)contents.PlaylistOffsets[row + 1]);
            snapshot.PlaylistTracks(row, out var rows, out var times);
            Assert.Equal(contents.PlaylistTracks[from..to], rows.ToArray());
            Assert.Equal(contents.PlaylistTimes[from..to], times.ToArray());
        }
    }

    [Fact]
    public void Links_WrittenSnapshot_GivesBackEachTracksOwn()
    {
        var contents = SnapshotSample.MakeContents();
        using var snapshot = Snapshot.Open(_sample.Write(contents).Folder);

        Assert.Equal(contents.Links!.Parameters, snapshot.Manifest.Links);
        Assert.Equal(contents.PlaylistRanker!, snapshot.PlaylistRanker.ToArray());
        for (var track = 0; track < 7; track++)
        {
            var (from, to) = ((int)contents.Links.Offsets[track], (int)contents.Links.Offsets[track + 1]);
            snapshot.Links.Of(track, out var targets, out var weights);
            Assert.Equal(contents.Links.Targets[from..to], targets.ToArray());
            Assert.Equal(contents.Links.Weights[from..to], weights.ToArray());
        }
    }

    [Fact]
    public void Links_ModelOfFactorsAlone_AreNoneAndTakeNoFile()
    {
        var whole = SnapshotSample.MakeContents();
        var plain = new SnapshotContents
        {
            Dimension = whole.Dimension,
            TrackIds = whole.TrackIds,
            TrackFactors = whole.TrackFactors,
            TrackPopularity = whole.TrackPopularity,
            TrackWeights = whole.TrackWeights,
            PlaylistIds = whole.PlaylistIds,
            PlaylistFactors = whole.PlaylistFactors,
            PlaylistOffsets = whole.PlaylistOffsets,
            PlaylistTracks = whole.PlaylistTracks,
            PlaylistTimes = whole.PlaylistTimes,
            UserIds = whole.UserIds,
            UserVectors = whole.UserVectors,
        };
        using var snapshot = Snapshot.Open(_sample.Write(plain).Folder);

        Assert.True(snapshot.Links.IsNone);
        Assert.True(snapshot.PlaylistRanker.IsEmpty);
        Assert.Null(snapshot.Manifest.Links);
        Assert.Equal(11, snapshot.Manifest.Files.Count);
    }

    [Fact]
    public void MakeCellMap_WrittenSnapshot_GivesBackCentroidsAndProbes()
    {
        var contents = SnapshotSample.MakeContents();
        using var snapshot = Snapshot.Open(_sample.Write(contents).Folder);

        var map = snapshot.MakeCellMap();
        Assert.Equal((3, SnapshotSample.Dimension), (map.CellCount, map.Dimension));
        Assert.Equal(contents.Cells!.Centroids.ToArray(), map.Centroids.ToArray());
        Assert.Equal([0, 1], map.Probes(0).ToArray());
        Assert.Equal([0, 1, 2], map.Probes(1).ToArray());
        Assert.Equal([1, 2], map.Probes(2).ToArray());
        Assert.Equal(3, new ServingModel(snapshot, new MusicCatalogue()).Cells.CellCount);
    }

    [Fact]
    public void ScaledGram_OpenedSnapshot_EqualsThatOfTheFactors()
    {
        var contents = SnapshotSample.MakeContents();
        using var snapshot = Snapshot.Open(_sample.Write(contents).Folder);

        var expected = new double[SymmetricKernels.LengthOf(SnapshotSample.Dimension)];
        FoldIn.ComputeScaledGram(contents.TrackFactors, SnapshotSample.Dimension, 0.1, expected);
        Assert.Equal(expected, snapshot.ScaledGram.ToArray());
    }

    [Fact]
    public void Open_SnapshotOfNothing_HasNoRows()
    {
        using var snapshot = Snapshot.Open(_sample.Write(SnapshotSample.MakeContents(0, 0, 0)).Folder);

        Assert.Equal((0, 0, 0), (snapshot.TrackCount, snapshot.PlaylistCount, snapshot.UserCount));
        Assert.True(snapshot.TrackFactors.IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.TrackId(0));
    }

    [Fact]
    public void Manifest_OnDisk_IsCamelCaseJsonThatListsEveryDataFile()
    {
        var written = _sample.Write();

        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(written.Folder, "manifest.json")));

        Assert.Equal(4, json.RootElement.GetProperty("formatVersion").GetInt32());
        Assert.Equal(7, json.RootElement.GetProperty("trackCount").GetInt32());
        var listed = json.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()).Order();
        var present = Directory.GetFiles(written.Folder).Select(Path.GetFileName).Except(["manifest.json", "manifest.sha256"]).Order();
        Assert.Equal(present, listed);
    }

    [Fact]
    public void Members_AfterDispose_Throw()
    {
        var snapshot = Snapshot.Open(_sample.Write().Folder);
        snapshot.Dispose();
        snapshot.Dispose();

        Assert.Throws<ObjectDisposedException>(() => snapshot.TrackFactors.Length);
        Assert.Throws<ObjectDisposedException>(() => snapshot.TrackFactor(0).Length);
        Assert.Throws<ObjectDisposedException>(() => snapshot.UserVector(0).Length);
        Assert.Throws<ObjectDisposedException>(() => snapshot.PlaylistFactor(0).Length);
        Assert.Throws<ObjectDisposedException>(() => snapshot.TrackId(0));
        Assert.Throws<ObjectDisposedException>(() => snapshot.PlaylistTracks(0, out _, out _));
        Assert.False(snapshot.TryAddReference());
    }

    [Fact]
    public void Dispose_WhileAReferenceIsHeld_KeepsTheFilesMapped()
    {
        var contents = SnapshotSample.MakeContents();
        var snapshot = Snapshot.Open(_sample.Write(contents).Folder);
        Assert.True(snapshot.TryAddReference());
        snapshot.Dispose();

        Assert.Equal(contents.TrackFactors, snapshot.TrackFactors.ToArray());
        snapshot.RemoveReference();
        Assert.Throws<ObjectDisposedException>(() => snapshot.TrackFactors.Length);
    }
}
