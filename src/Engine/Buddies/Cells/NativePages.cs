using System.Runtime.InteropServices;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Zeroed memory outside the collector's reach, on large pages where the system has them: a move touches a thousand places
/// anywhere in gigabytes, and with small pages looking up where they lie costs more than reading them.
/// </summary>
internal static unsafe partial class NativePages
{
    /// <summary>Bytes of a large page.</summary>
    public const int Size = 2 * 1024 * 1024;

    private const int HugePage = 14;

    /// <summary>Allocates; the length is rounded up to whole pages.</summary>
    public static byte* Allocate(long bytes)
    {
        var length = (nuint)((bytes + Size - 1) / Size * Size);
        var memory = (byte*)NativeMemory.AlignedAlloc(length, Size);
        if (OperatingSystem.IsLinux())
        {
            // Only advice: where it is not taken, small pages do.
            _ = Advise(memory, length, HugePage);
        }

        NativeMemory.Clear(memory, length);
        return memory;
    }

    public static void Free(byte* memory) => NativeMemory.AlignedFree(memory);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
