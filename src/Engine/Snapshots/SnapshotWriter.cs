using System.Security.Cryptography;
using System.Text;

namespace Buddies.Engine.Snapshots;

/// <summary>
/// Writes a snapshot so that its folder either exists whole and durable, or not at all: everything goes to a folder
/// beside it, each file is forced to the disk, and one rename makes it visible.
/// </summary>
public static class SnapshotWriter
{
    private const string PartialPrefix = ".";
    private const string PartialSuffix = ".partial";
    private const string LockSuffix = ".lock";

    /// <summary>Writes a snapshot.</summary>
    /// <param name="parentFolder">The folder of all snapshots; made when missing.</param>
    /// <param name="folderName">The new snapshot's folder; must not exist.</param>
    /// <param name="contents">What goes into it.</param>
    /// <param name="manifestTemplate">The manifest; its format version, shapes, links and files are filled in here.</param>
    /// <returns>The folder, the manifest as written, and its hash. Users stand grouped by cell there, in their order within each.</returns>
    /// <exception cref="ArgumentException">The contents contradict themselves, or the folder's name is not a plain name.</exception>
    /// <exception cref="IOException">The folder exists, another writer is making it, or the disk refused; nothing is left behind.</exception>
    public static WrittenSnapshot Write(
        string parentFolder, string folderName, SnapshotContents contents, SnapshotManifest manifestTemplate)
    {
        ArgumentException.ThrowIfNullOrEmpty(parentFolder);
        ArgumentException.ThrowIfNullOrEmpty(folderName);
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentNullException.ThrowIfNull(manifestTemplate);
        if (Path.GetFileName(folderName) != folderName || folderName.StartsWith('.'))
        {
            throw new ArgumentException($"Expected a plain folder name, got '{folderName}'.", nameof(folderName));
        }

        contents.Check();
        contents = SnapshotGrouping.ByCell(contents);
        Directory.CreateDirectory(parentFolder);
        var target = Path.Combine(parentFolder, folderName);
        if (Path.Exists(target))
        {
            throw new IOException($"{target}: exists already.");
        }

        var partial = Path.Combine(parentFolder, PartialPrefix + folderName + PartialSuffix);
        using var writing = OpenLock(partial);
        try
        {
            RemoveFolder(partial);
            Directory.CreateDirectory(partial);
            var files = SnapshotFileWriter.WriteData(partial, contents);
            var manifest = manifestTemplate with
            {
                FormatVersion = SnapshotFormat.Version,
                Dimension = contents.Dimension,
                TrackCount = contents.TrackIds.Count,
                PlaylistCount = contents.PlaylistIds.Count,
                UserCount = contents.UserIds.Count,
                Links = contents.Links?.Parameters,
                Files = files,
            };
            var hash = WriteManifest(partial, manifest);
            FolderDurability.Flush(partial);
            Directory.Move(partial, target);
            FolderDurability.Flush(parentFolder);
            return new WrittenSnapshot(target, manifest, hash);
        }
        catch
        {
            RemoveFolder(partial);
            throw;
        }
    }

    /// <summary>Removes what writers that died have left; one that still writes is left alone.</summary>
    /// <param name="parentFolder">The folder of all snapshots; need not exist.</param>
    /// <returns>The names of the folders removed.</returns>
    public static IReadOnlyList<string> RemoveLeftovers(string parentFolder)
    {
        if (!Directory.Exists(parentFolder))
        {
            return [];
        }

        var removed = new List<string>();
        var folders = Directory.GetDirectories(parentFolder, PartialPrefix + "*" + PartialSuffix);
        var locks = Directory.GetFiles(parentFolder, PartialPrefix + "*" + PartialSuffix + LockSuffix);
        foreach (var partial in folders.Concat(locks.Select(file => file[..^LockSuffix.Length])).Distinct().Order(StringComparer.Ordinal))
        {
            try
            {
                using var writing = OpenLock(partial);
                if (Directory.Exists(partial))
                {
                    RemoveFolder(partial);
                    removed.Add(Path.GetFileName(partial));
                }
            }
            catch (IOException) when (File.Exists(partial + LockSuffix))
            {
                // Its writer is alive and holds the lock.
            }
        }

        return removed;
    }

    /// <summary>Held while a folder is written; the system lets go of it when the writer dies.</summary>
    private static FileStream OpenLock(string partial) =>
        new(partial + LockSuffix, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);

    private static void RemoveFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string WriteManifest(string folder, SnapshotManifest manifest)
    {
        var json = SnapshotManifestJson.Write(manifest);
        using (var file = new HashedFile(folder, SnapshotFormat.Manifest))
        {
            file.Write<byte>(json);
            file.Finish();
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(json));
        using var hashFile = new HashedFile(folder, SnapshotFormat.ManifestHash);
        hashFile.Write<byte>(Encoding.ASCII.GetBytes(hash));
        hashFile.Finish();
        return hash;
    }
}

/// <summary>A snapshot that is whole on the disk.</summary>
/// <param name="Folder">Its folder's path.</param>
/// <param name="Manifest">The manifest as written.</param>
/// <param name="ManifestSha256">SHA-256 of the manifest's bytes, lower-case hexadecimal.</param>
public sealed record WrittenSnapshot(string Folder, SnapshotManifest Manifest, string ManifestSha256);
