namespace Buddies.Engine.Snapshots;

/// <summary>
/// Keeps a snapshot's folder from being removed while somebody reads it, in this process or in another: readers share a
/// lock on its manifest (flock(2); on Windows the file's sharing), and whoever removes it takes that lock alone.
/// </summary>
/// <remarks>The system lets go of it when the process dies, so nothing is kept for ever by a reader that was killed.</remarks>
public sealed class SnapshotHold : IDisposable
{
    private const string GonePrefix = ".";
    private const string GoneSuffix = ".partial";

    private readonly string _folder;
    private readonly FileStream _manifest;

    private SnapshotHold(string folder, FileShare share)
    {
        _folder = folder;
        _manifest = new FileStream(Path.Combine(folder, SnapshotFormat.Manifest), FileMode.Open, FileAccess.Read, share, 1);
    }

    /// <summary>Takes the lock that readers share.</summary>
    /// <exception cref="SnapshotException">There is no manifest, or the snapshot is being removed.</exception>
    internal static SnapshotHold ToRead(string folder)
    {
        try
        {
            return new SnapshotHold(folder, FileShare.Read | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotException(
                $"{Path.Combine(folder, SnapshotFormat.Manifest)}: expected a readable file, found none: {exception.Message}", exception);
        }
    }

    /// <summary>Takes the lock alone: from then on nobody can begin to read the snapshot.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <returns>Null while anybody reads it, or when it is not there.</returns>
    public static SnapshotHold? TryTakeAlone(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        try
        {
            return new SnapshotHold(folder, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes the folder, whole or, as far as anybody can see, not at all; only by whoever holds it alone.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    /// <remarks>
    /// One rename takes it out of sight; should the process die before all is deleted,
    /// <see cref="SnapshotWriter.RemoveLeftovers"/> deletes the rest.
    /// </remarks>
    public void Remove()
    {
        var parent = Path.GetDirectoryName(Path.GetFullPath(_folder))!;
        var gone = Path.Combine(parent, GonePrefix + Path.GetFileName(_folder) + GoneSuffix);
        if (Directory.Exists(gone))
        {
            Directory.Delete(gone, recursive: true);
        }

        if (OperatingSystem.IsWindows())
        {
            // There a folder with an open file cannot be renamed; nor can one that somebody opens in this moment.
            _manifest.Dispose();
        }

        Directory.Move(_folder, gone);
        FolderDurability.Flush(parent);
        Directory.Delete(gone, recursive: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _manifest.Dispose();
}
