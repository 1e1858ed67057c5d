namespace Buddies.Silo;

/// <summary>The lock of a data directory that one server has at a time, the one-process server included.</summary>
internal static class DataDirectoryLock
{
    /// <summary>Takes it; disposing gives it back.</summary>
    /// <exception cref="InvalidOperationException">Another server uses the data directory.</exception>
    public static FileStream Take(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "server.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"Another server uses {directory} ({path} is locked).", e);
        }
    }
}
