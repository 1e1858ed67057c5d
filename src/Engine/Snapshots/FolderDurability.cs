using System.Runtime.InteropServices;

namespace Buddies.Engine.Snapshots;

/// <summary>Makes a folder's entries (new names, renames) durable; a file's own fsync does not (fsync(2), NOTES).</summary>
public static partial class FolderDurability
{
    /// <summary>Forces the folder's entries to the disk.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <exception cref="IOException">The system refused.</exception>
    /// <remarks>Windows offers no such call and needs none: NTFS journals its names.</remarks>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const int ReadOnly = 0;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"{folder}: cannot open the folder to flush it: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw new IOException($"{folder}: cannot flush the folder: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
