using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Buddies.Engine.Snapshots;

/// <summary>Reads a snapshot's manifest and believes nothing of it unchecked.</summary>
public static class SnapshotManifestReader
{
    /// <summary>Reads a manifest and compares it with its hash.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <param name="expectedSha256">The hash as the registry has it; null takes the one beside the manifest alone.</param>
    /// <returns>The manifest and the hash of its bytes.</returns>
    /// <exception cref="SnapshotException">It is missing, damaged, of another format, or cannot be.</exception>
    public static (SnapshotManifest Manifest, string Sha256) Read(string folder, string? expectedSha256 = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, SnapshotFormat.Manifest);
        var json = ReadFile(path, SnapshotFormat.MaxManifestBytes);
        var hash = Convert.ToHexStringLower(SHA256.HashData(json));
        var hashPath = Path.Combine(folder, SnapshotFormat.ManifestHash);
        var listed = Encoding.Latin1.GetString(ReadFile(hashPath, SHA256.HashSizeInBytes * 2));
        if (listed != hash)
        {
            throw new SnapshotException($"{path}: expected SHA-256 {listed} as {SnapshotFormat.ManifestHash} says, found {hash}.");
        }

        if (expectedSha256 is not null && expectedSha256 != hash)
        {
            throw new SnapshotException($"{path}: expected SHA-256 {expectedSha256} as the registry says, found {hash}.");
        }

        try
        {
            var manifest = SnapshotManifestJson.Read(json);
            return FindError(manifest) is { } error ? throw new SnapshotException($"{path}: {error}.") : (manifest, hash);
        }
        catch (JsonException exception)
        {
            throw new SnapshotException($"{path}: expected a manifest in JSON, found something else: {exception.Message}", exception);
        }
    }

    private static string? FindError(SnapshotManifest manifest)
    {
        // First of all: in another format nothing else means what it says.
        return RangeError("formatVersion", manifest.FormatVersion, SnapshotFormat.OldestVersion, SnapshotFormat.Version)
            ?? RangeError("version", manifest.Version, 1, int.MaxValue)
            ?? RangeError("parent", manifest.Parent, 0, int.MaxValue)
            ?? RangeError("watermark", manifest.Watermark, 0, long.MaxValue)
            ?? RangeError("dimension", manifest.Dimension, 1, SnapshotFormat.MaxDimension)
            ?? RangeError("trackCount", manifest.TrackCount, 0, int.MaxValue / manifest.Dimension)
            ?? RangeError("playlistCount", manifest.PlaylistCount, 0, int.MaxValue / manifest.Dimension)
            ?? RangeError("userCount", manifest.UserCount, 0, int.MaxValue / manifest.Dimension)
            ?? (manifest.UnobservedWeight >= 0 ? null : $"unobservedWeight: expected 0 or more, found {manifest.UnobservedWeight}")
            ?? (manifest.Regularization > 0 ? null : $"regularization: expected above 0, found {manifest.Regularization}")
            ?? (manifest.RegularizationExponent is >= 0 and <= 1
                ? null : $"regularizationExponent: expected 0 to 1, found {manifest.RegularizationExponent}")
            ?? (manifest.FormatVersion >= 3 || manifest.Validation is null
                ? null : $"validation: expected none in version {manifest.FormatVersion}, found one")
            ?? (manifest.FormatVersion >= 4 || manifest.Links is null
                ? null : $"links: expected none in version {manifest.FormatVersion}, found some")
            ?? (manifest.Links?.FindError() is { } error ? $"links: {error}" : null)
            ?? (manifest.FormatVersion >= 4 || manifest.Ranking is null
                ? null : $"ranking: expected none in version {manifest.FormatVersion}, found some")
            ?? (manifest.Ranking?.FindError() is { } wrong ? $"ranking: {wrong}" : null)
            ?? FileListError(manifest);
    }

    private static string? RangeError(string name, long value, long from, long to) =>
        value >= from && value <= to ? null : $"{name}: expected {from} to {to}, found {value}";

    private static string? FileListError(SnapshotManifest manifest)
    {
        var found = manifest.Files.Select(file => file.Name);
        var expected = SnapshotFormat.DataFilesOf(
            manifest.FormatVersion, manifest.Links is not null, manifest.HasPlaylistRanker);
        return found.SequenceEqual(expected, StringComparer.Ordinal)
            ? null
            : $"files: expected {string.Join(", ", expected)}, found {string.Join(", ", found)}";
    }

    private static byte[] ReadFile(string path, int maxBytes)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length > maxBytes)
            {
                throw new SnapshotException($"{path}: expected at most {maxBytes} bytes, found {stream.Length}.");
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotException($"{path}: expected a readable file, found none: {exception.Message}", exception);
        }
    }
}
