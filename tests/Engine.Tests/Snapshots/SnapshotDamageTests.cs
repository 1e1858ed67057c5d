using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Buddies.Engine.Snapshots;

namespace Buddies.Engine.Tests.Snapshots;

public sealed class SnapshotDamageTests : IDisposable
{
    private readonly SnapshotSample _sample = new();
    private readonly string _folder;

    public SnapshotDamageTests() => _folder = _sample.Write().Folder;

    public static TheoryData<string> EveryFile => [.. DataFiles, "manifest.json", "manifest.sha256"];

    private static string[] DataFiles =>
    [
        "track-ids.bin", "track-factors.f32", "track-popularity.f32", "track-weights.f32", "playlist-ids.bin",
        "playlist-factors.f32", "playlist-tracks.bin", "user-ids.bin", "user-vectors.f32",
        "cells.bin", "user-cells.bin", "track-links.bin", "playlist-ranker.f32",
    ];

    public void Dispose() => _sample.Dispose();

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("manifest.sha256")]
    public void Open_AnyByteOfTheManifestFlipped_IsRefused(string name) => FlipEach(name, step: 1);

    [Fact]
    public void Open_BytesOfDataFlipped_IsRefused()
    {
        foreach (var name in DataFiles)
        {
            FlipEach(name, step: 7);
        }
    }

    [Fact]
    public void Open_OneBitInTenThousandPlacesFlipped_IsRefusedEachTime()
    {
        const int seed = 20261122, flips = 10_000;
        using var sample = new SnapshotSample();
        var folder = sample.Write(SnapshotSample.MakeContents(400, 100, 300)).Folder;
        var random = new Random(seed);
        (string Path, long Bytes)[] files = [.. DataFiles.Select(name => Path.Combine(folder, name)).Select(path => (path, new FileInfo(path).Length))];
        var total = files.Sum(file => file.Bytes);
        Assert.True(total > flips, $"{total} bytes");
        for (var flip = 0; flip < flips; flip++)
        {
            var at = random.NextInt64(total);
            var file = 0;
            for (; at >= files[file].Bytes; file++)
            {
                at -= files[file].Bytes;
            }

            var bit = (byte)(1 << random.Next(8));
            Flip(files[file].Path, at, bit);
            Assert.True(IsRefused(folder), $"seed {seed}, flip {flip}: {Path.GetFileName(files[file].Path)} byte {at} bit {bit}");
            Flip(files[file].Path, at, bit);
        }

        using var whole = Snapshot.Open(folder);
    }

    [Theory]
    [MemberData(nameof(EveryFile))]
    public void Open_FileMissing_IsRefusedByName(string name)
    {
        File.Delete(PathOf(name));
        Assert.Contains(name, Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EveryFile))]
    public void Open_FileCutOrGrown_IsRefused(string name)
    {
        var bytes = File.ReadAllBytes(PathOf(name));
        foreach (var length in new[] { 0, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(PathOf(name), bytes[..length]);
            Refusal();
        }

        File.WriteAllBytes(PathOf(name), [.. bytes, 0]);
        Refusal();
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Open_NumberNotFinite_IsRefusedThoughEveryHashAgrees(float value)
    {
        foreach (var name in DataFiles.Where(name => name.EndsWith(".f32", StringComparison.Ordinal)))
        {
            var before = File.ReadAllBytes(PathOf(name));
            Rewrite(name, [.. before[..^4], .. BitConverter.GetBytes(value)]);
            Assert.Contains($"{name}: expected finite", Refusal(), StringComparison.Ordinal);
            Rewrite(name, before);
        }

        using var whole = Snapshot.Open(_folder);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    public void Open_TrackWeightNotAboveZero_IsRefusedThoughEveryHashAgrees(float weight)
    {
        var bytes = File.ReadAllBytes(PathOf("track-weights.f32"));
        BitConverter.GetBytes(weight).CopyTo(bytes, 8);
        Rewrite("track-weights.f32", bytes);
        Assert.Contains("track-weights.f32: expected track weights above 0", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("track-factors.f32")]
    [InlineData("track-popularity.f32")]
    [InlineData("track-weights.f32")]
    [InlineData("playlist-factors.f32")]
    [InlineData("user-vectors.f32")]
    [InlineData("track-links.bin")]
    [InlineData("playlist-ranker.f32")]
    public void Open_ShapeContradictsTheManifest_IsRefused(string name)
    {
        Rewrite(name, File.ReadAllBytes(PathOf(name))[..^4]);
        Assert.Contains($"{name}: expected", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("playlist-tracks.bin", 8, 100L)]
    [InlineData("playlist-tracks.bin", 8, -1L)]
    [InlineData("playlist-tracks.bin", 0, 1L)]
    [InlineData("playlist-tracks.bin", 32, 0x0000_0007_0000_0007L)]
    [InlineData("playlist-tracks.bin", 32, -1L)]
    [InlineData("track-ids.bin", 8, 1000L)]
    [InlineData("user-ids.bin", 16, 0L)]
    [InlineData("track-ids.bin", 64, -1L)]
    public void Open_OffsetsOrEntriesOutOfRange_IsRefusedThoughEveryHashAgrees(string name, int at, long value)
    {
        var bytes = File.ReadAllBytes(PathOf(name));
        BitConverter.GetBytes(value).CopyTo(bytes, at);
        Rewrite(name, bytes);
        Assert.Contains(name, Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("formatVersion", "0")]
    [InlineData("formatVersion", "1")]
    [InlineData("formatVersion", "2")]
    [InlineData("formatVersion", "3")]
    [InlineData("formatVersion", "5")]
    [InlineData("version", "0")]
    [InlineData("dimension", "0")]
    [InlineData("dimension", "4")]
    [InlineData("trackCount", "8")]
    [InlineData("trackCount", "2147483647")]
    [InlineData("userCount", "-1")]
    [InlineData("playlistCount", "2")]
    [InlineData("regularization", "0")]
    [InlineData("regularizationExponent", "1.5")]
    [InlineData("files", "[]")]
    [InlineData("files", "null")]
    [InlineData("links", "null")]
    [InlineData("links", """{ "entries": 10, "factorWeight": 0.75, "factPower": 0.5, "lengthExponent": 0.25 }""")]
    [InlineData("links", """{ "entries": -1, "factorWeight": 0.75, "factPower": 0.5, "lengthExponent": 0.25 }""")]
    [InlineData("links", """{ "entries": 11, "factorWeight": -1, "factPower": 0.5, "lengthExponent": 0.25 }""")]
    [InlineData("links", """{ "entries": 11, "factorWeight": 0.75, "factPower": 1.5, "lengthExponent": 0.25 }""")]
    [InlineData("links", """{ "entries": 11, "factorWeight": 0.75, "factPower": 0.5, "lengthExponent": 3 }""")]
    [InlineData("links", """{ "entries": 11, "factorWeight": 0.75, "factPower": 0.5 }""")]
    [InlineData("metrics", "null")]
    [InlineData("unknown", "1")]
    public void Open_ManifestThatCannotBe_IsRefusedThoughItsHashAgrees(string property, string value)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(PathOf("manifest.json")))!.AsObject();
        manifest[property] = JsonNode.Parse(value);
        WriteManifest(manifest);
        Refusal();
    }

    /// <summary>Header 8 bytes, offsets 0 2 5 7 in 32, centroids in 60, then the entries 0 1, 0 1 2, 1 2.</summary>
    [Theory]
    [InlineData(0, 0, "expected a cell or more")]
    [InlineData(0, int.MaxValue, "expected a cell or more")]
    [InlineData(0, 2, "expected 100 bytes")]
    [InlineData(4, 8, "expected 132 bytes")]
    [InlineData(4, 2, "expected a cell or more")]
    [InlineData(16, 6, "expected ascending offsets")]
    [InlineData(40, 0x7FC00000, "expected finite numbers")]
    [InlineData(104, 3, "expected ascending cells below 3")]
    [InlineData(104, -1, "expected ascending cells below 3")]
    [InlineData(100, 1, "expected ascending cells below 3")]
    [InlineData(124, 0, "expected ascending cells below 3")]
    [InlineData(104, 2, "expected cell 2 to probe cell 0")]
    public void Open_CellsThatCannotBe_AreRefusedThoughEveryHashAgrees(int at, int value, string because)
    {
        var bytes = File.ReadAllBytes(PathOf("cells.bin"));
        BitConverter.GetBytes(value).CopyTo(bytes, at);
        Rewrite("cells.bin", bytes);
        Assert.Contains($"cells.bin: {because}", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CellThatDoesNotProbeItself_IsRefusedThoughEveryHashAgrees()
    {
        // Cell 0 probes 1 and 2 instead of 0 and 1.
        var bytes = File.ReadAllBytes(PathOf("cells.bin"));
        BitConverter.GetBytes(1).CopyTo(bytes, 100);
        BitConverter.GetBytes(2).CopyTo(bytes, 104);
        Rewrite("cells.bin", bytes);
        Assert.Contains("cells.bin: expected cell 0 to probe itself", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OlderThanCells_HasOneCell()
    {
        File.Delete(PathOf("cells.bin"));
        var manifest = JsonNode.Parse(File.ReadAllText(PathOf("manifest.json")))!.AsObject();
        Age(manifest, 1);
        WriteManifest(manifest);
        using var snapshot = Snapshot.Open(_folder);
        Assert.Equal((1, SnapshotSample.Dimension), (snapshot.MakeCellMap().CellCount, snapshot.MakeCellMap().Dimension));
        Assert.Null(snapshot.UsersOf(0));
    }

    [Fact]
    public void Open_OlderThanGroups_HasCellsAndNoGroups()
    {
        var manifest = JsonNode.Parse(File.ReadAllText(PathOf("manifest.json")))!.AsObject();
        Age(manifest, 2);
        WriteManifest(manifest);
        using var snapshot = Snapshot.Open(_folder);
        Assert.Equal(3, snapshot.MakeCellMap().CellCount);
        Assert.Null(snapshot.UsersOf(0));
    }

    [Fact]
    public void Open_OlderThanLinks_HasFactorsAlone()
    {
        var manifest = JsonNode.Parse(File.ReadAllText(PathOf("manifest.json")))!.AsObject();
        Age(manifest, 3);
        WriteManifest(manifest);
        using var snapshot = Snapshot.Open(_folder);
        Assert.NotNull(snapshot.UsersOf(0));
        Assert.True(snapshot.Links.IsNone);
        Assert.True(snapshot.PlaylistRanker.IsEmpty);
    }

    /// <summary>Offsets 0 2 4 6 8 10 11 11 in 64 bytes, then the targets 1 2, 2 3, 3 4, 4 5, 5 6, 6, then as many weights.</summary>
    [Theory]
    [InlineData(0, 1, "expected offsets from 0 to 11")]
    [InlineData(8, 5, "expected ascending offsets")]
    [InlineData(56, 10, "expected offsets from 0 to 11")]
    [InlineData(64, 2, "expected ascending track rows below 7, found 2 after 2 among the links of 0")]
    [InlineData(64, -1, "expected ascending track rows below 7")]
    [InlineData(104, 7, "expected ascending track rows below 7, found 7 after -1 among the links of 5")]
    [InlineData(108, 0x7FC00000, "expected finite numbers")]
    [InlineData(148, 0x7F800000, "expected finite numbers")]
    public void Open_LinksThatCannotBe_AreRefusedThoughEveryHashAgrees(int at, int value, string because)
    {
        var bytes = File.ReadAllBytes(PathOf("track-links.bin"));
        Assert.Equal(64 + (11 * 8), bytes.Length);
        BitConverter.GetBytes(value).CopyTo(bytes, at);
        Rewrite("track-links.bin", bytes);
        Assert.Contains($"track-links.bin: {because}", Refusal(), StringComparison.Ordinal);
    }

    /// <summary>Offsets 0 and then three more; four users have a vector.</summary>
    [Theory]
    [InlineData(0, 1L, "expected offsets from 0")]
    [InlineData(24, 5L, "expected offsets of at most 4 users")]
    [InlineData(24, -1L, "expected offsets of at most 4 users")]
    [InlineData(8, 9L, "expected ascending offsets")]
    [InlineData(24, 3L, "expected only users without a vector after the last cell", 8)]
    public void Open_GroupsThatCannotBe_AreRefusedThoughEveryHashAgrees(int at, long value, string because, int alsoZeroedFrom = 32)
    {
        var bytes = File.ReadAllBytes(PathOf("user-cells.bin"));
        bytes.AsSpan(alsoZeroedFrom).Clear();
        BitConverter.GetBytes(value).CopyTo(bytes, at);
        Rewrite("user-cells.bin", bytes);
        Assert.Contains($"user-cells.bin: {because}", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnotherManifestThanTheRegistryKnows_IsRefused()
    {
        var other = new string('0', 64);
        Assert.Contains(other, Assert.Throws<SnapshotException>(() => Snapshot.Open(_folder, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoSuchFolder_IsRefused() =>
        Assert.Throws<SnapshotException>(() => Snapshot.Open(Path.Combine(_sample.Parent, "000099")));

    private static void Flip(string path, long at, byte bit)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = at;
        var value = stream.ReadByte();
        stream.Position = at;
        stream.WriteByte((byte)(value ^ bit));
    }

    /// <summary>Makes a manifest one of an older layout; what it does not list is not looked at.</summary>
    private static void Age(JsonObject manifest, int formatVersion)
    {
        manifest["formatVersion"] = formatVersion;
        manifest.Remove("links");
        string[] younger = [.. formatVersion < 2 ? ["cells.bin"] : (string[])[], .. formatVersion < 3 ? ["user-cells.bin"] : (string[])[], "track-links.bin", "playlist-ranker.f32"];
        foreach (var name in younger)
        {
            var files = manifest["files"]!.AsArray();
            files.Remove(files.Single(file => file!["name"]!.GetValue<string>() == name));
        }

        if (formatVersion < 3)
        {
            manifest.Remove("validation");
        }
    }

    private static bool IsRefused(string folder)
    {
        try
        {
            Snapshot.Open(folder).Dispose();
            return false;
        }
        catch (SnapshotException)
        {
            return true;
        }
    }

    private void FlipEach(string name, int step)
    {
        var bytes = File.ReadAllBytes(PathOf(name));
        for (var at = 0; at < bytes.Length; at += step)
        {
            var flipped = bytes.ToArray();
            flipped[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(PathOf(name), flipped);
            Refusal($"{name} byte {at.ToString(CultureInfo.InvariantCulture)}");
        }

        File.WriteAllBytes(PathOf(name), bytes);
        using var whole = Snapshot.Open(_folder);
    }

    private void Rewrite(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        var manifest = JsonNode.Parse(File.ReadAllText(PathOf("manifest.json")))!.AsObject();
        var file = manifest["files"]!.AsArray().Single(file => file!["name"]!.GetValue<string>() == name)!;
        file["bytes"] = bytes.Length;
        file["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        WriteManifest(manifest);
    }

    private void WriteManifest(JsonObject manifest)
    {
        var json = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        File.WriteAllBytes(PathOf("manifest.json"), json);
        File.WriteAllText(PathOf("manifest.sha256"), Convert.ToHexStringLower(SHA256.HashData(json)));
    }

    private string Refusal(string because = "")
    {
        try
        {
            Snapshot.Open(_folder).Dispose();
        }
        catch (SnapshotException exception)
        {
            return exception.Message;
        }

        Assert.Fail($"The damaged snapshot was opened. {because}");
        return "";
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
