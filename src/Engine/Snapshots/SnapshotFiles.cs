namespace Buddies.Engine.Snapshots;

/// <summary>The mapped data files of one snapshot.</summary>
internal sealed class SnapshotFiles : IDisposable
{
    private readonly MappedFile?[] _files = new MappedFile?[SnapshotFormat.DataFiles.Length];

    /// <summary>A file by its name in <see cref="SnapshotFormat"/>.</summary>
    public MappedFile this[string name] => Find(name)!;

    /// <summary>The same; null in a snapshot without it, for instance one whose layout is older than the file.</summary>
    public MappedFile? Find(string name) => _files[Array.IndexOf(SnapshotFormat.DataFiles, name)];

    /// <summary>Maps every file that a manifest lists, and compares lengths and hashes.</summary>
    /// <exception cref="SnapshotException">A file is missing, or is not what the manifest says.</exception>
    public static SnapshotFiles Open(string folder, SnapshotManifest manifest, Action? pause)
    {
        var files = new SnapshotFiles();
        try
        {
            foreach (var listed in manifest.Files)
            {
                files._files[Array.IndexOf(SnapshotFormat.DataFiles, listed.Name)] = OpenFile(folder, listed, pause);
            }

            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Takes all of it out of the process's own memory; see <see cref="MappedFile.LetGo(long, long)"/>.</summary>
    /// <param name="except">Names of files that stay.</param>
    public void LetGo(params ReadOnlySpan<string> except)
    {
        for (var i = 0; i < _files.Length; i++)
        {
            if (_files[i] is { } file && !except.Contains(SnapshotFormat.DataFiles[i]))
            {
                file.LetGo();
            }
        }
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file?.Dispose();
        }
    }

    private static MappedFile OpenFile(string folder, SnapshotFile listed, Action? pause)
    {
        var path = Path.Combine(folder, listed.Name);
        MappedFile? file = null;
        try
        {
            file = new MappedFile(path);
            if (file.Bytes != listed.Bytes)
            {
                throw new SnapshotException($"{path}: expected {listed.Bytes} bytes, found {file.Bytes}.");
            }

            var hash = file.ComputeSha256(pause);
            return hash == listed.Sha256 ? file : throw new SnapshotException($"{path}: expected SHA-256 {listed.Sha256}, found {hash}.");
        }
        catch (Exception exception)
        {
            file?.Dispose();
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw new SnapshotException($"{path}: expected a readable file, found none: {exception.Message}", exception);
            }

            throw;
        }
    }
}
